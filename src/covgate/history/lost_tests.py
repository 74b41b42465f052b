"""Reads what the judgement of lost coverage needs of the test files, in the baseline and now."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from covgate.git.base_files import read_base_files
from covgate.git.repository import GitError
from covgate.history.baseline import commit_of_record
from covgate.history.opening import open_history
from covgate.history.sides import Place
from covgate.judge.lost_tests import TestTexts, find_lost_tests, wanted_texts
from covgate.measurement.test_files import read_texts, text_of
from covgate.model.change import ChangedFile
from covgate.model.compared import Compared
from covgate.model.comparison import Baseline, Comparison
from covgate.model.lost_tests import LostTests
from covgate.model.record import Record
from covgate.model.test_map import TestMap


def read_lost_tests(
    root: Path,
    environment: Mapping[str, str],
    comparison: Comparison,
    baseline: Baseline,
    before: TestMap,
    now: TestMap,
    commit: str | None = None,
) -> tuple[LostTests, ...]:
    """Return the tests that used to run what is no longer covered.

    `commit` holds the test files of now; None for those of the work tree.
    """
    wanted = wanted_texts(comparison, before, now, baseline.files)
    base = commit_of_record(baseline.record, root, environment) if wanted else None
    return find_lost_tests(
        comparison,
        before,
        now,
        TestTexts(
            before={} if base is None else _texts_of_commit(base, wanted, root, environment),
            now=read_texts(root, wanted) if commit is None else _texts_of_commit(commit, wanted, root, environment),
        ),
    )


def kept_map(place: Place, record: Record) -> TestMap | None:
    """Return which test ran what in the run of a record; None where the history does not have it."""
    store = open_history(place.root, place.environment).store
    return None if store is None else store.find_map(record)


def with_lost_tests(
    place: Place,
    compared: Compared,
    files: tuple[ChangedFile, ...] | None,
    now: TestMap | None,
    commit: str | None = None,
) -> Compared:
    """Add the tests that used to run what is no longer covered, where the map of both sides is known.

    `files` are those that differ; `commit` holds the test files of now, None for those of the work tree.
    """
    if now is None or not any(module.lost for module in compared.comparison.modules):
        return compared
    before = kept_map(place, compared.before.record)
    if before is None:
        return compared
    baseline = Baseline(compared.before.record, compared.before.title, files=files)
    found = read_lost_tests(place.root, place.environment, compared.comparison, baseline, before, now, commit)
    return compared._replace(lost_tests=found)


def _texts_of_commit(commit: str, paths: frozenset[str], root: Path, environment: Mapping[str, str]) -> dict[str, str]:
    try:
        contents = read_base_files(commit, sorted(paths), root.resolve(), environment)
    except GitError:
        return {}
    texts = {path: text_of(content) for path, content in contents.items()}
    return {path: text for path, text in texts.items() if text is not None}

"""Finds the baseline: the record of the base, or of its nearest first-parent ancestor that has a comparable one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from covgate.errors import UsageError
from covgate.git.change import files_since
from covgate.git.repository import GitError, Repository, open_repository, project_folder
from covgate.git.revision import first_parents
from covgate.history.exchange import read_record_file
from covgate.history.store import Store
from covgate.model.change import Change, ChangedFile, ChangeUnavailable
from covgate.model.comparison import Baseline, BaselineMissing
from covgate.model.record import EnvironmentKey, Record, why_not_comparable
from covgate.model.remedies import RECORD_RUN_THERE

MOST_COMMITS = 101
"""The base and 100 commits before it."""


class BaselineRequest(NamedTuple):
    """What to compare with: `named` is a revision or a file that an option names; None takes the base of the change."""

    root: Path
    environment: Mapping[str, str]
    store: Store | None
    """None where the history may not be used; `why_unused` says why."""
    key: EnvironmentKey
    named: str | None = None
    why_unused: BaselineMissing = BaselineMissing("the history is not used")


def check_named(named: str, root: Path, environment: Mapping[str, str]) -> None:
    """Raise `UsageError` for the baseline of an option that is neither a revision nor a file with records."""
    if Path(named).is_file():
        read_record_file(Path(named))
        return
    try:
        commit = open_repository(root, environment).commit(named)
    except GitError as error:
        raise UsageError(error.name, f"no baseline {named}: {error.message}", error.remedy or "name a file") from None
    if commit is None:
        raise UsageError(
            "unknown-revision",
            f"no baseline: {named} is neither a revision of this clone nor a file",
            "check its spelling",
        )


def find_baseline(request: BaselineRequest, change: Change | ChangeUnavailable) -> Baseline | BaselineMissing:
    """Return the record to compare with, or why there is none.

    Raises `UsageError` for a revision or a file that an option names and that cannot be used, `HistoryError` where the
    history cannot be read, and `GitError`.
    """
    if request.named is not None and Path(request.named).is_file():
        return _of_file(request, Path(request.named))
    if request.store is None:
        return _missing(request, request.why_unused)
    if request.named is None and isinstance(change, ChangeUnavailable):
        return BaselineMissing(change.reason, change.remedy, error=change.error)
    if request.named is None and isinstance(change, Change) and change.base is None:
        return BaselineMissing("the change comes from a diff file", "name a baseline with --baseline")
    repository = open_repository(request.root, request.environment)
    if request.named is not None:
        check_named(request.named, request.root, request.environment)
        commit = repository.commit(request.named) or ""
        return _of_commit(request, repository, request.store, commit, request.named, None)
    assert isinstance(change, Change)
    assert change.base is not None
    return _of_commit(request, repository, request.store, change.base, change.base_source, change)


def _of_commit(
    request: BaselineRequest, repository: Repository, store: Store, start: str, source: str, change: Change | None
) -> Baseline | BaselineMissing:
    commits = list(first_parents(repository, start, MOST_COMMITS)) if store.file.exists() else []
    folder = project_folder(repository, request.root)
    by_tree: dict[str, list[Record]] = {}
    for record in store.find([tree for _, tree in commits], folder):
        if record.is_of_its_commit and record.revision is not None:
            by_tree.setdefault(record.revision.tree, []).append(record)
    reasons: list[str] = []
    for distance, (commit, tree) in enumerate(commits):
        found = _comparable(by_tree.get(tree, ()), request.key, reasons)
        if found is not None:
            files = change.files if change is not None and distance == 0 else _files_since(request, commit)
            earlier = (record for of_tree in by_tree.values() for record in of_tree)
            alike = tuple(record for record in earlier if record.environment == found.environment)
            return Baseline(found, source, distance, files, alike)
    if reasons:
        why = f"no record is comparable: {reasons[0]}"
        return _missing(request, BaselineMissing(why, "record the base in the same way", error="not-comparable"))
    return _missing(request, BaselineMissing(f"no run of {source} or its ancestors is recorded", RECORD_RUN_THERE))


def _comparable(records: Sequence[Record], key: EnvironmentKey, reasons: list[str]) -> Record | None:
    """Return the newest comparable record; why others are not is added to `reasons`."""
    for record in reversed(records):
        reason = why_not_comparable(record.environment, key)
        if reason is None:
            return record
        reasons.append(reason)
    return None


def _of_file(request: BaselineRequest, path: Path) -> Baseline:
    """Return the newest comparable record of a file; raises `UsageError`."""
    records = read_record_file(path)
    reasons: list[str] = []
    record = _comparable(records, request.key, reasons)
    if record is None:
        raise UsageError(
            "not-comparable", f"{path} is not comparable: {reasons[0]}", "compare runs that measured in the same way"
        )
    return Baseline(record, path.name, files=_files_since_record(request, record))


def _files_since_record(request: BaselineRequest, record: Record) -> tuple[ChangedFile, ...] | None:
    commit = commit_of_record(record, request.root, request.environment)
    return None if commit is None else _files_since(request, commit)


def commit_of_record(record: Record, root: Path, environment: Mapping[str, str]) -> str | None:
    """Return the commit whose files a record of this project is of, None where this clone does not have it.

    A record from a file may name anything: it is never given to git as it is.
    """
    revision = record.revision
    if revision is None or not revision.is_clean:
        return None
    try:
        repository = open_repository(root, environment)
        if record.folder != project_folder(repository, root):
            return None
        found = next(first_parents(repository, revision.commit, 1), None)
    except GitError:
        return None
    return found[0] if found is not None and found[1] == revision.tree else None


def _files_since(request: BaselineRequest, commit: str) -> tuple[ChangedFile, ...] | None:
    """Return None where this clone does not have the commit."""
    try:
        return files_since(request.root, request.environment, commit)
    except GitError:
        return None


def _missing(request: BaselineRequest, missing: BaselineMissing) -> BaselineMissing:
    if request.named is not None:
        raise UsageError(missing.error, f"no baseline {request.named}: {missing.reason}", missing.remedy)
    return missing

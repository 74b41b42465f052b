"""Reads the rules at the base and now, and what the change takes out of coverage. Nothing of the base is executed."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from covgate.ci import is_ci
from covgate.files import read_ordinary, shown_path
from covgate.git.base_files import read_base_files
from covgate.git.repository import GitError
from covgate.model.change import Change, ChangedFile, ChangeUnavailable
from covgate.model.rules import Exclusion, Rules, RulesChange, UnknownRules
from covgate.rules.exclusions import Expressions, holds_exclusions, new_exclusions, source_text
from covgate.rules.read import DEFAULT_FILE, add_places, lost_files, read_rules, settings_files

NO_BASE = "a diff file names no base, so rules that the change loosens are not known"
REMEDY = 'compare with a base in place of the diff, or set tool.covgate.changed.loosened = "note"'


class RulesRequest(NamedTuple):
    """Where the rules stand. `config_file` is coverage.py's settings as `--rcfile` takes it, read from `folder`.

    `is_test` says whether a path counts as a test, given the file names that pytest collects.
    """

    root: Path
    folder: Path
    config_file: str
    source: Collection[Path]
    environment: Mapping[str, str]
    is_test: Callable[[str, Iterable[str]], bool]


def read_rules_change(
    change: Change | ChangeUnavailable, measured: Iterable[str], request: RulesRequest
) -> RulesChange | UnknownRules:
    """The rules before and after the change; `measured` are the paths of all modules.

    Where the base is not known, why.
    """
    if isinstance(change, ChangeUnavailable):
        return UnknownRules(change)
    root = request.root.resolve()
    config_file = _config_file(request, root)
    after = read_rules(root, config_file)
    files = [file for file in change.files if file.path.endswith(".py") and not file.path.startswith("/")]
    texts = _changed_sources(files, set(measured), root)
    expressions = Expressions.of(after.coverage) if after.coverage else Expressions(exclude=(), partial=())
    excluding = [file for file in files if holds_exclusions(texts.get(file.path, ""), expressions)]
    if change.base is None:
        found = tuple(_exclusions(excluding, texts, {}, expressions))
        in_ci = is_ci(request.environment)
        why = ChangeUnavailable(reason=NO_BASE, remedy=REMEDY, is_asked_for=True, is_error=in_ci)
        return UnknownRules(why, found)
    old_names = {file.path: file.old_path or file.path for file in excluding}
    try:
        content = read_base_files(
            change.base, (*settings_files(config_file), *old_names.values()), root, request.environment
        )
    except GitError as error:
        why = ChangeUnavailable(error.message, error.remedy, is_asked_for=True, is_error=True, error=error.name)
        return UnknownRules(why)
    before = after
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        if _settings_differ(content, settings_files(config_file), root):
            before = _rules_of_the_base(base, content, config_file)
            after = add_places(after, root)
        exclusions = list(_exclusions(excluding, texts, _written_aside(base, content, old_names), expressions))
    return RulesChange(
        before=before,
        after=after,
        lost_files=lost_files(before, after, root),
        exclusions=tuple(exclusions),
        test_folder_code=tuple(_test_folder_code(files, set(measured), before, request, root)),
    )


def _config_file(request: RulesRequest, root: Path) -> str:
    """Relative to the root where it lies below it: the base has one of the same name."""
    given = request.config_file
    if given == DEFAULT_FILE:
        given = request.environment.get("COVERAGE_RCFILE") or given
    return given if given == DEFAULT_FILE else shown_path(root, os.path.realpath(request.folder / given))


def _changed_sources(files: Iterable[ChangedFile], measured: Collection[str], root: Path) -> dict[str, str]:
    texts = {file.path: source_text(root / file.path) for file in files if file.path in measured}
    return {path: text for path, text in texts.items() if text is not None}


def _settings_differ(base: Mapping[str, bytes], names: Iterable[str], root: Path) -> bool:
    """Return whether a settings file is another one than at the base; nearly always none is."""
    for name in names:
        try:
            now: bytes | None = read_ordinary(root / name)
        except OSError:
            now = None
        if base.get(name) != now:
            return True
    return False


def _rules_of_the_base(folder: Path, content: Mapping[str, bytes], config_file: str) -> Rules:
    for name in settings_files(config_file):
        if name in content:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content[name])
    return read_rules(folder, config_file)


def _written_aside(folder: Path, content: Mapping[str, bytes], names: Mapping[str, str]) -> dict[str, str]:
    """The base's sources as coverage.py reads them, by their path of today."""
    texts = {}
    for number, (path, old) in enumerate(names.items()):
        aside = folder / f"{number}.py"
        aside.write_bytes(content.get(old, b""))
        texts[path] = source_text(aside)
    return {path: text for path, text in texts.items() if text is not None}


def _exclusions(
    files: Iterable[ChangedFile], texts: Mapping[str, str], before: Mapping[str, str], expressions: Expressions
) -> Iterator[Exclusion]:
    for file in files:
        yield from new_exclusions(file, texts[file.path], before.get(file.path), expressions)


def _test_folder_code(
    files: Iterable[ChangedFile], measured: Collection[str], before: Rules, request: RulesRequest, root: Path
) -> Iterator[str]:
    """Changed files with code that are tests by their folder alone: below the source, or imported by the product."""
    for file in files:
        path, name = file.path, file.path.rpartition("/")[2]
        patterns = [pattern for pattern in before.pytest.python_files if pattern.strip("*") not in ("", ".py")]
        if file.status == "deleted" or path in measured or not file.lines:
            continue
        if not request.is_test(path, patterns) or request.is_test(name, patterns) or not _holds_code(root / path):
            continue
        places = (root / path, *(root / path).parents)
        if any(place in places for place in request.source) or _is_imported(path, measured, root):
            yield path


def _holds_code(path: Path) -> bool:
    lines = (source_text(path) or "").splitlines()
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def _is_imported(path: str, measured: Iterable[str], root: Path) -> bool:
    """Whether a measured module seems to import it: it names the folder in an import, and the file."""
    *folders, name = path.removesuffix(".py").split("/")
    importing = re.compile(
        rf"^\s*(from|import)\b.*\b{re.escape(folders[-1])}\b|[\"'].*\b{re.escape(folders[-1])}\.", re.M
    )
    naming = re.compile("" if name == "__init__" else rf"\b{re.escape(name)}\b")
    texts = (source_text(root / module) or "" for module in measured if module.endswith(".py"))
    return any(importing.search(text) and naming.search(text) for text in texts)

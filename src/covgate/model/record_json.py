"""A record as one line of JSON, and back. docs/history.md describes the format; `schema` counts its versions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from covgate.model.lines import Lines
from covgate.model.record import EnvironmentKey, Record, RecordedModule, SuiteFacts
from covgate.model.revision import Revision
from covgate.model.snapshot import Branch

SCHEMA = 1
TIME = "%Y-%m-%dT%H:%M:%SZ"
LAST_LINE = 2**24
"""A line number above it is damage: it would take memory without end."""
COVERED, MISSING, OTHER = "cm."
RUN = re.compile(r"([1-9][0-9]{0,7})?([cm.])")
RUNS = re.compile(f"(?:{RUN.pattern})*")
BRANCH = re.compile(r"([1-9][0-9]{0,7})/([0-9]{1,8})((?:[+-][0-9]{1,8}|x-?[0-9]{1,8})*)")
DESTINATION = re.compile(r"[+-][0-9]+|x-?[0-9]+")


class RecordError(ValueError):
    """Text that is no record which this version can read; the message says why."""


class NewerRecordError(RecordError):
    """A record of a schema that a newer version of covgate has written."""


def to_line(record: Record) -> str:
    """Return the record as one line of ASCII without its line end; equal records give equal lines."""
    return _dump(document_of(record))


def document_of(record: Record) -> dict[str, Any]:
    """Return the record as the object of JSON that a line holds."""
    return {**head_of(record), "modules": {module.path: module_document(module) for module in record.modules}}


def from_line(text: str) -> Record:
    """Raises `RecordError`."""
    return from_document(load(text))


def from_document(document: Mapping[str, Any]) -> Record:
    """Raises `RecordError`."""
    modules = document.get("modules")
    if not isinstance(modules, Mapping):
        raise RecordError("it has no modules")
    return record_of(document, (module_of(path, module) for path, module in modules.items()))


def head_of(record: Record) -> dict[str, Any]:
    """Return all of a record but its modules."""
    revision = record.revision
    return {
        **record.more,
        "schema": SCHEMA,
        "run": record.run,
        "time": record.time.strftime(TIME),
        "tree": None if revision is None else revision.tree,
        "commit": None if revision is None else revision.commit,
        "branch": None if revision is None else revision.branch,
        "clean": None if revision is None else revision.is_clean,
        "committed": None if revision is None else revision.time.strftime(TIME),
        "folder": record.folder,
        "environment": record.environment._asdict(),
        "complete": record.is_complete,
        "tests_passed": record.tests_passed,
        "verdict": record.verdict,
        "suite": suite_document(record.suite),
    }


def suite_document(suite: SuiteFacts) -> dict[str, Any]:
    """Return the tests of a record; a record that was written without their digest stays the same line."""
    document = suite._asdict()
    if not suite.digest:
        del document["digest"]
    return document


def module_document(module: RecordedModule) -> dict[str, Any]:
    document: dict[str, Any] = {"name": module.name, "blob": module.blob, "lines": _write_lines(module)}
    if module.branches:
        document["branches"] = _write_branches(module.branches)
    return document


def record_of(document: Mapping[str, Any], modules: Iterable[RecordedModule]) -> Record:
    """Raises `RecordError`."""
    try:
        environment, suite = document["environment"], document["suite"]
        return Record(
            run=_text(document["run"]),
            time=_time(document["time"]),
            environment=EnvironmentKey(
                branches=environment["branches"] is True,
                systems=tuple(map(_text, environment["systems"])),
                source=tuple(map(_text, environment["source"])),
                exclusions=_text(environment["exclusions"]),
            ),
            modules=tuple(sorted(modules, key=lambda module: module.path)),
            revision=_revision(document),
            folder=_text(document["folder"]),
            is_complete=document["complete"] is True,
            tests_passed=document["tests_passed"] is True,
            verdict=_text(document["verdict"]),
            suite=SuiteFacts(
                tests=_number(suite["tests"]),
                files=_number(suite["files"]),
                lines=_number(suite["lines"]),
                seconds=None if suite["seconds"] is None else float(suite["seconds"]),
                digest=_text(suite.get("digest", "")),
            ),
            more={key: value for key, value in document.items() if key not in _FIELDS},
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise RecordError(f"{type(error).__name__}: {error}") from None


def module_of(path: str, document: Any) -> RecordedModule:
    """Raises `RecordError`."""
    try:
        statements, missing = _read_lines(_text(document["lines"]))
        name = document["name"]
        return RecordedModule(
            path=path,
            name=None if name is None else _text(name),
            blob=_text(document["blob"]),
            statements=statements,
            missing=missing,
            branches=tuple(_read_branches(_text(document.get("branches", "")))),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise RecordError(f"{path}: {error}") from None


def load(text: str) -> dict[str, Any]:
    """Return the object that a line holds; raises `RecordError` for a line that is no record of this schema."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise RecordError("it is not JSON") from None
    return require_schema(document)


def require_schema(document: object) -> dict[str, Any]:
    """Return the object where it is a record of this schema; raises `RecordError`."""
    if not isinstance(document, dict) or "schema" not in document:
        raise RecordError("it is not a record of covgate")
    schema = document["schema"]
    if schema != SCHEMA:
        is_newer = isinstance(schema, int) and schema > SCHEMA
        kind = NewerRecordError if is_newer else RecordError
        raise kind(f"its schema is {schema!r}, this version of covgate reads {SCHEMA}")
    return document


_FIELDS = frozenset(
    [
        *("schema", "run", "time", "tree", "commit", "branch", "clean", "committed", "folder"),
        *("environment", "complete", "tests_passed", "verdict", "suite", "modules"),
    ]
)


def _dump(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), sort_keys=True)


def _write_lines(module: RecordedModule) -> str:
    """Return the lines as runs. A run has no line number: lines that move change the text in one place only."""
    covered = [(*lines, COVERED) for lines in (module.statements - module.missing).ranges()]
    missing = [(*lines, MISSING) for lines in module.missing.ranges()]
    runs = []
    end = 0
    for first, last, kind in sorted(covered + missing):
        runs += [(first - end - 1, OTHER), (last - first + 1, kind)]
        end = last
    return "".join(kind if length == 1 else f"{length}{kind}" for length, kind in runs if length)


def _read_lines(text: str) -> tuple[Lines, Lines]:
    """Return the statements and those that are missing; raises `RecordError`."""
    if RUNS.fullmatch(text) is None:
        raise RecordError(f"{text[:40]!r} are no runs of lines")
    runs = [(int(length or 1), kind) for length, kind in RUN.findall(text)]
    if sum(length for length, _ in runs) > LAST_LINE:
        raise RecordError(f"a line beyond {LAST_LINE}, the end of any file")
    runs.reverse()  # the last line is the highest bit
    return _select(runs, COVERED + MISSING), _select(runs, MISSING)


def _select(runs: Iterable[tuple[int, str]], kinds: str) -> Lines:
    bits = "".join(("1" if kind in kinds else "0") * length for length, kind in runs)
    return Lines(int(f"0{bits}0", 2))


def _write_branches(branches: Iterable[Branch]) -> str:
    """Return the branches, each counted from the one before, and their destinations from the line that they leave."""
    parts = []
    before = 0
    for line, total, missing in branches:
        ends = "".join(f"{end - line:+d}" if end >= 0 else f"x{line + end}" for end in missing)
        parts.append(f"{line - before}/{total}{ends}")
        before = line
    return ",".join(parts)


def _read_branches(text: str) -> Iterator[Branch]:
    """Raises `RecordError`."""
    line = 0
    for part in text.split(",") if text else ():
        found = BRANCH.fullmatch(part)
        if found is None:
            raise RecordError(f"{part[:40]!r} is no branch")
        line += int(found[1])
        ends = DESTINATION.findall(found[3])
        missing = tuple(int(end[1:]) - line if end[0] == "x" else line + int(end) for end in ends)
        total = int(found[2])
        if len(missing) > total or any(abs(end) > LAST_LINE for end in (line, *missing)):
            raise RecordError(f"the branches of line {line} cannot be: {part}")
        yield Branch(line, total, missing)


def _revision(document: Mapping[str, Any]) -> Revision | None:
    if document["tree"] is None:
        return None
    branch = document["branch"]
    return Revision(
        tree=_text(document["tree"]),
        commit=_text(document["commit"]),
        branch=None if branch is None else _text(branch),
        is_clean=document["clean"] is True,
        time=_time(document["committed"]),
    )


def _time(value: object) -> datetime:
    """Read what `TIME` wrote; a history has many times, and `strptime` takes ten times as long."""
    text = _text(value)
    try:
        found = datetime.fromisoformat(text[:-1]).replace(tzinfo=timezone.utc)
    except ValueError:
        found = None
    if found is None or found.strftime(TIME) != text:
        raise RecordError(f"{text!r} is not a time such as 2026-11-21T08:30:00Z")
    return found


def _number(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise TypeError(f"{value!r} is not a number")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value

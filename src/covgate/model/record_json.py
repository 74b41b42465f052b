"""A record as one line of JSON, and back. docs/history.md describes the format; `schema` counts its versions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from covgate.model.lines import Lines, parse_ranges
from covgate.model.record import EnvironmentKey, Record, RecordedModule, SuiteFacts
from covgate.model.revision import Revision
from covgate.model.snapshot import Branch

SCHEMA = 1
TIME = "%Y-%m-%dT%H:%M:%SZ"
LAST_LINE = 2**24
"""A line number above it is damage: it would take memory without end."""


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
        "suite": record.suite._asdict(),
    }


def module_document(module: RecordedModule) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": module.name,
        "blob": module.blob,
        "statements": _ranges(module.statements),
        "missing": _ranges(module.missing),
    }
    if module.branches:
        document["branches"] = {str(branch.line): [branch.total, *branch.missing] for branch in module.branches}
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
            ),
            more={key: value for key, value in document.items() if key not in _FIELDS},
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise RecordError(f"{type(error).__name__}: {error}") from None


def module_of(path: str, document: Any) -> RecordedModule:
    """Raises `RecordError`."""
    try:
        statements, missing = _lines(document["statements"]), _lines(document["missing"])
        branches = [_branch(line, counts) for line, counts in document.get("branches", {}).items()]
        if not missing <= statements:
            raise RecordError(f"{path} misses lines that are not its statements")
        name = document["name"]
        return RecordedModule(
            path=path,
            name=None if name is None else _text(name),
            blob=_text(document["blob"]),
            statements=statements,
            missing=missing,
            branches=tuple(sorted(branches, key=lambda branch: branch.line)),  # the keys of JSON are sorted as text
        )
    except (KeyError, TypeError, AttributeError, OverflowError, ValueError) as error:
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


def _ranges(lines: Lines) -> str:
    """Return exact ranges: `1-3,7`."""
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in lines.ranges())


def _lines(text: str) -> Lines:
    lines = Lines()
    for first, last in parse_ranges(_text(text)) if text else ():
        if last > LAST_LINE:
            raise RecordError(f"line {last} is beyond the end of any file")
        lines |= Lines.between(first, last)
    return lines


def _branch(line: str, counts: Any) -> Branch:
    total, *missing = map(int, counts)
    if not 0 <= len(missing) <= total or any(abs(end) > LAST_LINE for end in (int(line), *missing)):
        raise RecordError(f"the branches of line {line} cannot be: {counts}")
    return Branch(int(line), total, tuple(missing))


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

"""Records in files: lines of ours, and reports of coverage.py."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from covgate.errors import UsageError
from covgate.files import read_ordinary
from covgate.history.record_json import RecordError, from_line
from covgate.model.lines import Lines
from covgate.model.record import EnvironmentKey, Record, RecordedModule
from covgate.model.snapshot import Branch

MOST_BYTES = 2**28
FORMS = "a record (covgate history show --json) or a report of coverage json"


def read_record_file(path: Path) -> list[Record]:
    """Return the records in a file, one or more; raises `UsageError`."""
    try:
        content = read_ordinary(path, MOST_BYTES)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}", f"name {FORMS}") from None
    try:
        text = content.decode("utf-8")
        report = _coverage_report(text)
        if report is not None:
            return [_of_coverage_report(report, hashlib.sha256(content).hexdigest()[:32])]
        records = [from_line(line) for line in text.splitlines() if line.strip()]
    except (UnicodeDecodeError, RecordError) as error:
        raise UsageError(f"{path} is not a record: {error}", f"name {FORMS}") from None
    if not records:
        raise UsageError(f"{path} is empty", f"name {FORMS}")
    return records


def _coverage_report(text: str) -> Mapping[str, Any] | None:
    """Return the report of `coverage json` that a text is, None where it is none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if (
        isinstance(document, dict)
        and isinstance(document.get("meta"), dict)
        and isinstance(document.get("files"), dict)
    ):
        return document
    return None


def _of_coverage_report(document: Mapping[str, Any], run: str) -> Record:
    """Raises `RecordError`."""
    try:
        meta = document["meta"]
        time = datetime.fromisoformat(meta["timestamp"])
        return Record(
            run=run,
            time=(time if time.tzinfo else time.astimezone()).astimezone(timezone.utc).replace(microsecond=0),
            environment=EnvironmentKey(branches=meta.get("branch_coverage") is True),
            modules=tuple(sorted(_modules(document["files"]), key=lambda module: module.path)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordError(f"{type(error).__name__}: {error}") from None


def _modules(files: Mapping[str, Any]) -> Iterator[RecordedModule]:
    for path, file in files.items():
        missing = Lines.of(file["missing_lines"])
        ends: dict[int, list[int]] = {}
        taken: dict[int, int] = {}
        for line, _ in file.get("executed_branches", ()):
            taken[line] = taken.get(line, 0) + 1
        for line, destination in file.get("missing_branches", ()):
            ends.setdefault(line, []).append(destination)
        yield RecordedModule(
            path=path.replace("\\", "/"),
            name=None,
            blob="",
            statements=Lines.of(file["executed_lines"]) | missing,
            missing=missing,
            branches=tuple(
                Branch(line, taken.get(line, 0) + len(ends.get(line, ())), tuple(ends.get(line, ())))
                for line in sorted({*ends, *taken})
            ),
        )

"""Records in files: lines of ours, and reports of coverage.py."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from covgate.errors import UsageError
from covgate.files import read_ordinary, shown_path
from covgate.git.repository import Repository, project_folder
from covgate.measurement.staleness import digest_of
from covgate.model.lines import Lines
from covgate.model.record import BLOB_DIGITS, EnvironmentKey, Record, RecordedModule
from covgate.model.record_json import RecordError, from_document, from_line, require_schema
from covgate.model.revision import Revision
from covgate.model.snapshot import Branch

MOST_BYTES = 2**28
FORMS = "a record (covgate history show --json), a JSON report of covgate, or a report of coverage json"


def read_record_file(path: Path) -> list[Record]:
    """Return the records in a file, one or more; raises `UsageError`."""
    try:
        content = read_ordinary(path, MOST_BYTES)
    except OSError as error:
        raise UsageError(
            "record-unreadable", f"{path} cannot be read: {error.strerror or error}", f"name {FORMS}"
        ) from None
    try:
        text = content.decode("utf-8")
        document = _load_whole(text)
        if _is_coverage_report(document):
            return [_of_coverage_report(document, hashlib.sha256(content).hexdigest()[:32])]
        if _is_report(document):
            return [_of_report(document, path)]
        if _is_foreign(document):
            raise UsageError("record-unreadable", f"{path} is JSON of another tool", f"name {FORMS}")
        records = [from_line(line) for line in text.split("\n") if line.strip()]
    except (UnicodeDecodeError, RecordError) as error:
        raise UsageError("record-unreadable", f"{path} is not a record: {error}", f"name {FORMS}") from None
    if not records:
        raise UsageError("record-unreadable", f"{path} is empty", f"name {FORMS}")
    return records


def record_on_commit(record: Record, repository: Repository, revision: Revision, root: Path) -> Record:
    """Return the record as one of this commit, in which the project lies at `root`.

    Raises `UsageError` for a record that is of another commit, and for one whose files the commit does not have.
    """
    if record.revision is not None:
        raise UsageError(
            "record-commit", f"the record is of the commit {record.revision.commit[:7]} already", "leave out --commit"
        )
    folder = project_folder(repository, root)
    modules = [_on_commit(module, repository, revision.commit, folder, root) for module in record.modules]
    if modules and not any(module.blob for module in modules):
        raise UsageError(
            "record-commit",
            f"the commit {revision.commit[:7]} has none of the measured files, such as {modules[0].path}",
            "name the commit that was measured; paths in the report are to be relative to the root of the project",
        )
    return record._replace(
        modules=tuple(sorted(modules, key=lambda module: module.path)), revision=revision, folder=folder
    )


def _on_commit(module: RecordedModule, repository: Repository, commit: str, folder: str, root: Path) -> RecordedModule:
    path = shown_path(root.resolve(), module.path)
    whole = path if folder == "." else f"{folder}/{path}"
    found = repository.objects.find(os.fsencode(f"{commit}:{whole}"))
    blob = digest_of(found.content) if found is not None and found.kind == "blob" else ""
    return module._replace(path=path, blob=blob[:BLOB_DIGITS])


def _load_whole(text: str) -> Any:
    """Return the JSON value that a text is as a whole, None where it is none: several records are not."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_coverage_report(document: Any) -> bool:
    return (
        isinstance(document, dict)
        and isinstance(document.get("meta"), dict)
        and isinstance(document.get("files"), dict)
    )


def _is_report(document: Any) -> bool:
    """Whether it is a JSON report of ours."""
    return isinstance(document, dict) and document.keys() >= {"format", "status", "measured"}


def _of_report(document: Mapping[str, Any], path: Path) -> Record:
    """Raises `UsageError` for a report of a run that left no record, and `RecordError`."""
    record = document.get("record")
    if record is None:
        raise UsageError(
            "record-unreadable",
            f"the report {path} holds no record: it is not of a complete run",
            "name the report of a run of all tests",
        )
    return from_document(require_schema(record))


def _is_foreign(document: Any) -> bool:
    return document is not None and not (isinstance(document, dict) and "schema" in document)


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
        executed = Lines.of(file["executed_lines"]) - Lines.of(file.get("excluded_lines", ()))
        if not file["summary"]["num_statements"]:  # an empty file, whose line 1 has run before Python 3.11
            executed = Lines()
        statements = executed | missing
        if len(statements) != file["summary"]["num_statements"]:
            raise RecordError(f"the lines of {path} are not as many as its summary says")
        yield RecordedModule(
            path=path.replace("\\", "/"),
            name=None,
            blob="",
            statements=statements,
            missing=missing,
            branches=tuple(
                Branch(line, taken.get(line, 0) + len(ends.get(line, ())), tuple(ends.get(line, ())))
                for line in sorted({*ends, *taken})
            ),
        )

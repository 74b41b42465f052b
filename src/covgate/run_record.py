"""What the last run was: kept beside the parsed sources, for commands that only trust a complete one."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from covgate.errors import CovgateError
from covgate.publish import write_aside

NAME = "run.json"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """`partial` and `incomplete` say why not all tests ran, or not all data is there.

    `options` are those by which the run measured something else than the settings say.
    """

    options: tuple[str, ...]
    partial: str | None
    incomplete: str | None
    tests_passed: bool


def keep_record(record: RunRecord, cache: Path | None, data_file: Path) -> None:
    """Write it into the folder of `cache` (None keeps nothing), as one of that data file.

    Where that cannot be, there is no record, which those who ask for it say.
    """
    digest = _digest(data_file)
    if cache is not None and digest is not None:
        with contextlib.suppress(CovgateError):
            document = {"format": FORMAT, "data": digest, **asdict(record)}
            write_aside(cache.with_name(NAME), json.dumps(document) + "\n")


def read_record(cache: Path | None, data_file: Path) -> RunRecord | None:
    """The record of the run that wrote this data file; None where there is none."""
    try:
        document = json.loads(cache.with_name(NAME).read_text(encoding="utf-8")) if cache else {}
        if document["format"] != FORMAT or document["data"] != _digest(data_file):
            return None
        return RunRecord(
            options=tuple(map(str, document["options"])),
            partial=document["partial"],
            incomplete=document["incomplete"],
            tests_passed=document["tests_passed"] is True,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digest(data_file: Path) -> str | None:
    try:
        return hashlib.sha256(data_file.read_bytes()).hexdigest()
    except OSError:
        return None

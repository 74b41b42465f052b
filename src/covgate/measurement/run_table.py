"""Keeps the record of a run in a table of ours inside coverage.py's data file.

coverage.py leaves foreign tables alone, so the record is uploaded, moved and erased with the data it
describes. Whoever writes to the data file later (`coverage run --append`) raises the file's change
counter, by which `read_record` knows that the record no longer describes all of it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from covgate.errors import DataError
from covgate.measurement.data_guard import opened_data
from covgate.measurement.map_codec import EncodedMap, decode_map, encode_map
from covgate.model.remedies import MEASURE_AGAIN
from covgate.model.run_record import MeasuredState, MeasuringOptions, RunRecord
from covgate.model.test_map import TestMap
from covgate.model.words import counted

TABLE = "covgate_run"
MAP_TABLE = "covgate_map"
FORMAT = 2
MOST_CHARACTERS = 2**26
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
    counter INTEGER NOT NULL,  -- SQLite's change counter of the file after the record was written
    record TEXT NOT NULL       -- one JSON object, see docs/json.md
)
"""
MAP_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS {MAP_TABLE} (
    format INTEGER NOT NULL,
    names BLOB NOT NULL,   -- see map_codec.py
    numbers BLOB NOT NULL
)
"""
MAP_FORMAT = 1
MOST_MAP_BYTES = 2**24
"""A larger map is not kept."""
COUNTER = slice(24, 28)
"""Where SQLite keeps its change counter (https://www.sqlite.org/fileformat.html, section 1.3.7)."""

NoRecord: TypeAlias = Literal["none", "outdated"]
"""Why a data file has no record: nobody wrote one, or the data changed after it was written."""


class StoredMap(NamedTuple):
    """How large the map of the tests in the data file is; `size` in bytes."""

    tests: int
    functions: int
    size: int

    @property
    def is_kept(self) -> bool:
        return self.size <= MOST_MAP_BYTES

    def __str__(self) -> str:
        kilobytes = -(-self.size // 1000)
        if not self.is_kept:
            return f"not kept: it takes {kilobytes} kB, and at most {MOST_MAP_BYTES // 1000} kB are kept"
        return f"{counted(self.tests, 'test')}, {counted(self.functions, 'function')}, {kilobytes} kB"


def keep_record(record: RunRecord, data_file: Path, known: TestMap | None = None) -> StoredMap | None:
    """Write the record and the map of the tests into the data file, in place of earlier ones.

    Where that fails the data has no record, which those who look for it say.
    """
    encoded = None if known is None else encode_map(known)
    document = json.dumps({"format": FORMAT, **_as_document(record)}, separators=(",", ":"), default=float)
    with contextlib.suppress(OSError, sqlite3.Error), _opened_to_write(data_file) as database:
        database.execute("BEGIN IMMEDIATE")
        database.execute(f"DROP TABLE IF EXISTS {TABLE}")
        database.execute(f"DROP TABLE IF EXISTS {MAP_TABLE}")
        database.execute(SCHEMA)
        counter = _change_counter(data_file) + 1
        database.execute(f"INSERT INTO {TABLE} VALUES (?, ?)", (counter, document))
        if encoded is not None and encoded.size <= MOST_MAP_BYTES:
            database.execute(MAP_SCHEMA)
            database.execute(f"INSERT INTO {MAP_TABLE} VALUES (?, ?, ?)", (MAP_FORMAT, *encoded))
        database.execute("COMMIT")
    if known is None or encoded is None:
        return None
    return StoredMap(len(known.tests), known.function_count, encoded.size)


def read_record(data_file: Path) -> RunRecord | NoRecord:
    """The record of the run that wrote the data, or why there is none.

    Raises `DataError` for a record that cannot be read; a file that is no data file has none.
    """
    try:
        _require_file(data_file)
        with opened_data(data_file) as database:
            if not _has_table(database, TABLE):
                return "none"
            row = database.execute(
                f"SELECT counter, record FROM {TABLE} WHERE length(record) <= ?", (MOST_CHARACTERS,)
            ).fetchone()
    except (OSError, sqlite3.Error):  # whoever reads the data says what is wrong with the file
        return "none"
    if row is None:
        raise _unreadable(data_file, "it is empty or too long")
    counter, text = row
    if counter != _change_counter(data_file):
        return "outdated"
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise _unreadable(data_file, f"its format is {document['format']!r}, this version reads {FORMAT}")
        return _from_document(document)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise _unreadable(data_file, f"{type(error).__name__}: {error}") from None


def read_map(data_file: Path) -> TestMap | None:
    """The map of the tests of the run that wrote the data; None where there is none, or the data changed since.

    Raises `DataError` for a map that cannot be read; a file that is no data file has none.
    """
    try:
        _require_file(data_file)
        with opened_data(data_file) as database:
            if not _has_table(database, TABLE) or not _has_table(database, MAP_TABLE):
                return None
            counter = database.execute(f"SELECT counter FROM {TABLE}").fetchone()
            row = database.execute(
                f"SELECT format, names, numbers FROM {MAP_TABLE} WHERE length(names) + length(numbers) <= ?",
                (MOST_MAP_BYTES,),
            ).fetchone()
    except (OSError, sqlite3.Error):  # whoever reads the data says what is wrong with the file
        return None
    if counter is None or counter[0] != _change_counter(data_file):
        return None
    try:
        if row is not None and row[0] == MAP_FORMAT:
            return decode_map(EncodedMap(bytes(row[1]), bytes(row[2])))
        reason = f"its format is not {MAP_FORMAT}, or it is too long"
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
    message = f"the map of the tests in {data_file} cannot be read: {reason}"
    raise DataError("data-unreadable", message, MEASURE_AGAIN)


def _unreadable(data_file: Path, why: str) -> DataError:
    return DataError("data-unreadable", f"the record of the run in {data_file} cannot be read: {why}", MEASURE_AGAIN)


def _require_file(data_file: Path) -> None:
    """A regular file only: opening a pipe or a device could wait for ever."""
    if not stat.S_ISREG(data_file.stat().st_mode):
        raise OSError(f"{data_file} is not a regular file")


@contextlib.contextmanager
def _opened_to_write(data_file: Path) -> Iterator[sqlite3.Connection]:
    _require_file(data_file)
    uri = f"{data_file.absolute().as_uri()}?mode=rw"
    with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as database:
        database.execute("PRAGMA trusted_schema = OFF")
        yield database


def _has_table(database: sqlite3.Connection, name: str) -> bool:
    """A view of that name is none of ours."""
    found = database.execute("SELECT type FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    return found is not None and found[0] == "table"


def _change_counter(data_file: Path) -> int:
    with data_file.open("rb") as stream:
        return int.from_bytes(stream.read(COUNTER.stop)[COUNTER], "big")


def _as_document(record: RunRecord) -> dict[str, Any]:
    document = record._asdict()
    del document["remedy"], document["error"]  # of a record that cannot be read
    document["ended"] = None if record.ended is None else record.ended.isoformat()
    document["measuring"] = record.measuring._asdict()
    document["state"] = record.state._asdict()
    document["unmeasured"] = sorted(record.unmeasured)
    return document


def _from_document(document: Mapping[str, Any]) -> RunRecord:
    """Raises `KeyError`, `TypeError` or the like for what has another form."""
    measuring = document["measuring"]
    source, shard = measuring["source"], document["shard"]
    return RunRecord(
        run=_text(document["run"]),
        environment=_text(document["environment"]),
        measuring=MeasuringOptions(
            config_file=_text_or_none(measuring["config_file"]),
            source=None if source is None else tuple(map(_text, source)),
            judges_fail_under=measuring["judges_fail_under"] is True,
            targets=dict(measuring["targets"].items()),
        ),
        deviations=tuple(map(_text, document["deviations"])),
        selection=_text_or_none(document["selection"]),
        shard=None if shard is None else (int(shard[0]), int(shard[1])),
        is_shard=document["is_shard"] is True,
        stopped=_text_or_none(document["stopped"]),
        incomplete=_text_or_none(document["incomplete"]),
        tests_passed=document["tests_passed"] is True,
        test_count=None if document["test_count"] is None else int(document["test_count"]),
        ended=None if document["ended"] is None else _time(document["ended"]),
        seconds=None if document["seconds"] is None else float(document["seconds"]),
        files=_digests(document["files"]),
        unmeasured=frozenset(map(_text, document["unmeasured"])),
        tests=_digests(document["tests"]),
        state=MeasuredState(_text_or_none(document["state"]["commit"]), _digests(document["state"]["edited"])),
    )


def _digests(value: Mapping[str, Any]) -> dict[str, str]:
    return {_text(path): _text(digest) for path, digest in value.items()}


def _time(value: object) -> datetime:
    time = datetime.fromisoformat(_text(value))
    if time.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return time


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)

"""Refuses data files that are no coverage data, before anything of them is used: they are input, not trust.

Whoever measured wrote the file, and may have been a change under judgement. In place of a table there
may be a view without an end, in place of a number a text, and a line number that asks for all memory.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from covgate.errors import DataError
from covgate.model.remedies import MEASURE_AGAIN

LINE_BITS = 22
"""Line numbers of more bits (some 4 million) are those of no source."""
MOST_NUMBITS = 2 ** (LINE_BITS - 3)
"""Bytes of the longest line set."""
TABLES = {
    "coverage_schema": ("version",),
    "meta": ("key", "value"),
    "file": ("id", "path"),
    "context": ("id", "context"),
    "line_bits": ("file_id", "context_id", "numbits"),
    "arc": ("file_id", "context_id", "fromno", "tono"),
    "tracer": ("file_id", "tracer"),
}
"""Of coverage.py's schema 7."""
ABSURD = {
    "meta": "typeof(key) <> 'text' OR (key = 'has_arcs' AND value NOT IN ('0', '1', 0, 1))",
    "file": "typeof(id) <> 'integer' OR typeof(path) <> 'text' OR path = '' OR instr(CAST(path AS BLOB), x'00')",
    "context": "typeof(id) <> 'integer' OR typeof(context) <> 'text'",
    "tracer": "typeof(file_id) <> 'integer' OR typeof(tracer) <> 'text'",
}
ABSURD_ROWS = {
    "line_bits": f"typeof(numbits) <> 'blob' OR length(numbits) > {MOST_NUMBITS}",
    "arc": " OR ".join(
        f"typeof({number}) <> 'integer' OR {number} NOT BETWEEN {1 - 2**LINE_BITS} AND {2**LINE_BITS - 1}"
        for number in ("fromno", "tono")
    ),
}
STEPS = 100_000
STEPS_PER_BYTE = 20
"""What SQLite may do for each byte of a file: reading a row takes some ten steps, and a row four bytes or more."""


@contextlib.contextmanager
def opened_data(file: Path) -> Iterator[sqlite3.Connection]:
    """A data file to read, in steps that its size bounds; raises `sqlite3.Error` within."""
    left = 100 + file.stat().st_size * STEPS_PER_BYTE // STEPS

    def is_too_much() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
        database.set_progress_handler(is_too_much, STEPS)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA query_only = ON")
        yield database


def require_sound(file: Path) -> tuple[str, ...]:
    """The plugins that measured files of `file`; raises `DataError` where it is no data of coverage.py's.

    Lines and arcs are not looked at, of which there may be many: see `require_sound_rows`.
    """
    try:
        with opened_data(file) as database:
            if not _tables(database, file):
                return ()  # empty, or of another schema: coverage.py says what it makes of it
            _require_no(ABSURD, database, file)
            return tuple(tracer for (tracer,) in database.execute("SELECT DISTINCT tracer FROM tracer"))
    except (sqlite3.Error, OSError) as error:
        raise _unreadable(file, error) from None


def require_sound_rows(file: Path) -> None:
    """Raises `DataError` for a line or an arc that cannot be: before coverage.py itself reads them."""
    try:
        with opened_data(file) as database:
            if _tables(database, file):
                _require_no(ABSURD_ROWS, database, file)
    except sqlite3.Error as error:
        raise _unreadable(file, error) from None


def absurd(file: str | Path, table: str) -> DataError:
    return DataError(
        "data-unreadable",
        f"{file} is not coverage data: its table {table} holds what no measurement leaves",
        MEASURE_AGAIN,
    )


def _unreadable(file: Path, error: Exception) -> DataError:
    reason = "it has more rows than its size allows" if str(error) == "interrupted" else str(error)
    return DataError("data-unreadable", f"the coverage data cannot be read: {file}: {reason}", MEASURE_AGAIN)


def _tables(database: sqlite3.Connection, file: Path) -> bool:
    """Whether all tables are there and hold what they are known for; raises `DataError` for what is no table."""
    names = set()
    for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master"):
        is_plain = kind == "table" and not str(sql).upper().startswith("CREATE VIRTUAL")
        if not is_plain and not (kind == "index" and sql is None):
            raise DataError(
                "data-unreadable",
                f"{file} is not coverage data: it holds the {kind} {name}",
                MEASURE_AGAIN,
            )
        names.add(name)
    if not names.issuperset(TABLES):
        return False
    for name, columns in TABLES.items():
        found = [(column, hidden) for _, column, *_, hidden in database.execute(f"PRAGMA table_xinfo({name})")]
        if found != [(column, 0) for column in columns]:
            raise absurd(file, name)
    return True


def _require_no(conditions: dict[str, str], database: sqlite3.Connection, file: Path) -> None:
    for table, condition in conditions.items():
        if database.execute(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1").fetchone() is not None:
            raise absurd(file, table)

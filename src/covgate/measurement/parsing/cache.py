"""Keeps parsed sources by content, in one SQLite file. Whatever is wrong with it costs time, nothing else.

The file lies in the project, not in pytest's cache folder: `covgate check` finds it without pytest's
settings, `--cache-clear` and `-p no:cacheprovider` do not slow the gate down, and CI can save it.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from covgate.files import MARK, make_own_folder
from covgate.measurement.parsing.parsed_source import FORMAT

APPLICATION = 0x636F7667  # "covg": another program's database is not taken for ours
MOST_BYTES = 128 * 2**20
KEPT_DAYS = 30
CHUNK = 500
WAIT = 2.0
"""Seconds to wait for another run that writes; after that this run keeps nothing."""
ACCESS_ERRORS = ("locked", "readonly", "unable to open", "disk is full", "disk I/O")
"""What SQLite says where the file itself is sound."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS parsed (
    key BLOB PRIMARY KEY,      -- digest of the content and of all that parsing depends on
    record BLOB NOT NULL,      -- see covgate.measurement.parsing.parsed_source.to_record
    digest BLOB NOT NULL,      -- of key and record: a damaged row is no row
    used INTEGER NOT NULL      -- day (since 1970) of its last use
)
"""


class Cache:
    """Keeps records by key in `file`; None keeps nothing."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self._used_today: set[bytes] = set()

    def read(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """Read the records that are there and undamaged."""
        records: dict[bytes, bytes] = {}
        today = _today()
        if self.file is None or not keys:
            return records
        # Damage shows as anything: even a message of SQLite's that cannot be decoded. Opened for writing
        # too, as only then SQLite takes back what a killed run left half-way.
        with contextlib.suppress(Exception), _open(f"{self.file.as_uri()}?mode=rw") as database:
            if _is_ours(database):
                for chunk in _chunks(keys):
                    marks = ",".join("?" * len(chunk))
                    sql = f"SELECT key, record, digest, used FROM parsed WHERE key IN ({marks})"
                    for key, record, digest, used in database.execute(sql, chunk):
                        if _is_whole(key, record, digest):
                            records[key] = record
                            if used == today:
                                self._used_today.add(key)
        return records

    def write(self, records: Mapping[bytes, bytes], used: Collection[bytes] = ()) -> None:
        """Add `records`, note that the keys `used` are still in use, and remove old records."""
        used = set(used) - self._used_today
        if self.file is None or not (records or used):
            return
        with contextlib.suppress(Exception):
            try:
                self._write(records, used)
            except Exception as error:
                if isinstance(error, OSError) or any(reason in str(error) for reason in ACCESS_ERRORS):
                    return
                if _may_be_replaced(self.file):
                    self.file.unlink()  # damaged, or of another format
                    self._write(records, used)

    def _write(self, records: Mapping[bytes, bytes], used: Collection[bytes]) -> None:
        assert self.file is not None
        make_own_folder(self.file.parent, "can be deleted at any time")
        today = _today()
        with _open(self.file.as_uri()) as database:
            if not _is_ours(database):
                _create(database)
            database.execute("PRAGMA synchronous = OFF")  # a file lost with the power is parsed again
            with database:
                database.execute("BEGIN IMMEDIATE")
                database.executemany(
                    "INSERT OR REPLACE INTO parsed VALUES (?, ?, ?, ?)",
                    [(key, record, _digest(key, record), today) for key, record in records.items()],
                )
                for chunk in _chunks(used):
                    marks = ",".join("?" * len(chunk))
                    database.execute(
                        f"UPDATE parsed SET used = {today} WHERE used < {today} AND key IN ({marks})", chunk
                    )
                _remove_old(database, today)


class _NotOursError(Exception):
    """A database, but another program's or of another format."""


@contextlib.contextmanager
def _open(uri: str) -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(uri, uri=True, timeout=WAIT, isolation_level=None)
    try:
        yield database
    finally:
        database.close()


def _is_ours(database: sqlite3.Connection) -> bool:
    return _pragma(database, "application_id") == APPLICATION and _pragma(database, "user_version") == FORMAT


def _may_be_replaced(file: Path) -> bool:
    """Whether it may be replaced: it bears our number, or lies in a folder that we made."""
    note = file.parent / ".gitignore"
    if note.is_file() and MARK in note.read_text("ascii", "replace"):
        return True
    with file.open("rb") as stream:
        return stream.read(72)[68:] == APPLICATION.to_bytes(4, "big")  # where SQLite keeps it


def _create(database: sqlite3.Connection) -> None:
    if database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise _NotOursError
    database.execute("PRAGMA auto_vacuum = FULL")  # the file shrinks when records leave
    with database:
        database.execute("BEGIN IMMEDIATE")
        database.execute(SCHEMA)
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute(f"PRAGMA user_version = {FORMAT}")


def _remove_old(database: sqlite3.Connection, today: int) -> None:
    """Remove what was not used for a month, and above the size allowed what was used longest ago."""
    database.execute("DELETE FROM parsed WHERE used < ?", (today - KEPT_DAYS,))
    (size,) = database.execute("SELECT total(length(record)) FROM parsed").fetchone()
    while size > MOST_BYTES:
        (oldest,) = database.execute("SELECT min(used) FROM parsed").fetchone()
        rows = database.execute("SELECT key, length(record) FROM parsed WHERE used = ?", (oldest,)).fetchall()
        removed = []
        for key, length in rows:
            if size > MOST_BYTES:
                removed.append((key,))
                size -= length
        database.executemany("DELETE FROM parsed WHERE key = ?", removed)


def _pragma(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])


def _today() -> int:
    """Days since 1970."""
    return int(time.time() // 86400)


def _is_whole(key: object, record: object, digest: object) -> bool:
    """Whether the digest fits; damage can change the type of a value too."""
    return isinstance(key, bytes) and isinstance(record, bytes) and _digest(key, record) == digest


def _digest(key: bytes, record: bytes) -> bytes:
    return hashlib.blake2b(record, key=key[:64], digest_size=8).digest()


def _chunks(keys: Iterable[bytes]) -> Iterator[list[bytes]]:
    listed = list(keys)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]

"""The local history: records in one SQLite file beside the cache, the numbers of equal modules kept once."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from covgate.errors import CovgateError
from covgate.files import make_own_folder
from covgate.measurement.map_codec import EncodedMap, decode_map
from covgate.model.lines import Lines
from covgate.model.record import Record, RecordedModule
from covgate.model.record_json import RecordError, head_of, load, record_of
from covgate.model.snapshot import Branch
from covgate.model.test_map import TestMap

FILE = Path(".covgate", "history", "history.sqlite")
APPLICATION = 0x636F7668  # "covh": another program's database is not taken for ours
VERSION = 1
WAIT = 10.0
"""Seconds to wait for another run that writes."""
KEPT_MAPS = 20
"""How many maps of tests stay: those of the newest records, with which runs are compared."""
MOST_MAP_BYTES = 2**21
"""A larger map is not kept: one of coverage.py's contexts names all tests of all lines."""
KEPT_UNCLEAN = 200
"""How many records of edited work trees stay: they are of use to whoever edits, and each run leaves one."""

# A record is written in one transaction: a run that is killed leaves all of it, or nothing.
SCHEMA = (
    """
CREATE TABLE records (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,    -- run, tree, and whether the tree was clean: written twice, it is the same record
    tree TEXT,                   -- git's id; NULL outside of a repository
    folder TEXT NOT NULL,        -- where the project lies in the repository
    is_clean INTEGER NOT NULL,
    head TEXT NOT NULL,          -- the record as JSON, without its modules
    modules BLOB NOT NULL        -- zlib of a JSON object: path -> id in contents
)
""",
    "CREATE INDEX records_by_tree ON records (tree)",
    """
CREATE TABLE contents (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE, -- SHA-256 of body, 16 bytes
    body TEXT NOT NULL           -- the numbers of a module, see _body_of
)
""",
    "CREATE TABLE shared (blob TEXT PRIMARY KEY)  -- git's ids of the notes that were imported",
)
MAPS = """
CREATE TABLE IF NOT EXISTS maps (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,    -- as in records
    names BLOB NOT NULL,         -- which test runs what, see map_codec.py
    numbers BLOB NOT NULL
)
"""


class HistoryError(CovgateError):
    """The history cannot be read or written."""


class Store:
    """The records in `file`; a file that is not there holds none. Raises `HistoryError`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._modules: dict[int, RecordedModule] = {}

    def add(self, records: Iterable[Record], shared: Collection[str] = ()) -> int:
        """Keep these records, each once, and note the notes they came from; return how many were new."""
        records = list(records)
        with self._opened(is_written=True) as database:
            added = sum(_insert(database, record) for record in records)
            database.executemany("INSERT OR IGNORE INTO shared VALUES (?)", [(blob,) for blob in shared])
            _remove_old_unclean(database)
        return added

    def find(self, trees: Collection[str], folder: str, *, with_modules: bool = True) -> list[Record]:
        """Return the records of clean trees with these ids, oldest first; without their modules it is much faster."""
        marks = ",".join("?" * len(trees))
        where = f"WHERE is_clean AND folder = ? AND tree IN ({marks}) ORDER BY id"
        return self._select(where, (folder, *trees), with_modules=with_modules)

    def all(self, *, with_modules: bool = True) -> list[Record]:
        """Return all records, in the order in which they were kept."""
        return self._select("ORDER BY id", (), with_modules=with_modules)

    def newest(self, most: int) -> list[Record]:
        """Return the last records that were kept, in this order, without their modules."""
        return self._select("ORDER BY id DESC LIMIT ?", (most,), with_modules=False)[::-1]

    def complete(self, record: Record) -> Record:
        """Return a record that was read without its modules, with them; as it is where it is gone meanwhile."""
        return next(iter(self._select("WHERE key = ?", (_key(record),))), record)

    def add_map(self, record: Record, known: EncodedMap) -> None:
        """Keep which test runs what in the run of a record; a map that is too large is left out."""
        if known.size > MOST_MAP_BYTES:
            return
        with self._opened(is_written=True) as database:
            sql = "INSERT OR REPLACE INTO maps (key, names, numbers) VALUES (?, ?, ?)"
            database.execute(sql, (_key(record), *known))
            newest = "SELECT id FROM maps ORDER BY id DESC LIMIT ?"
            database.execute(f"DELETE FROM maps WHERE id NOT IN ({newest})", (KEPT_MAPS,))

    def find_encoded_map(self, record: Record) -> EncodedMap | None:
        """Return the map of `find_map` as it is stored."""
        if not self.file.exists():
            return None
        with self._opened() as database:
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'maps'").fetchone():
                return None
            row = database.execute("SELECT names, numbers FROM maps WHERE key = ?", (_key(record),)).fetchone()
        return None if row is None else EncodedMap(*row)

    def find_map(self, record: Record) -> TestMap | None:
        """Return which test ran what in the run of a record; None where that is not kept."""
        encoded = self.find_encoded_map(record)
        try:
            return None if encoded is None else decode_map(encoded)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise _damaged(self.file, str(error)) from None

    def trees(self, folder: str) -> frozenset[str]:
        """Return the ids of the clean trees of which there are records."""
        if not self.file.exists():
            return frozenset()
        with self._opened() as database:
            rows = database.execute("SELECT DISTINCT tree FROM records WHERE is_clean AND folder = ?", (folder,))
            return frozenset(tree for (tree,) in rows)

    def remove(self, runs: Iterable[Record]) -> int:
        """Remove these records; return how many were there."""
        keys = [(_key(record),) for record in runs]
        with self._opened(is_written=True) as database:
            removed = sum(database.execute("DELETE FROM records WHERE key = ?", key).rowcount for key in keys)
            database.executemany("DELETE FROM maps WHERE key = ?", keys)
            _remove_unused_contents(database)
        return removed

    def shared(self) -> frozenset[str]:
        """Return the ids of the notes that were imported."""
        if not self.file.exists():
            return frozenset()
        with self._opened() as database:
            return frozenset(blob for (blob,) in database.execute("SELECT blob FROM shared"))

    def _select(self, where: str, values: tuple[object, ...], *, with_modules: bool = True) -> list[Record]:
        if not self.file.exists():
            return []
        with self._opened() as database:
            modules = "modules" if with_modules else "NULL"
            rows = database.execute(f"SELECT head, {modules} FROM records {where}", values).fetchall()
            return [self._record(database, head, modules) for head, modules in rows]

    def _record(self, database: sqlite3.Connection, head: str, modules: bytes | None) -> Record:
        try:
            ids = {} if modules is None else json.loads(zlib.decompress(modules))
            return record_of(load(head), (self._module(database, path, number) for path, number in ids.items()))
        except (ValueError, TypeError, zlib.error, AttributeError) as error:
            raise _damaged(self.file, str(error)) from None

    def _module(self, database: sqlite3.Connection, path: str, number: int) -> RecordedModule:
        """Return one module; those with equal numbers are decoded once."""
        if number not in self._modules:
            row = database.execute("SELECT body FROM contents WHERE id = ?", (number,)).fetchone()
            if row is None:
                raise RecordError(f"the numbers of {path} are gone")
            self._modules[number] = _module_of(path, row[0])
        module = self._modules[number]
        return module if module.path == path else module._replace(path=path)

    @contextlib.contextmanager
    def _opened(self, *, is_written: bool = False) -> Iterator[sqlite3.Connection]:
        """Open the file; to write, in one transaction. SQLite may write in any case: it rolls back what was killed."""
        try:
            if is_written:
                make_own_folder(self.file.parent, "whoever deletes it loses the local history")
            mode = "rwc" if is_written else "rw"
            uri = f"{self.file.absolute().as_uri()}?mode={mode}"
            with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=WAIT, isolation_level=None)) as database:
                database.execute("PRAGMA trusted_schema = OFF")
                if is_written:
                    database.execute("BEGIN IMMEDIATE")
                _require_ours(database, self.file, is_written=is_written)
                yield database
                if is_written:
                    database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise _unusable(self.file, str(error)) from None
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise _damaged(self.file, str(error)) from None
        except OSError as error:
            raise HistoryError(
                "file-not-written", f"the history in {self.file} cannot be written: {error.strerror or error}"
            ) from None


def _insert(database: sqlite3.Connection, record: Record) -> bool:
    ids = {module.path: _content_id(database, module) for module in record.modules}
    manifest = zlib.compress(json.dumps(ids, separators=(",", ":")).encode("ascii"))
    revision = record.revision
    row = (
        _key(record),
        None if revision is None else revision.tree,
        record.folder,
        revision is not None and revision.is_clean,
        json.dumps(head_of(record), separators=(",", ":")),
        manifest,
    )
    columns = "key, tree, folder, is_clean, head, modules"
    sql = f"INSERT OR IGNORE INTO records ({columns}) VALUES (?, ?, ?, ?, ?, ?)"
    return database.execute(sql, row).rowcount > 0


def _content_id(database: sqlite3.Connection, module: RecordedModule) -> int:
    body = _body_of(module)
    digest = hashlib.sha256(body.encode("ascii")).digest()[:16]
    row = database.execute("SELECT id FROM contents WHERE digest = ?", (digest,)).fetchone()
    if row is not None:
        return int(row[0])
    return int(database.execute("INSERT INTO contents (digest, body) VALUES (?, ?)", (digest, body)).lastrowid or 0)


def _body_of(module: RecordedModule) -> str:
    """Return a module without its path as a JSON array, which takes a tenth of the time that ranges take.

    It holds the import name, the blob, statements and missing as hexadecimal numbers (line n is bit n), and of each
    branch the line, the number of its destinations, and the missing ones.
    """
    branches = [[branch.line, branch.total, *branch.missing] for branch in module.branches]
    bits = (f"{module.statements.bits:x}", f"{module.missing.bits:x}")
    return json.dumps([module.name, module.blob, *bits, branches], separators=(",", ":"))


def _module_of(path: str, body: str) -> RecordedModule:
    """Raises `ValueError` or `TypeError` for what nobody wrote."""
    name, blob, statements, missing, branches = json.loads(body)
    return RecordedModule(
        path=path,
        name=name,
        blob=blob,
        statements=Lines(int(statements, 16)),
        missing=Lines(int(missing, 16)),
        branches=tuple(Branch(line, total, tuple(ends)) for line, total, *ends in branches),
    )


def _key(record: Record) -> str:
    revision = record.revision
    if revision is None:
        return record.run
    return f"{record.run} {revision.tree} {'clean' if revision.is_clean else 'edited'}"


def _remove_old_unclean(database: sqlite3.Connection) -> None:
    (count,) = database.execute("SELECT count(*) FROM records WHERE NOT is_clean").fetchone()
    if count > KEPT_UNCLEAN:
        oldest = "SELECT id FROM records WHERE NOT is_clean ORDER BY id LIMIT ?"
        database.execute(f"DELETE FROM records WHERE id IN ({oldest})", (count - KEPT_UNCLEAN,))
        _remove_unused_contents(database)


def _remove_unused_contents(database: sqlite3.Connection) -> None:
    rows = database.execute("SELECT modules FROM records").fetchall()
    used = {number for (modules,) in rows for number in json.loads(zlib.decompress(modules)).values()}
    known = {number for (number,) in database.execute("SELECT id FROM contents")}
    database.executemany("DELETE FROM contents WHERE id = ?", [(number,) for number in known - used])


def _require_ours(database: sqlite3.Connection, file: Path, *, is_written: bool) -> None:
    """Make the tables in an empty file; raise `HistoryError` for another program's, or a newer version's."""
    application, version = _pragma(database, "application_id"), _pragma(database, "user_version")
    if (application, version) == (APPLICATION, VERSION):
        if is_written:
            database.execute(MAPS)
        return
    if application == APPLICATION:
        raise HistoryError(
            "history-refused",
            f"the history in {file} has version {version}, this version of covgate reads {VERSION}",
            "pip install -U pytest-covgate",
        )
    if database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] or application:
        raise HistoryError("history-refused", f"{file} is not a history of covgate", "move it away")
    if is_written:
        for statement in (*SCHEMA, MAPS):
            database.execute(statement)
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute(f"PRAGMA user_version = {VERSION}")
    else:
        raise HistoryError("history-damaged", f"{file} is empty", "delete it")


def _pragma(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])


def _damaged(file: Path, why: str) -> HistoryError:
    return HistoryError(
        "history-damaged", f"the history in {file} is damaged: {why}", "move it away; a new one is made by the next run"
    )


def _unusable(file: Path, why: str) -> HistoryError:
    message = f"the history in {file} cannot be used: {why}"
    if "locked" in why:
        return HistoryError("history-locked", message, "another run writes to it; try again")
    return HistoryError("file-not-written", message, "make it writable, or set COVGATE_HISTORY=off")

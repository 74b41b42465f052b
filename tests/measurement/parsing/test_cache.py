"""Whatever happens to the cache: a record comes back as it was written, or not at all."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from covgate.measurement.parsing import cache as room
from covgate.measurement.parsing.cache import Cache
from covgate.measurement.parsing.parsed_source import FORMAT

RECORDS = {bytes([n] * 16): b"record %d " % n * (n + 1) for n in range(60)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "cache" / "static.sqlite"


def test_what_was_written_is_read(file: Path) -> None:
    Cache(file).write(RECORDS)
    assert Cache(file).read([*RECORDS, b"another"]) == RECORDS
    assert (file.parent / ".gitignore").read_text().endswith("*\n")


def test_more_keys_than_one_statement_takes(file: Path) -> None:
    many = {n.to_bytes(16, "big"): b"%d" % n for n in range(1, 2500)}
    Cache(file).write(many)
    Cache(file).write({}, used=many)
    assert Cache(file).read(many) == many


def test_no_file_keeps_nothing(tmp_path: Path) -> None:
    Cache(None).write(RECORDS)
    assert Cache(None).read(RECORDS) == {}
    assert not list(tmp_path.iterdir())


def test_reading_makes_no_file(file: Path) -> None:
    assert Cache(file).read(RECORDS) == {}
    Cache(file).write({})
    assert not file.parent.exists()


@given(st.integers(0, 10**9), st.integers(1, 40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_gives_only_whole_records(tmp_path: Path, seed: int, hits: int) -> None:
    file = tmp_path / f"{seed}-{hits}" / "static.sqlite"
    Cache(file).write(RECORDS)
    content = bytearray(file.read_bytes())
    chance = random.Random(seed)
    for _ in range(hits):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    if hits % 5 == 0:
        del content[chance.randrange(len(content)) :]
    file.write_bytes(content)
    found = Cache(file).read(RECORDS)
    assert found.items() <= RECORDS.items()
    Cache(file).write(RECORDS)
    assert Cache(file).read(RECORDS).items() <= RECORDS.items()


@pytest.mark.parametrize("content", [b"", b"no database at all " * 100, b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_no_database_is_replaced(file: Path, content: bytes) -> None:
    Cache(file).write({b"x": b"the folder is ours"})
    file.write_bytes(content)
    assert Cache(file).read(RECORDS) == {}
    Cache(file).write(RECORDS)
    assert Cache(file).read(RECORDS) == RECORDS


@pytest.mark.parametrize("foreign", ["CREATE TABLE parsed (key, record, digest, used)", "CREATE TABLE other (x)"])
def test_another_programs_database_is_not_read(file: Path, foreign: str) -> None:
    file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(file)) as database:
        database.execute(foreign)
        database.commit()
    before = file.read_bytes()
    assert Cache(file).read(RECORDS) == {}
    Cache(file).write(RECORDS)
    assert file.read_bytes() == before  # in a folder of the user's: left alone


def test_a_text_in_a_folder_of_the_users_is_left_alone(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    Cache(file).write(RECORDS)
    assert file.read_text() == "mine"


def test_another_format_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Cache(file).write(RECORDS)
    monkeypatch.setattr(room, "FORMAT", FORMAT + 1)
    assert Cache(file).read(RECORDS) == {}
    Cache(file).write({b"new": b"form"})
    assert Cache(file).read([*RECORDS, b"new"]) == {b"new": b"form"}


def test_a_record_under_another_key_is_no_record(file: Path) -> None:
    Cache(file).write(RECORDS)
    one, other = list(RECORDS)[:2]
    with closing(sqlite3.connect(file)) as database:
        database.execute("DELETE FROM parsed WHERE key = ?", (other,))
        database.execute("UPDATE parsed SET key = ? WHERE key = ?", (other, one))
        database.commit()
    assert Cache(file).read([one, other]) == {}


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are another matter there")
def test_a_folder_that_cannot_be_written_is_left_alone(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    Cache(taken / "cache" / "static.sqlite").write(RECORDS)
    assert Cache(taken / "cache" / "static.sqlite").read(RECORDS) == {}
    assert taken.read_text() == "a file"


def test_a_read_only_file_is_read(file: Path) -> None:
    Cache(file).write(RECORDS)
    file.chmod(0o444)
    file.parent.chmod(0o555)
    try:
        assert Cache(file).read(RECORDS) == RECORDS
        Cache(file).write({b"more": b"more"})
        assert Cache(file).read(RECORDS) == RECORDS
    finally:
        file.parent.chmod(0o755)


def test_while_another_run_writes_nothing_is_lost(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "WAIT", 0.01)
    Cache(file).write(RECORDS)
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        assert Cache(file).read(RECORDS) == {}
        Cache(file).write({b"more": b"more"})
        database.execute("ROLLBACK")
    assert Cache(file).read(RECORDS) == RECORDS


def test_what_nobody_used_for_a_month_leaves(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, used, new = b"old", b"used", b"new"
    monkeypatch.setattr("time.time", lambda: 0.0)
    Cache(file).write({old: b"1", used: b"2"})
    monkeypatch.setattr("time.time", lambda: 86400.0 * 25)
    Cache(file).write({}, used=[used])
    monkeypatch.setattr("time.time", lambda: 86400.0 * 31)
    Cache(file).write({new: b"3"})
    assert Cache(file).read([old, used, new]).keys() == {used, new}


def test_it_is_bounded_and_what_was_used_longest_ago_leaves_first(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_BYTES", 100_000)
    for day in range(10):
        monkeypatch.setattr("time.time", lambda day=day: 86400.0 * day)
        Cache(file).write({b"%d" % day: os.urandom(30_000)})
    assert Cache(file).read([b"%d" % day for day in range(10)]).keys() == {b"7", b"8", b"9"}
    assert file.stat().st_size < 200_000


WRITER = """
import sys
from pathlib import Path
from covgate.measurement.parsing.cache import Cache
number = int(sys.argv[2])
for turn in range(20):
    Cache(Path(sys.argv[1])).write({b"%d-%d" % (number, turn): b"%d-%d" % (number, turn) * 500})
"""


def writers(file: Path, count: int) -> list[subprocess.Popen[bytes]]:
    return [
        subprocess.Popen([sys.executable, "-W", "error", "-c", WRITER, str(file), str(number)])
        for number in range(count)
    ]


def test_several_runs_at_once(file: Path) -> None:
    running = writers(file, 4)
    assert [process.wait(60) for process in running] == [0] * 4
    wanted = {b"%d-%d" % (number, turn): b"%d-%d" % (number, turn) * 500 for number in range(4) for turn in range(20)}
    assert Cache(file).read(wanted).items() <= wanted.items()
    assert Cache(file).read(wanted)


HALF_WAY = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA cache_size = 1")  # pages go to the file before the end
database.execute("BEGIN IMMEDIATE")
database.execute("UPDATE parsed SET record = zeroblob(5000)")
os._exit(0)
"""


def test_what_a_killed_run_left_half_way_is_taken_back(file: Path) -> None:
    Cache(file).write(RECORDS)
    subprocess.run([sys.executable, "-c", HALF_WAY, str(file)], check=True)
    assert file.with_name(f"{file.name}-journal").stat().st_size
    assert Cache(file).read(RECORDS) == RECORDS


def test_a_killed_run(file: Path) -> None:
    Cache(file).write(RECORDS)
    for delay in (0.1, 0.15, 0.2, 0.25):
        (process,) = writers(file, 1)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(delay)
        process.kill()
        process.wait()
        assert Cache(file).read(RECORDS) == RECORDS

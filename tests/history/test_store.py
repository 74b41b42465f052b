"""H4: the local history outlives killed and simultaneous runs, and takes nothing of others for its own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from covgate.history import store as module
from covgate.history.store import FILE, HistoryError, Store
from records import TIME, covered, revision, run_of_cart


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / FILE)


def counts(store: Store) -> tuple[int, int]:
    """How many records and how many contents the file holds."""
    with sqlite3.connect(store.file) as database:
        found = tuple(
            database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("records", "contents")
        )
    database.close()
    return found[0], found[1]


def test_what_is_kept_is_read_again(store: Store) -> None:
    kept = [
        run_of_cart("run1"),
        run_of_cart("run2", revision=None),
        run_of_cart("run3", revision=revision(is_clean=False)),
    ]
    assert store.add(kept) == 3
    assert Store(store.file).all() == kept


def test_a_file_that_is_not_there_holds_nothing_and_reading_makes_none(store: Store) -> None:
    assert (store.all(), store.find(["1" * 40], "."), store.shared()) == ([], [], frozenset())
    assert not store.file.parent.exists()


def test_git_ignores_the_folder(store: Store) -> None:
    store.add([run_of_cart()])
    assert "\n*\n" in (store.file.parent / ".gitignore").read_text()


def test_a_record_is_kept_once_and_the_same_run_on_edited_files_beside_it(store: Store) -> None:
    assert store.add([run_of_cart(), run_of_cart()]) == 1
    assert (
        store.add(
            [
                run_of_cart(),
                run_of_cart(revision=revision(is_clean=False)),
                run_of_cart(revision=revision(tree="3" * 40)),
            ]
        )
        == 2
    )


def test_equal_modules_are_kept_once(store: Store) -> None:
    same = covered("shop/bank.py", name=None)
    store.add([run_of_cart(f"run{n}", modules=(same, covered("shop/cart.py", count=n))) for n in range(3)])
    assert counts(store) == (3, 4)
    again = Store(store.file).all()
    assert [one.modules[0] for one in again] == [same] * 3
    assert [one.modules[1].share.covered for one in again] == [0, 1, 2]


def test_h3_only_clean_trees_of_the_folder_are_found(store: Store) -> None:
    clean = run_of_cart("clean")
    store.add([clean, run_of_cart("edited", revision=revision(is_clean=False)), run_of_cart("elsewhere", folder="b")])
    store.add([run_of_cart("other", revision=revision(tree="3" * 40))])
    assert store.find(["1" * 40, "4" * 40], ".") == [clean]
    assert [one.run for one in store.find(["1" * 40], "b")] == ["elsewhere"]


def test_what_is_removed_takes_its_contents_along(store: Store) -> None:
    old, new = run_of_cart("old", modules=(covered(count=1),)), run_of_cart("new", time=TIME + timedelta(days=1))
    store.add([old, new])
    assert store.remove([old, run_of_cart("never kept")]) == 1
    assert store.all() == [new]
    assert counts(store) == (1, 1)


def test_records_of_edited_files_are_few(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_UNCLEAN", 2)
    store.add([run_of_cart("clean")])
    for number in range(4):
        store.add([run_of_cart(f"edited{number}", revision=revision(is_clean=False), modules=(covered(count=number),))])
    assert [one.run for one in store.all()] == ["clean", "edited2", "edited3"]
    assert counts(store) == (3, 2)


def test_imported_notes_are_remembered(store: Store) -> None:
    store.add([], {"a" * 40})
    store.add([run_of_cart()], ["a" * 40, "b" * 40])
    assert store.shared() == {"a" * 40, "b" * 40}


@pytest.mark.parametrize(
    "content", [b"no database at all, and long enough to look like a header" * 10, b"SQLite format 3\0cut"]
)
def test_a_damaged_file_is_named_with_what_to_do(store: Store, content: bytes) -> None:
    store.file.parent.mkdir(parents=True)
    store.file.write_bytes(content)
    for use in (store.all, lambda: store.add([run_of_cart()])):
        with pytest.raises(HistoryError, match=r"history\.sqlite is damaged") as raised:
            use()
        assert "move it away" in raised.value.remedy
    assert store.file.read_bytes() == content


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM contents",
        "UPDATE contents SET body = '{}'",
        "UPDATE records SET modules = x'00'",
        "UPDATE records SET head = '[]'",
        "UPDATE records SET head = replace(head, '\"schema\":1', '\"schema\":77')",
        "DROP TABLE contents",
    ],
)
def test_rows_that_are_damaged_are_an_error_of_ours(store: Store, damage: str) -> None:
    store.add([run_of_cart()])
    with sqlite3.connect(store.file) as database:
        database.execute(damage)
    database.close()
    with pytest.raises(HistoryError, match=r"the history in .* (is damaged|cannot be used)"):
        Store(store.file).all()


def test_a_newer_store_is_left_alone(store: Store) -> None:
    store.add([run_of_cart()])
    with sqlite3.connect(store.file) as database:
        database.execute("PRAGMA user_version = 2")
    database.close()
    before = store.file.read_bytes()
    for use in (store.all, lambda: store.add([run_of_cart("run2")]), store.shared):
        with pytest.raises(HistoryError, match="has version 2, this version of covgate reads 1") as raised:
            use()
        assert raised.value.remedy == "pip install -U pytest-covgate"
    assert store.file.read_bytes() == before


@pytest.mark.parametrize("mark", ["CREATE TABLE theirs (a)", "PRAGMA application_id = 5"])
def test_another_programs_database_is_left_alone(store: Store, mark: str) -> None:
    store.file.parent.mkdir(parents=True)
    with sqlite3.connect(store.file) as database:
        database.execute(mark)
    database.close()
    before = store.file.read_bytes()
    for use in (store.all, lambda: store.add([run_of_cart()])):
        with pytest.raises(HistoryError, match="is not a history of covgate"):
            use()
    assert store.file.read_bytes() == before


def test_an_empty_file_is_filled_by_the_next_run(store: Store) -> None:
    store.file.parent.mkdir(parents=True)
    store.file.touch()
    with pytest.raises(HistoryError, match="is empty"):
        store.all()
    assert store.add([run_of_cart()]) == 1


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error_that_says_how_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o555)
    with pytest.raises(HistoryError, match="cannot be written"):
        Store(tmp_path / "closed" / FILE).add([run_of_cart()])


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / ".covgate").touch()
    with pytest.raises(HistoryError, match="cannot be written"):
        Store(tmp_path / FILE).add([run_of_cart()])


PRELUDE = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from covgate.history import store as module
from covgate.history.store import Store
from records import run_of_cart
file = Path(sys.argv[1])
"""
KILLED = """
import os
insert = module._insert
def die(database, one):
    done = insert(database, one)
    if one.run == "last":
        os._exit(9)
    return done
module._insert = die
Store(file).add([run_of_cart("first"), run_of_cart("last")])
"""
ADDS = """
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    Store(file).add([run_of_cart(f"{sys.argv[2]}-{number}")])
"""


def start(script: str, *args: str) -> subprocess.Popen[str]:
    prelude = PRELUDE.replace("{tests!r}", repr(str(Path(__file__).parents[1])))
    return subprocess.Popen(
        [sys.executable, "-c", prelude + script, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_a_run_that_is_killed_while_it_writes_leaves_nothing_of_its_own(store: Store) -> None:
    store.add([run_of_cart("before")])
    with start(KILLED, str(store.file)) as killed:
        assert killed.wait(60) == 9
    assert [one.run for one in store.all()] == ["before"]
    assert store.add([run_of_cart("after")]) == 1


def test_two_runs_that_add_at_once_lose_nothing(store: Store) -> None:
    writers = [start(ADDS, str(store.file), name) for name in ("a", "b")]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        assert writer.communicate(timeout=60)[0] == ""
    assert [writer.returncode for writer in writers] == [0, 0]
    assert {one.run for one in store.all()} == {f"{name}-{n}" for name in ("a", "b") for n in range(20)}


def test_a_writer_that_never_ends_is_said_to_be_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add([run_of_cart()])
    monkeypatch.setattr(module, "WAIT", 0.01)
    blocking = sqlite3.connect(store.file, isolation_level=None)
    blocking.execute("BEGIN IMMEDIATE")
    with pytest.raises(HistoryError, match="locked") as raised:
        store.add([run_of_cart("run2")])
    blocking.close()
    assert raised.value.remedy == "another run writes to it; try again"

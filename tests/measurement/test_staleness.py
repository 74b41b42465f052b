"""J14: data fit the source by content where the record knows it, else by the times of files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from covgate.measurement.staleness import Staleness, digest_file, digest_files, digest_of, find_changes
from covgate.model.run_record import RunRecord

NOW = 1_700_000_000_000_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two sources and a test, all of the same time."""
    for name in ("a.py", "b.py", "test_a.py"):
        (tmp_path / name).write_text(f"# {name}\n")
        os.utime(tmp_path / name, ns=(NOW, NOW))
    return tmp_path


def record(root: Path, **parts: Any) -> RunRecord:
    """The record of a run that measured a.py with test_a.py, and knew b.py."""
    known: dict[str, Any] = {
        "files": digest_files(root, ["a.py"]),
        "unmeasured": frozenset(["b.py"]),
        "tests": digest_files(root, ["test_a.py"]),
    }
    return RunRecord(run="one")._replace(**known | parts)


def changes(root: Path, known: RunRecord | None, measured_at: int = NOW) -> Staleness:
    return find_changes(root, digest_files(root, ["a.py"]), ["b.py"], known, measured_at)


@pytest.mark.parametrize(
    ("one", "other", "is_equal"),
    [
        (b"a\nb\n", b"a\r\nb\r\n", True),
        (b"a\nb\n", b"a\rb\r", False),  # Python reads other lines there than version control
        (b"a\n", b"a", False),
        (b"", b"\r\n", False),
    ],
)
def test_digests_do_not_depend_on_line_ends(one: bytes, other: bytes, is_equal: bool) -> None:
    assert (digest_of(one) == digest_of(other)) is is_equal


def test_what_cannot_be_read_has_no_digest(root: Path) -> None:
    assert digest_file(root / "nowhere.py") is None
    assert digest_file(root) is None
    assert digest_files(root, ["nowhere.py", "a.py"]) == {"a.py": digest_file(root / "a.py")}


def test_nothing_changed(root: Path) -> None:
    assert changes(root, record(root)) == Staleness()


def test_a_touched_file_has_not_changed(root: Path) -> None:
    known = record(root)
    os.utime(root / "a.py", ns=(NOW * 2, NOW * 2))
    assert changes(root, known) == Staleness()


def test_an_edit_of_equal_time_is_an_edit(root: Path) -> None:
    known = record(root)
    (root / "a.py").write_text("# b.py\n")
    os.utime(root / "a.py", ns=(NOW, NOW))
    assert changes(root, known) == Staleness(sources=("a.py",))


def test_a_source_that_the_run_did_not_know_was_added(root: Path) -> None:
    assert changes(root, record(root, unmeasured=frozenset())) == Staleness(sources=("b.py",))


def test_a_measured_file_that_the_record_does_not_hold_is_no_edit(root: Path) -> None:
    """Another tool may have added to the data; there is nothing to compare with."""
    known = record(root, files={"c.py": "0"})
    assert changes(root, known) == Staleness()


def test_tests_that_are_gone_make_the_numbers_wrong_and_edited_ones_are_told(root: Path) -> None:
    known = record(root)
    (root / "test_a.py").write_text("# new\n")
    assert changes(root, known) == Staleness(edited_tests=("test_a.py",))
    (root / "test_a.py").unlink()
    assert changes(root, known) == Staleness(sources=("test_a.py",))


@pytest.mark.parametrize("known", [None, RunRecord(run="one")], ids=["no record", "a record without digests"])
def test_without_digests_the_times_decide(root: Path, known: RunRecord | None) -> None:
    assert changes(root, known) == Staleness()
    assert changes(root, known, NOW - 1) == Staleness(sources=("a.py", "b.py"))
    (root / "b.py").unlink()
    assert changes(root, known, NOW - 1) == Staleness(sources=("a.py",))

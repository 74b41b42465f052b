"""What the last run was: only of the very data it left."""

from __future__ import annotations

from pathlib import Path

import pytest

from covgate.run_record import NAME, RunRecord, keep_record, read_record

WHOLE = RunRecord(options=(), partial=None, incomplete=None, tests_passed=True)


def test_a_record_is_of_its_data_alone(tmp_path: Path) -> None:
    cache, data = tmp_path / "cache/static.sqlite", tmp_path / "data"
    keep_record(WHOLE, cache, data)
    assert read_record(cache, data) is None, "there was no data to keep one of"
    data.write_bytes(b"one")
    keep_record(WHOLE, cache, data)
    assert read_record(cache, data) == WHOLE
    data.write_bytes(b"other")
    assert read_record(cache, data) is None
    assert read_record(None, data) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"format": 0}', '{"format": 1, "data": "x"}'])
def test_what_is_no_record_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    (tmp_path / "data").write_bytes(b"one")
    assert read_record(tmp_path / "static.sqlite", tmp_path / "data") is None


def test_where_nothing_can_be_kept_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "data").write_bytes(b"one")
    keep_record(WHOLE, None, tmp_path / "data")
    keep_record(WHOLE, tmp_path / "file/static.sqlite", tmp_path / "data")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "file"]

"""Shards combined: what cannot go together is named, and nothing stays open."""

from __future__ import annotations

import gc
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from coverage import CoverageData

from covgate.errors import DataError
from covgate.measurement.data_files import one_data_file


def write_data(file: Path, *, arcs: bool = False) -> str:
    data = CoverageData(basename=str(file))
    if arcs:
        data.add_arcs({str(file.parent / "a.py"): [(1, 2)]})
    else:
        data.add_lines({str(file.parent / "a.py"): [int(file.name[-1])]})
    data.write()
    data.close(force=True)
    return str(file)


def combined_lines(folder: Path, *parts: str) -> list[int]:
    with one_data_file(folder / ".coverage", parts, ".coveragerc") as file:
        data = CoverageData(basename=str(file.path))
        data.read()
        lines = data.lines(str(folder / "a.py")) or []
        data.close(force=True)
    return sorted(lines)


def test_shards_are_combined_and_left_as_they_were(tmp_path: Path) -> None:
    parts = [write_data(tmp_path / f".coverage.{number}") for number in (1, 2, 3)]
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert combined_lines(tmp_path, *parts) == [1, 2, 3]
    assert combined_lines(tmp_path, parts[0], parts[2], parts[0]) == [1, 3]
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("damage", ["branches", "no schema", "another schema", "no table"])
def test_a_shard_that_cannot_be_combined_is_named_and_nothing_stays_open(tmp_path: Path, damage: str) -> None:
    parts = [
        write_data(tmp_path / ".coverage.1"),
        write_data(tmp_path / ".coverage.2", arcs=damage == "branches"),
        write_data(tmp_path / ".coverage.3"),
    ]
    statement = {
        "branches": "SELECT 1",
        "no schema": "DROP TABLE coverage_schema",
        "another schema": "UPDATE coverage_schema SET version = 99",
        "no table": "DROP TABLE line_bits",
    }
    with closing(sqlite3.connect(parts[1])) as database:
        database.execute(statement[damage])
        database.commit()
    with pytest.raises(DataError) as raised:
        combined_lines(tmp_path, *parts)
    message = raised.value.message
    del raised  # and with it the frames that could hold what was opened
    gc.collect()  # a database that is open still warns here, which fails the test
    assert "cannot be combined" in message
    assert parts[1] in message

"""J14: the record of a run lies in the data file, and is known to be outdated once the data changed."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import Project
from covgate.errors import DataError
from covgate.measurement.run_table import TABLE, keep_record, read_record
from covgate.model.run_record import MeasuringOptions, RunRecord

RECORD = RunRecord(
    run="one",
    environment="Linux, Python 3.12",
    measuring=MeasuringOptions(
        config_file="ci/coveragerc",
        source=("src", "shop"),
        judges_fail_under=False,
        targets={"shop.a": 80, "shop.b": False, "shop.c": {"target": 0.5, "max_missing": 3}},
    ),
    deviations=("--cov",),
    selection="-k retry",
    shard=(2, 3),
    is_shard=True,
    stopped="1 collection error",
    incomplete="no data of gw1",
    tests_passed=False,
    files={"src/shop/a.py": "12ab"},
    unmeasured=frozenset({"src/shop/z.py", "src/shop/y.py"}),
    tests={"tests/test_a.py": "34cd"},
)


@pytest.fixture
def data(project: Project) -> Path:
    project.write({"app.py": "print(1)\n"})
    assert project.python("-m", "coverage", "run", "app.py").code == 0
    return project.root / ".coverage"


def coverage(data: Path, *args: str) -> None:
    run = Project(data.parent).python("-m", "coverage", *args)
    assert run.code == 0, run.out + run.err


def test_a_record_comes_back_as_it_was(data: Path) -> None:
    assert read_record(data) == "none"
    keep_record(RECORD, data)
    assert read_record(data) == RECORD
    keep_record(RunRecord(run="two"), data)
    assert read_record(data) == RunRecord(run="two"), "a later record takes its place"


def test_exact_targets_of_hooks_are_kept_as_numbers(data: Path) -> None:
    keep_record(RunRecord(run="one", measuring=MeasuringOptions(targets={"a": Decimal("83.5")})), data)
    record = read_record(data)
    assert isinstance(record, RunRecord)
    assert record.measuring.targets == {"a": 83.5}


def test_reading_and_moving_the_data_outdates_no_record(data: Path) -> None:
    keep_record(RECORD, data)
    for report in ("report", "html", "xml", "json", "lcov"):
        coverage(data, report)
        assert read_record(data) == RECORD
    shutil.copyfile(data, data.with_name("moved"))
    assert read_record(data.with_name("moved")) == RECORD


def test_data_that_grew_outdate_the_record(data: Path) -> None:
    keep_record(RECORD, data)
    coverage(data, "run", "--append", "app.py")
    assert read_record(data) == "outdated"


def test_combined_data_have_no_record(data: Path) -> None:
    keep_record(RECORD, data)
    shutil.copyfile(data, data.with_name(".coverage.one"))
    shutil.copyfile(data, data.with_name(".coverage.two"))
    data.unlink()
    coverage(data, "combine")
    assert read_record(data) == "none"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", "{}", '{"format": 0}', '{"format": 1, "run": 3}', "[" * 100_000],
)
def test_a_record_that_cannot_be_read_is_an_error(data: Path, text: str) -> None:
    keep_record(RECORD, data)
    with closing(sqlite3.connect(data)) as database, database:
        database.execute(f"UPDATE {TABLE} SET record = ?, counter = counter + 1", (text,))
    with pytest.raises(DataError, match="the record of the run in"):
        read_record(data)


def test_x5_no_view_is_taken_for_the_record(data: Path) -> None:
    with closing(sqlite3.connect(data)) as database, database:
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x, x FROM n"
        database.execute(f"CREATE VIEW {TABLE} (counter, record) AS {endless}")
    assert read_record(data) == "none"


def test_what_is_no_data_file_has_no_record(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database")
    assert read_record(tmp_path / "text") == "none"
    assert read_record(tmp_path / "nowhere") == "none"
    assert read_record(tmp_path) == "none"
    keep_record(RECORD, tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists(), "no data, no record"

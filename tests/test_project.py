"""One project for both doors: what the settings, the options and the record in the data say together."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import coverage
import pytest

from covgate.config.settings import read_settings
from covgate.errors import UsageError
from covgate.measurement.run_table import keep_record
from covgate.model.run_record import MeasuringOptions, RunRecord
from covgate.project import Project, open_measured_project, open_project, relative_to_root

BARE = MeasuringOptions()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A package below src, with settings for both tools."""
    (tmp_path / "src/shop").mkdir(parents=True)
    (tmp_path / "src/shop/__init__.py").touch()
    write_settings(tmp_path, "fail_under = 60")
    return tmp_path


def write_settings(root: Path, coverage_report: str = "", covgate: str = "") -> None:
    text = f"[tool.covgate]\n{covgate}\n[tool.coverage.report]\n{coverage_report}\n"
    (root / "pyproject.toml").write_text(text)


def opened(root: Path, options: MeasuringOptions = BARE) -> Project:
    return open_project(root, read_settings(root), options, {"HOME": "x"})


def test_s5_fail_under_is_adopted_where_no_total_is_set(root: Path) -> None:
    project = opened(root)
    assert (project.settings.total, project.settings.total_source) == (Decimal(60), "coverage.py's fail_under")
    assert project.notes == ()


def test_s5_fail_under_that_is_not_judged_is_a_note(root: Path) -> None:
    write_settings(root, "fail_under = 60", "total = 50")
    project = opened(root)
    assert project.settings.total == 50
    (note,) = project.notes
    assert "fail_under (60) is not judged" in note


def test_s5_an_explicit_fail_under_of_pytest_covs_stays_its_own(root: Path) -> None:
    project = opened(root, BARE._replace(judges_fail_under=False))
    assert (project.settings.total, project.notes) == (None, ())


def test_s8_everything_is_that_of_the_root(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    project = opened(root)
    assert project.measurement.base == project.root == root
    assert project.measurement.data_file == root / ".coverage"
    assert project.parsing.cache == root / ".covgate/cache/static.sqlite"
    assert project.environment == {"HOME": "x"}


def test_s6_nothing_to_measure_is_wrong_use_before_a_measurement_and_not_after(tmp_path: Path) -> None:
    write_settings(tmp_path)
    with pytest.raises(UsageError, match="source"):
        opened(tmp_path)
    assert open_measured_project(tmp_path, {}).sources is None


def write_data(file: Path, record: RunRecord | None = None) -> str:
    data = coverage.CoverageData(basename=str(file))
    data.add_lines({"/p/a.py": [1]})
    data.write()
    data.close(force=True)
    if record is not None:
        keep_record(record, file)
    return str(file)


def test_without_a_record_nothing_is_known_of_the_run(root: Path) -> None:
    write_data(root / ".coverage")
    assert open_measured_project(root, {}).record is None


def test_s9_what_only_pytest_knew_is_read_from_the_record(root: Path) -> None:
    measuring = MeasuringOptions(source=("src/shop",), judges_fail_under=False, targets={"shop": 90})
    write_data(root / ".coverage", RunRecord(run="one", selection="-k x", measuring=measuring))
    project = open_measured_project(root, {})
    assert project.record is not None
    assert project.record.partial == "-k x"
    assert project.settings.total is None
    assert [(rule.pattern.text, rule.target) for rule in project.settings.targets] == [("shop", 90)]


def test_j11_shards_that_are_not_there_make_the_data_incomplete(root: Path) -> None:
    file = write_data(root / "one", RunRecord(run="one", is_shard=True))
    record = open_measured_project(root, {}, data=[file], shards=2).record
    assert record is not None
    assert record.incomplete


def test_a_record_that_cannot_be_read_is_for_the_verdict_to_tell(root: Path) -> None:
    file = root / ".coverage"
    write_data(file, RunRecord(run="one"))
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("DELETE FROM covgate_run")
    record = open_measured_project(root, {}).record
    assert record is not None
    assert "the record of the run in" in (record.incomplete or "")
    assert record.remedy == "measure again, with pytest --covgate or coverage run"


def test_a_record_of_older_data_is_ignored_and_told(root: Path) -> None:
    file = root / ".coverage"
    write_data(file, RunRecord(run="one"))
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("INSERT INTO meta VALUES ('more', 'x')")
    project = open_measured_project(root, {})
    assert project.record is None
    (note,) = project.notes
    assert "changed after pytest --covgate wrote its record" in note


def test_a_settings_file_that_is_named_comes_before_that_of_the_record(root: Path) -> None:
    write_data(root / ".coverage", RunRecord(run="one", measuring=BARE._replace(config_file="one.ini")))
    for name, level in (("one.ini", 10), ("other.ini", 20)):
        (root / name).write_text(f"[report]\nfail_under = {level}\n")
    assert open_measured_project(root, {}).settings.total == 10
    assert open_measured_project(root, {}, rcfile="other.ini").settings.total == 20


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a.py", "below/a.py"), ("../a.py", "a.py"), (".", "below"), ("../../x", None), ("/etc/x", "/etc/x")],
)
def test_paths_are_kept_relative_to_the_root_where_they_lie_below(
    tmp_path: Path, path: str, expected: str | None
) -> None:
    kept = relative_to_root(tmp_path, path, tmp_path / "below")
    assert kept == (expected or str(tmp_path.parent / "x"))

"""`covgate check` on the data of several shards: one verdict, equal to that of one whole run."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from conftest import NO_HYPOTHESIS, Project

SOURCE = {
    f"shop/{name}.py": f"def f(x):\n    if x:\n        return '{name}'\n    return 0\n" for name in ("a", "b", "c", "d")
}
TESTS = {f"tests/test_{name}.py": f"from shop.{name} import f\ndef test(): assert f(1)\n" for name in ("a", "b", "c")}


PYTEST = ("-m", "pytest", "-q", "-p", "no:covgate", *NO_HYPOTHESIS)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project, and below `shards` the data that three machines recorded in folders of their own."""
    project = Project(tmp_path_factory.mktemp("recorded"))
    project.write({"shop/__init__.py": "", **SOURCE, **TESTS}).settings(
        """
        [tool.covgate]
        source = ["shop"]
        module = 70
        [tool.coverage.run]
        source = ["shop"]
        branch = true
        [tool.coverage.paths]
        source = ["shop", "*/shop"]
        """
    )
    (project.root / "shards").mkdir()
    for number, name in enumerate(("a", "b", "c")):
        machine = Project(tmp_path_factory.mktemp(f"machine{number}") / "work")
        shutil.copytree(project.root, machine.root)
        run = machine.python("-m", "coverage", "run", *PYTEST, f"tests/test_{name}.py")
        assert run.code == 0, run.out
        shutil.copy(machine.root / ".coverage", project.root / "shards" / f".coverage.machine{number}")
    return project.root


@pytest.fixture
def sharded(recorded: Path, tmp_path: Path) -> Project:
    shutil.copytree(recorded, tmp_path / "project")  # with the times of the files
    return Project(tmp_path / "project")


def whole_run(project: Project) -> dict[str, Any]:
    assert project.pytest("--covgate", "--covgate-report=json:whole.json").code == 1
    return {**project.report("whole.json"), "record": None}


def checked(project: Project, *data: str) -> dict[str, Any]:
    """Data of `coverage run` have no record, which is noted; all else is that of a whole run."""
    run = project.covgate("check", "--report=json:check.json", "--data", *data)
    assert run.code == 1, run.out + run.err
    report = project.report("check.json")
    assert ["no record of a run" in note for note in report["notes"]] == [True]
    return {**report, "notes": [], "record": None}


def test_the_verdict_is_that_of_one_whole_run(sharded: Project) -> None:
    whole = whole_run(sharded)
    (sharded.root / ".coverage").unlink()
    files = [f"shards/.coverage.machine{number}" for number in range(3)]
    before = {file: (sharded.root / file).read_bytes() for file in files}
    for data in (files, ["shards"], ["shards/.coverage.*[0-9]"], [files[0], "shards"]):  # named twice counts once
        assert checked(sharded, *data) == whole
    assert {file: (sharded.root / file).read_bytes() for file in files} == before
    assert sorted(path.name for path in (sharded.root / "shards").iterdir()) == [Path(file).name for file in files]
    assert not (sharded.root / ".coverage").exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (["shards/.coverage.machine0", "nowhere"], "no coverage data at "),
        (["shop"], "no coverage data in "),
        (["shards/*.none"], "no coverage data matches "),
        (["shards", "pyproject.toml"], "the data files cannot be combined: "),
    ],
)
def test_a_shard_that_is_not_there_is_no_verdict(sharded: Project, data: list[str], message: str) -> None:
    run = sharded.covgate("check", "--data", *data)
    assert run.code == 3
    assert message in run.verdict


def test_shards_with_and_without_branches_do_not_go_together(sharded: Project) -> None:
    text = (sharded.root / "pyproject.toml").read_text()
    sharded.write({"other.toml": text.replace("branch = true", "branch = false")})
    run = sharded.python("-m", "coverage", "run", "--rcfile=other.toml", *PYTEST)
    assert run.code == 0
    run = sharded.covgate("check", "--data", "shards", ".coverage")
    assert run.code == 3
    assert "cannot be combined" in run.verdict


def test_a_damaged_shard_is_never_passed_over(sharded: Project) -> None:
    with closing(sqlite3.connect(sharded.root / "shards/.coverage.machine1")) as database:
        database.execute("DROP TABLE coverage_schema")
        database.commit()
    run = sharded.covgate("check", "--data", "shards")
    assert run.code == 3
    assert "the data files cannot be combined" in run.verdict


def test_a_setting_that_coverage_py_warns_of_is_not_ours_to_fail_on(sharded: Project) -> None:
    text = (sharded.root / "pyproject.toml").read_text()
    sharded.settings(text.replace("[tool.coverage.run]", "[tool.coverage.run]\nunknown_thing = true"))
    assert checked(sharded, "shards")

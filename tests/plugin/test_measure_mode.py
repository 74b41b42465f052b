"""The mode `measure`: shards measure and record, one command judges all of them (issue F, 8; J11)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import Project

SETTINGS = """
[tool.pytest.ini_options]
pythonpath = ["."]
[tool.coverage.run]
relative_files = true
[tool.covgate]
source = ["shop"]
module = 100
"""


@pytest.fixture
def sharded(project: Project) -> Project:
    """Two functions, each tested in a folder of its own; only both together reach the target."""
    return project.settings(SETTINGS).write(
        {
            "shop/__init__.py": "",
            "shop/pair.py": "def one():\n    return 1\n\ndef two():\n    return 2\n",
            "first/test_one.py": "from shop.pair import one\n\ndef test_it():\n    one()\n",
            "second/test_two.py": "from shop.pair import two\n\ndef test_it():\n    two()\n",
        }
    )


def measure(project: Project, folder: str, *options: str) -> None:
    run = project.pytest("--covgate", "--covgate-mode=measure", "-q", folder, *options)
    assert run.code == 0, run.out
    assert "coverage gate: 2 modules measured, not judged (--covgate-mode=measure)" in run.out
    (project.root / "data").mkdir(exist_ok=True)
    shutil.move(project.root / ".coverage", project.root / f"data/.coverage.{folder}")


@pytest.mark.parametrize("dist", [(), ("-n", "2")])
def test_shards_are_judged_together_in_another_place(sharded: Project, tmp_path: Path, dist: tuple[str, ...]) -> None:
    """In a fresh checkout, whose files are younger than the data: nothing has to be touched."""
    measure(sharded, "first", *dist)
    measure(sharded, "second", *dist)
    other = Project(tmp_path / "other")
    shutil.copytree(sharded.root, other.root, ignore=shutil.ignore_patterns(".covgate", "__pycache__"))
    for path in other.root.rglob("*.py"):
        path.touch()
    run = other.covgate("check", "--data", "data", "--shards", "2", env={"CI": "true"})
    assert run.code == 0, run.out + run.err
    assert run.verdict.startswith("PASSED")
    assert "part of the tests" not in run.verdict


@pytest.mark.parametrize("shards", ["2", "3"])
def test_j11_a_shard_that_is_not_there_is_no_verdict(sharded: Project, shards: str) -> None:
    measure(sharded, "first")
    if shards == "3":
        measure(sharded, "second")
    run = sharded.covgate("check", "--data", "data", "--shards", shards)
    assert run.code == 3
    assert f"{shards} are expected" in run.verdict
    shutil.copy(sharded.root / "data/.coverage.first", sharded.root / "data/.coverage.again")
    assert sharded.covgate("check", "--data", "data", "--shards", shards).code == 3, "the same shard twice"


def test_j8_without_the_number_shards_stay_a_part_of_the_tests(sharded: Project) -> None:
    measure(sharded, "first")
    run = sharded.covgate("check", "--data", "data")
    assert run.code == 0
    assert run.verdict.startswith("ADVISORY")
    assert sharded.covgate("check", "--data", "data", env={"CI": "1"}).code == 1


def test_a_missing_shard_keeps_its_report(sharded: Project) -> None:
    run = sharded.covgate("check", "--data", "nowhere", "--shards", "2", "--report=json:r.json")
    assert run.code == 3
    assert sharded.report("r.json")["status"] == "error"


def test_measure_is_a_word_of_the_run_alone(sharded: Project) -> None:
    in_settings = sharded.settings(SETTINGS + 'mode = "measure"\n').pytest("--covgate")
    assert in_settings.code == 4
    sharded.settings(SETTINGS)
    measure(sharded, "first")
    run = sharded.covgate("check", env={"COVGATE_MODE": "measure"})
    assert run.code == 2
    assert "a command measures nothing" in run.err
    assert sharded.covgate("check", "--mode=measure").code == 2
    run = sharded.pytest("--covgate", "--covgate-report=json", env={"COVGATE_MODE": "measure"})
    assert run.code == 4
    assert "COVGATE_MODE=measure judges nothing" in run.err


@pytest.mark.parametrize("shards", ["0", "-1", "two", "1.5"])
def test_a_number_of_shards_that_is_none(sharded: Project, shards: str) -> None:
    run = sharded.covgate("check", f"--shards={shards}")
    assert run.code == 2
    assert "is not a number of shards" in run.err


def test_nothing_measured_fails_the_shard(sharded: Project) -> None:
    sharded.write(
        {
            "second/conftest.py": """
                import pytest

                @pytest.hookimpl(tryfirst=True)
                def pytest_sessionfinish(session):
                    controller = session.config.pluginmanager.getplugin("_cov").cov_controller
                    controller.cov.get_data().close(force=True)
                    import os
                    os.unlink(controller.cov.get_data().data_filename())
                """
        }
    )
    run = sharded.pytest("--covgate", "--covgate-mode=measure", "second")
    assert run.code == 1
    assert "nothing was measured" in run.out

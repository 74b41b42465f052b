"""A project without pytest: unittest under `coverage run`, and the commands that read its data."""

from __future__ import annotations

import pytest

from conftest import Project
from repositories import Repository

FILES = {
    ".gitignore": ".coverage*\n.covgate/\n__pycache__/\n",
    "calc/__init__.py": "",
    "calc/core.py": """
        def add(a, b):
            return a + b


        def divide(a, b):
            if b == 0:
                raise ValueError("b is 0")
            return a / b
    """,
    "calc/never.py": "VALUE = 1\n",
    "tests/__init__.py": "",
    "tests/test_core.py": """
        import unittest

        from calc.core import add


        class TestCore(unittest.TestCase):
            def test_add(self):
                self.assertEqual(add(1, 2), 3)
    """,
}
SOURCE = '[tool.covgate]\nsource = ["calc"]\n'
MISFIT = 'the data was not measured with source = ["calc"]: it lacks calc/never.py, and holds tests/'


@pytest.fixture
def calc(project: Project) -> Project:
    return project.write(FILES)


def measure(project: Project, *options: str) -> None:
    assert project.python("-m", "coverage", "run", *options, "-m", "unittest", "-q").code == 0


def test_the_next_test_goes_into_the_file_that_is_there(calc: Project) -> None:
    measure(calc, "--source=calc")
    out = calc.covgate("next").out
    assert "test file  tests/test_core.py (it imports the module)" in out
    assert "nearest    tests/test_core.py::TestCore::test_add" in out
    assert "add to class TestCore in tests/test_core.py:" in out


def test_data_of_another_source_than_the_settings_name_is_no_pass(calc: Project) -> None:
    calc.settings(SOURCE)
    measure(calc)
    run = calc.covgate("check")
    assert run.code == 3
    assert MISFIT in run.verdict
    assert run.verdict.endswith("[other-source]")


def test_data_of_another_source_leaves_no_record_to_compare_with(calc: Project) -> None:
    Repository(calc.root).commit()
    calc.settings(SOURCE)
    measure(calc)
    assert calc.covgate("check", "--complete", cwd="calc").code == 3
    assert "no run is recorded yet" in calc.covgate("history", "list").out
    measure(calc, "--source=calc")
    assert calc.covgate("check", "--complete").code == 0
    assert "42.8" in calc.covgate("history", "list").out


def test_one_data_file_of_another_source_among_shards_is_no_pass(calc: Project) -> None:
    calc.settings(SOURCE)
    assert calc.pytest("--covgate", "--covgate-mode=measure").code == 0
    (calc.root / ".coverage").rename(calc.root / "one")
    measure(calc)
    assert "[other-source]" in calc.covgate("check", "--data", "one", ".coverage").verdict


@pytest.mark.parametrize("settings", ["", '[tool.coverage.run]\nsource = ["calc"]\n'])
def test_data_of_the_same_source_is_judged(calc: Project, settings: str) -> None:
    calc.settings(SOURCE + settings)
    measure(calc, *([] if settings else ["--source=calc"]))
    run = calc.covgate("check")
    assert run.code == 0
    assert "total 42.8 %" in run.verdict


def test_init_writes_no_floors_from_data_of_something_else(calc: Project) -> None:
    measure(calc)
    run = calc.covgate("init", "--complete")
    assert run.code == 3
    assert MISFIT in run.err
    assert not (calc.root / "pyproject.toml").exists()


def test_floors_of_data_with_the_source_pass_in_pytest_too(calc: Project) -> None:
    calc.settings('[tool.coverage.run]\nsource = ["calc"]\n')
    measure(calc)
    assert calc.covgate("init", "--complete").code == 0
    assert calc.pytest("--covgate").code == 0


@pytest.mark.parametrize("start", [".", "tests"])
def test_contexts_of_coverage_run_name_the_tests_by_their_files(calc: Project, start: str) -> None:
    calc.settings('[tool.coverage.run]\nsource = ["calc"]\ndynamic_context = "test_function"\n')
    options = ["-m", "unittest", "discover", "-s", start, "-q"]
    assert calc.python("-m", "coverage", "run", *options, env={"PYTHONPATH": str(calc.root)}).code == 0
    assert "run by     tests/test_core.py::TestCore::test_add" in calc.covgate("who", "calc/core.py:2").out
    listed = calc.covgate("report", "--untested").out
    assert "reached only through tests of other modules: no test file imports it or bears its name: none" in listed

"""Issue F, 11: each run measures into a data file of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import NO_HYPOTHESIS, Project, clean_environment
from repositories import Repository

SETTINGS = """
[tool.pytest.ini_options]
pythonpath = ["."]
[tool.covgate]
source = ["shop"]
module = 100
"""
HALF = "from shop.pair import {name}\n\ndef test_it():\n    {wait}\n    {name}()\n"
WAIT = "import pathlib, time\n    while not pathlib.Path('go').exists():\n        time.sleep(0.02)"


@pytest.fixture
def pair(project: Project) -> Project:
    """A module of two functions, and two folders of tests of which each covers one."""
    return project.settings(SETTINGS).write(
        {
            "shop/__init__.py": "",
            "shop/pair.py": "def one():\n    return 1\n\ndef two():\n    return 2\n",
            "first/test_one.py": HALF.format(name="one", wait=WAIT),
            "second/test_two.py": HALF.format(name="two", wait="pass"),
        }
    )


@pytest.mark.parametrize("dist", [(), ("-n", "2")])
def test_two_runs_at_once_do_not_mix_their_data(pair: Project, dist: tuple[str, ...]) -> None:
    first = subprocess.Popen(
        [sys.executable, "-m", "pytest", *NO_HYPOTHESIS, "--covgate", "--covgate-partial=fail", *dist, "first"],
        cwd=pair.root,
        env=clean_environment({}),
        stdout=subprocess.PIPE,
        text=True,
    )
    second = pair.pytest("--covgate", "--covgate-partial=fail", *dist, "second")
    (pair.root / "go").touch()
    out, _ = first.communicate(timeout=120)
    assert (first.returncode, second.code) == (1, 1), out + second.out
    for text in (out, second.out):
        assert "75.0" in text, "three of four statements"
    assert not list(pair.root.glob(".coverage.*"))


def test_parallel_files_that_were_there_before_are_none_of_the_runs(pair: Project) -> None:
    """Also those that a change planted."""
    (pair.root / "plant.py").write_text("import shop.pair as p\np.one(), p.two()\n")
    assert pair.python("-m", "coverage", "run", "--source=shop", "-p", "plant.py").code == 0
    (planted,) = pair.root.glob(".coverage.*")
    (pair.root / "go").touch()
    assert pair.pytest("--covgate", "--covgate-partial=fail", "second").code == 1
    assert planted.exists()


def test_what_children_of_the_tests_measure_counts(pair: Project) -> None:
    """Those that start a measurement by themselves write beside the usual data file."""
    (pair.root / "go").touch()
    pair.write(
        {
            "second/test_two.py": """
                import subprocess, sys

                def test_it():
                    command = [sys.executable, "-m", "coverage", "run", "--source=shop", "-p", "child.py"]
                    subprocess.run(command, check=True)
                """,
            "child.py": "import shop.pair as p\np.two()\n",
        }
    )
    run = pair.pytest("--covgate")
    assert run.code == 0, run.out
    assert not list(pair.root.glob(".coverage.*"))


def test_the_last_data_stay_until_new_ones_are_complete(pair: Project) -> None:
    (pair.root / "go").touch()
    assert pair.pytest("--covgate").code == 0
    before = (pair.root / ".coverage").read_bytes()
    pair.write({"second/test_two.py": "import pytest\n\ndef test_it():\n    pytest.exit('enough')\n"})
    run = pair.pytest("--covgate")
    assert run.code == 2
    assert (pair.root / ".coverage").read_bytes() == before


def test_append_goes_on_from_the_last_data(pair: Project) -> None:
    (pair.root / "go").touch()
    assert pair.pytest("--covgate", "--covgate-partial=fail", "first").code == 1
    assert pair.pytest("--covgate", "--covgate-partial=fail", "--cov-append", "second").code == 0
    pair.write({"shop/pair.py": "def one():\n    return 1\n\ndef two():\n    return 3\n"})
    assert pair.pytest("--covgate", "--covgate-partial=fail", "--cov-append", "second").code == 0
    check = pair.covgate("check")
    assert check.code == 3, "J14: half of the data is of other source"
    assert "deleted after the measurement: shop/pair.py" in check.out


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_killed_run_leaves_nothing_in_the_project(pair: Project) -> None:
    pair.write({"first/test_one.py": "import os, signal\n\ndef test_it():\n    os.kill(os.getpid(), signal.SIGKILL)\n"})
    run = pair.pytest("--covgate", "first")
    assert run.code == -signal.SIGKILL
    assert not [path for path in pair.root.rglob(".coverage*") if path.is_file()]


def test_x3_no_run_adds_to_data_that_somebody_committed(pair: Project, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "elsewhere")
    (pair.root / "go").touch()
    assert pair.pytest("--covgate", env=repository.environment).code == 0
    pair.python("-c", "import subprocess as s; s.run(['git', 'init', '-q']); s.run(['git', 'add', '-f', '.coverage'])")
    run = pair.pytest("--covgate", "--cov-append", "second", env=repository.environment)
    assert run.code == 4
    assert "git rm --cached" in run.err

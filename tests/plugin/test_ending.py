"""The end of a run: what is printed where, and what fails it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from builders import module, snapshot, verdict
from conftest import Project, clean_environment
from covgate.plugin.ending import Ending, print_ending

GATED = '[tool.covgate]\nsource = ["shop"]\nmodule = 80\n'


@pytest.mark.parametrize("verbosity", ["-q", "-qq"])
def test_quiet_runs_still_end_with_the_verdict(shop: Project, verbosity: str) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", verbosity)
    assert run.code == 1
    assert run.verdict == "FAILED coverage gate: 2 of 2 modules are below target"
    assert ("top gaps" in run.out) is (verbosity == "-q")
    shop.settings('[tool.covgate]\nsource = ["shop"]\ntotal = 10\n')
    passing = shop.pytest("--covgate", verbosity).out.splitlines()
    assert [line for line in passing if "coverage" in line] == [
        "PASSED coverage gate: total 37.5 % (target 10); change skipped"
    ]


def test_no_summary_hides_neither_failure_nor_verdict(shop: Project) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", "--no-summary")
    assert run.code == 1
    assert run.verdict.startswith("FAILED")


def test_without_a_terminal_reporter_the_verdict_goes_to_standard_error(shop: Project) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", "-p", "no:terminal")
    assert run.code == 1
    assert "FAILED coverage gate" in run.err


def test_colours_follow_pytest(shop: Project) -> None:
    shop.settings(GATED)
    assert "\x1b[" in shop.pytest("--covgate", "--color=yes").out
    assert "\x1b[" not in shop.pytest("--covgate", "--color=no").out


def test_a_terminal_without_the_glyph(shop: Project) -> None:
    """A path that cp1252 cannot write neither fails nor garbles the run."""
    shop.settings('[tool.covgate]\nsource = ["shop"]\nmodule = 80\n').write({"shop/日本.py": "x = 1\n"})
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--covgate"],
        cwd=shop.root,
        env=clean_environment({"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"FAILED coverage gate" in done.stdout
    assert b"\\u65e5\\u672c" in done.stdout
    assert b"Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize("width", ["30", "60", "200"])
def test_narrow_and_wide_terminals(shop: Project, width: str) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", env={"COLUMNS": width})
    assert run.verdict == "FAILED coverage gate: 2 of 2 modules are below target"


def test_a_report_that_fails_at_the_end_is_told_and_fails_the_run(shop: Project) -> None:
    shop.settings('[tool.covgate]\nsource = ["shop"]\ntotal = 10\n').write(
        {"tests/test_b.py": "def test_b(): open('out', 'w').close()\n"}
    )
    run = shop.pytest("--covgate", "--covgate-report=json:out/x.json")
    assert run.code == 1
    assert "could not be written" in run.out


def test_the_json_report_goes_to_standard_output_too(shop: Project) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", "--covgate-report=json:-", "--covgate-report=json:a.json")
    assert (shop.root / "a.json").read_text() in run.out
    assert shop.pytest("--covgate", "--covgate-report=json:-", "--covgate-report=json:-").code == 4


def test_without_a_reporter_every_line_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    ending = Ending(
        verdict=verdict(snapshot(module("a.py", 1, 2)), {"total": 80}),
        lines=("a line",),
        errors=("ERROR coverage gate: an error",),
        printed=("a report\n",),
    )
    print_ending(ending, None, all_rows=False)
    told = capsys.readouterr()
    assert told.err.splitlines()[-3:] == [
        "FAILED coverage gate: total is below target",
        "a line",
        "ERROR coverage gate: an error",
    ]
    assert told.out == "a report\n"


def test_x6_a_summary_that_cannot_be_made_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    broken = verdict(snapshot(module("a.py", 1, 2)))._replace(gaps=(None,))  # type: ignore[arg-type]
    print_ending(Ending(verdict=broken), None, all_rows=False)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("ERROR coverage gate: internal error")


GOALS = """
[tool.covgate]
source = ["shop"]
total = 30
goal = 80
by = 2001-01-01
[tool.covgate.components.checkout]
modules = ["shop.cart"]
target = 40
goal = 90
"""


def test_a_green_run_shows_the_way_to_its_goals_and_passes(shop: Project) -> None:
    shop.settings(GOALS)
    run = shop.pytest("--covgate")
    assert run.code == 0
    assert run.verdict == (
        "PASSED coverage gate: total 37.5 % (target 30, goal 80); change skipped; 1 component at or above target"
    )
    for line in (
        "total      37.5 %  target 30 %  passed  4 more statements to the goal of 80 % by 2001-01-01",
        "checkout   50.0 %  target 40 %  passed  3 more statements to the goal of 90 %",
        "below their goal",
        "note: tool.covgate.by: the day 2001-01-01 has passed, and the goal of 80 % is not reached; "
        "choose a later day, or remove by",
    ):
        assert line in run.out
    check = shop.covgate("check")
    assert check.code == 0
    assert check.out.splitlines()[-1] == run.verdict


def test_wrong_goals_end_the_run_before_the_first_test(shop: Project) -> None:
    shop.settings("[tool.covgate]\ntotal = 60\ngoal = 50\nby = 3\n")
    run = shop.pytest("--covgate")
    assert run.code == 4
    assert "tool.covgate.goal: found 50; allowed: a percentage not below tool.covgate.total (60)" in run.err
    assert "tool.covgate.by: found 3; allowed: a date, such as 2027-01-31" in run.err

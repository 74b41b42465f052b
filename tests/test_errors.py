"""X6: an error of ours is one line, fails the gate, and shows where it happened on request."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from conftest import Project, Run, clean_environment
from covgate.errors import CovgateError, SettingsError

BREAK = """
import covgate.run, covgate.judge.verdict, covgate.{module}

def broken(*args, **options):
    raise RuntimeError("the\\nmiddle of nowhere")

covgate.{module}.{name} = broken
"""


def run(project: Project, *args: str, **env: str) -> Run:
    done = subprocess.run(
        [sys.executable, *args],
        cwd=project.root,
        env=clean_environment(env),
        capture_output=True,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def measured(shop: Project) -> Project:
    shop.settings('[tool.covgate]\nsource = ["shop"]\n')
    shop.pytest("--covgate")
    return shop


COMMAND = BREAK.format(module="run", name="judge") + "from covgate.cli.main import main; raise SystemExit(main({}))"


def test_x6_a_command_ends_with_one_line_and_exit_code_3(measured: Project) -> None:
    done = run(measured, "-c", COMMAND.format(["check"]))
    assert done.code == 3
    (line,) = done.err.splitlines()
    assert line.startswith("covgate: internal error, no verdict: RuntimeError: the middle of nowhere at ")
    assert line.endswith("; please report it, with what COVGATE_DEBUG=1 shows  [internal-error]")


def test_x6_the_whole_text_is_shown_on_request(measured: Project) -> None:
    done = run(measured, "-c", COMMAND.format(["check"]), COVGATE_DEBUG="1")
    assert done.code == 3
    assert "Traceback (most recent call last)" in done.err
    assert "in broken" in done.err


@pytest.mark.parametrize(
    ("module", "name", "code"),
    [
        ("run", "judge", 1),
        ("plugin.ending", "terminal_summary", 0),
        ("plugin.start", "chosen_core", 4),
    ],
)
def test_x6_pytest_fails_with_one_line(measured: Project, module: str, name: str, code: int) -> None:
    measured.write({"broken.py": "import pytest\n" + BREAK.format(module=module, name=name)})
    done = run(measured, "-m", "pytest", "-p", "broken", "--covgate", "-p", "no:hypothesispytest", PYTHONPATH=".")
    text = done.out + done.err
    assert done.code == code, text
    assert text.count("internal error, no verdict: RuntimeError: the middle of nowhere at ") == 1
    assert "Traceback" not in text
    assert "INTERNALERROR" not in text


def test_x6_mode_warn_leaves_the_exit_code_alone_all_the_same(measured: Project) -> None:
    measured.write({"broken.py": BREAK.format(module="run", name="judge")})
    done = run(measured, "-m", "pytest", "-p", "broken", "--covgate", "--covgate-mode=warn", PYTHONPATH=".")
    assert done.code == 0
    assert "internal error, no verdict" in done.out


def test_an_error_says_what_is_wrong_and_the_remedy() -> None:
    assert str(CovgateError("no-data", "it broke", "mend it")) == "it broke  [no-data]\n  mend it"
    assert str(CovgateError("no-data", "it broke")) == "it broke  [no-data]"
    assert str(SettingsError(["one", "two"])) == "2 errors in [tool.covgate]  [settings]\n  one\n  two"


def test_commands_pytest_and_json_show_the_name_of_an_error(shop: Project) -> None:
    shop.settings('[tool.covgate]\nsource = ["shop"]\nmodul = 3\n')
    path = shop.root / "pyproject.toml"
    assert shop.covgate("check").err.startswith(f"covgate: {path}: 1 error in [tool.covgate]  [settings]\n")
    assert f"coverage gate: {path}: 1 error in [tool.covgate]  [settings]\n" in shop.pytest("--covgate").err
    assert (
        shop.pytest("--covgate-all")
        .err.splitlines()[0]
        .endswith("--covgate-all does nothing without --covgate  [option-conflict]")
    )
    shop.settings('[tool.covgate]\nsource = ["shop"]\n')
    run = shop.covgate("check", "--report", "json:-")
    (check,) = json.loads(run.out)["checks"]
    assert (check["status"], check["error"]) == ("error", "no-data")
    assert run.err.splitlines()[-1].endswith("/.coverage  [no-data]")
    assert shop.covgate("init", "--force").err.splitlines()[0].endswith("/.coverage  [no-data]")

"""`covgate check`: the plugin's verdict from data that exists."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from conftest import Project, clean_environment
from covgate.cli.main import main


@pytest.fixture
def measured(shop: Project) -> Project:
    """The shop with data of a full run and a target that is missed."""
    shop.settings('[tool.covgate]\nsource = ["shop"]\nmodule = 80\n')
    assert shop.pytest("--covgate").code == 1
    return shop


def test_both_doors_give_the_same_json(measured: Project) -> None:
    measured.pytest("--covgate", "--covgate-report=json:door.json")
    run = measured.covgate("check", "--report=json:check.json")
    assert run.code == 1
    assert (measured.root / "check.json").read_text() == (measured.root / "door.json").read_text()


@pytest.mark.parametrize(
    ("settings", "args", "code", "verdict"),
    [
        ("module = 80", (), 1, "FAILED coverage gate: 2 of 2 modules are below target"),
        ("module = 0", (), 0, "PASSED coverage gate: total 37.5 %; change skipped; 2 modules at or above target"),
        ("module = 80", ("--mode=warn",), 0, "FAILED coverage gate (mode warn"),
        ("module = 80", ("-q", "--all"), 1, "FAILED"),
        ("module = 80", ("--data=nowhere",), 3, "ERROR coverage gate: no verdict, no coverage data at"),
        (
            "targets = {'shop.cart' = {branches = 3}}",
            (),
            3,
            "ERROR coverage gate: no verdict, branches were not measured",
        ),
    ],
)
def test_exit_codes(measured: Project, settings: str, args: tuple[str, ...], code: int, verdict: str) -> None:
    measured.settings(f"[tool.covgate]\n{settings}\n")
    run = measured.covgate("check", *args)
    assert run.verdict.startswith(verdict)
    assert run.code == code


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("check", "--mode=loud"), "allowed: fail, warn, off"),
        (("check", "--stale=perhaps"), "invalid choice: 'perhaps'"),
        (("check", "--data"), "expected at least one argument"),
        (("check", "--root=nowhere"), "no such folder"),
        (("check", "--report=pdf:x"), "known formats: "),
        (("check", "--rcfile=nowhere"), "coverage.py's settings cannot be used"),
        (("judge",), "invalid choice"),
        ((), "required: COMMAND"),
    ],
)
def test_wrong_use_is_exit_code_2_with_the_remedy(measured: Project, args: tuple[str, ...], message: str) -> None:
    run = measured.covgate(*args)
    assert run.code == 2
    assert message in run.err
    assert run.out == ""


def test_errors_in_the_settings_are_exit_code_2(measured: Project) -> None:
    measured.settings("[tool.covgate]\nmodul = 80\n")
    run = measured.covgate("check")
    assert run.code == 2
    assert "did you mean module?" in run.err


def test_off_says_who_switched_it_off(measured: Project) -> None:
    run = measured.covgate("check", env={"COVGATE_MODE": "off"})
    assert (run.code, run.out) == (0, "coverage gate: off (COVGATE_MODE=off)\n")


def test_data_and_root_from_elsewhere(measured: Project) -> None:
    (measured.root / ".coverage").rename(measured.root.parent / "data")
    elsewhere = Project(measured.root.parent)
    run = elsewhere.covgate("check", "--root=project", "--data=data", "--report=json:-")
    assert run.code == 1
    assert '"path": "shop/cart.py"' in run.out


def test_stale_data_are_no_verdict(measured: Project) -> None:
    append(measured, "shop/cart.py")
    run = measured.covgate("check")
    assert run.code == 3
    assert "added, edited or deleted after the measurement: shop/cart.py; measure again" in run.out


def test_stale_data_can_be_judged_all_the_same(measured: Project) -> None:
    append(measured, "shop/cart.py")
    run = measured.covgate("check", "--stale=warn")
    assert run.code == 1
    assert "note: added, edited or deleted after the measurement: shop/cart.py" in run.out


def append(project: Project, name: str) -> None:
    with (project.root / name).open("a") as file:
        file.write("# edited\n")


def test_an_interrupted_check_says_so(measured: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("covgate.cli.check.run_gate", interrupted)
    assert main(["check", "--root", str(measured.root)]) == 130


def test_a_reader_who_leaves_early_changes_nothing(measured: Project) -> None:
    command = [sys.executable, "-m", "covgate.cli", "check", "--all", "--report=json:written.json"]
    with subprocess.Popen(
        command, cwd=measured.root, env=clean_environment({}), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 1
    assert measured.report("written.json")["status"] == "failed"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
def test_an_output_that_is_full_is_told(measured: Project) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "covgate.cli", "check"],
            cwd=measured.root,
            env=clean_environment({}),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "covgate: the output could not be written: No space left on device  [file-not-written]\n"


def test_a_report_on_standard_output_can_be_piped(measured: Project) -> None:
    run = measured.covgate("check", "--report=json:-")
    assert json.loads(run.out)["status"] == "failed"
    assert "FAILED coverage gate" in run.err


def test_an_encoding_without_the_characters_is_no_traceback(measured: Project) -> None:
    (measured.root / "shop/cart.py").rename(measured.root / "shop/日本.py")
    (measured.root / "tests/test_shop.py").write_text("def test(): pass\n")
    measured.pytest("--covgate")
    run = measured.covgate("check", env={"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"})
    assert run.code == 1
    assert "\\u65e5" in run.out


def test_version_and_help(measured: Project) -> None:
    assert measured.covgate("--version").out.startswith("covgate ")
    assert "judge coverage data" in measured.covgate("--help").out


@pytest.mark.parametrize("module", ["covgate", "covgate.cli"])
def test_the_package_starts_the_command(measured: Project, module: str) -> None:
    """Issue F, 19: `python -m covgate` did not start."""
    run = measured.python("-W", "error", "-m", module, "check")
    assert (run.code, run.err) == (1, "")
    assert run.verdict == measured.covgate("check").verdict


def test_x1_a_module_in_the_working_folder_is_not_imported_in_place_of_a_library(measured: Project) -> None:
    """Python puts the working folder first where a program is started with -m."""
    bad = "import pathlib\npathlib.Path('executed').touch()\n"
    measured.write({f"{name}.py": bad for name in ("argparse", "tomllib", "tomlkit", "yaml", "coverage", "sqlite3")})
    for command in ("check", "doctor", "ratchet"):
        measured.covgate(command)
    assert not (measured.root / "executed").exists()

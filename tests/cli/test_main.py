"""The command door: what it knows, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

import covgate
from covgate.cli.main import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: covgate {name}" in capsys.readouterr().out


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out
    assert all(f"    {name} " in listed for name in COMMANDS)


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"covgate {covgate.__version__}\n"


@pytest.mark.parametrize("argv", [[], ["chek"], ["check", "--no-such-option"]])
def test_wrong_use_ends_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert "usage: covgate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "command", "end"),
    [
        (
            ["check", "shop/cart.py"],
            "covgate check",
            "unrecognized arguments: shop/cart.py\n"
            "covgate check judges all measured modules; for one of them: covgate explain shop/cart.py\n",
        ),
        (["check", "--until", "80"], "covgate check", "unrecognized arguments: --until 80\n"),
        (["report", "--stale=warn"], "covgate report", "unrecognized arguments: --stale=warn\n"),
        (["history", "list", "--strict"], "covgate history list", "unrecognized arguments: --strict\n"),
    ],
)
def test_what_a_command_does_not_understand_is_told_with_its_own_usage(
    argv: list[str], command: str, end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(f"usage: {command} [-h]")
    assert said.endswith(f"\n{command}: error: {end}")


def test_history_without_an_action_lists_its_actions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("usage: covgate history [-h] ACTION ...\n")
    assert all(f"    {name} " in said for name in ("list", "show", "flaky", "push", "pull", "prune", "import"))
    assert said.endswith("\ncovgate history: error: an action is missing, such as covgate history list\n")


@pytest.mark.parametrize("name", ["check", "init", "ratchet"])
def test_a_folder_that_is_not_there_is_wrong_use(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--root", "no such folder"]) == 2
    assert "--root no such folder: no such folder" in capsys.readouterr().err


def test_s1_errors_in_the_settings_are_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.covgate]\ntotal = true\n")
    assert main(["check", "--root", str(tmp_path)]) == 2
    assert "tool.covgate.total: found true" in capsys.readouterr().err


def test_j6_no_data_is_no_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.covgate]\nsource = ['.']\n")
    assert main(["init", "--force", "--complete", "--root", str(tmp_path)]) == 3
    assert "no coverage data" in capsys.readouterr().err

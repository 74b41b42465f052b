"""Commands of tox and pytest's own settings, from each file that may hold them."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from covgate.config.pytest_settings import read_pytest_settings
from covgate.doctor.facts import Command, FilePosition, ToxEnvironment
from covgate.doctor.tox import ini_environments, toml_environments


def by_name(environments: tuple[ToxEnvironment, ...]) -> dict[str, list[str]]:
    return {e.name: [command.text for command in e.commands] for e in environments}


def of(environments: tuple[ToxEnvironment, ...], name: str) -> tuple[Command, ...]:
    return next(e.commands for e in environments if e.name == name)


def test_tox_ini() -> None:
    found = ini_environments(
        textwrap.dedent("""\
            [tox]
            env_list = py
            [testenv]
            set_env =
                COVGATE_MODE = warn
            commands =
                # first
                - pytest 'a b' \\
                    -q
                py310: lint .
            [testenv:docs-{build,check}]
            ignore_outcome = True
            commands = build  # it
            [testenv:again]
            commands = {[testenv]commands}
                {[nowhere]commands}
                pytest "unended
            [testenv:empty]
            commands =
            """),
        lambda line: FilePosition(file="tox.ini", line=line),
    )
    assert by_name(found) == {
        "": ["pytest a b -q", "lint ."],
        "docs-build": ["build"],
        "docs-check": ["build"],
        "again": ["pytest a b -q", "lint .", 'pytest "unended'],
        "empty": ["pytest a b -q", "lint ."],
    }
    first = of(found, "")[0]
    assert [(loss.by, str(loss.position)) for loss in first.ignored_exits] == [("a leading -", "tox.ini:8")]
    assert first.mode is not None
    assert (first.mode.value, first.mode.position.line) == ("warn", 5)
    (ignored,) = of(found, "docs-check")[0].ignored_exits
    assert (ignored.by, ignored.position.line) == ("ignore_outcome = true", 12)


def test_tox_toml() -> None:
    posargs = {"replace": "posargs", "default": [], "extend": True}
    table = {
        "env_run_base": {"commands": [["pytest", posargs], "no list"], "set_env": {"COVGATE_MODE": "off"}},
        "env": {"soft": {"ignore_outcome": True}, "dash": {"commands": [["-", "pytest"]]}, "odd": {"commands": 3}},
    }
    found = toml_environments("tox.toml", table)
    assert by_name(found) == {"": ["pytest"], "soft": ["pytest"], "dash": ["pytest"], "odd": []}
    assert [loss.by for loss in of(found, "soft")[0].ignored_exits] == ["ignore_outcome = true"]
    assert [loss.by for loss in of(found, "dash")[0].ignored_exits] == ["a leading -"]
    assert all(command.mode and command.mode.value == "off" for command in of(found, ""))


@pytest.mark.parametrize(
    ("files", "file", "addopts"),
    [
        ({"pytest.ini": "[pytest]\naddopts = -q\n  --covgate\n", "tox.ini": "[pytest]\naddopts = -v"}, "pytest.ini", 2),
        ({"pytest.ini": "", "tox.ini": "[pytest]\naddopts = -v"}, "pytest.ini", 0),
        ({"pytest.toml": '[pytest]\naddopts = ["-q"]'}, "pytest.toml", 1),
        ({"pyproject.toml": "[tool.pytest.ini_options]\naddopts = \"-q -k 'a b'\""}, "pyproject.toml", 3),
        ({"pyproject.toml": '[tool.pytest]\naddopts = ["-q"]'}, "pyproject.toml", 1),
        ({"pyproject.toml": "[broken", "setup.cfg": "[tool:pytest]\naddopts = -v"}, "setup.cfg", 1),
        ({"tox.ini": "[pytest]\naddopts = -k 'unended"}, "tox.ini", 2),
        ({"tox.ini": "[tox]"}, "", 0),
    ],
)
def test_pytest_settings(tmp_path: Path, files: dict[str, str], file: str, addopts: int) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    found = read_pytest_settings(tmp_path)
    assert (found.file, len(found.addopts)) == (file, addopts)


def test_test_paths(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text("[tool:pytest]\ntestpaths = ./tests/ more\npython_files = check_*.py\n")
    found = read_pytest_settings(tmp_path)
    assert (found.testpaths, found.python_files) == (("tests", "more"), ("check_*.py",))

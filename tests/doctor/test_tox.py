"""Commands of tox, from each file that may hold them."""

from __future__ import annotations

import textwrap

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

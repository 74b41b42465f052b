"""Commands of tox, from each file that may hold them."""

from __future__ import annotations

import textwrap

from covgate.doctor.facts import Command, ToxEnvironment
from covgate.doctor.tox import ini_environments, toml_environments


def by_name(environments: tuple[ToxEnvironment, ...]) -> dict[str, list[str]]:
    return {e.name: [command.text for command in e.commands] for e in environments}


def of(environments: tuple[ToxEnvironment, ...], name: str) -> tuple[Command, ...]:
    return next(e.commands for e in environments if e.name == name)


def test_tox_ini() -> None:
    found = ini_environments(
        "tox.ini",
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
    )
    assert by_name(found) == {
        "": ["pytest a b -q", "lint ."],
        "docs-build": ["build"],
        "docs-check": ["build"],
        "again": ["pytest a b -q", "lint .", 'pytest "unended'],
        "empty": ["pytest a b -q", "lint ."],
    }
    first = of(found, "")[0]
    assert [(loss.by, str(loss.place)) for loss in first.losses] == [("a leading -", "tox.ini:8")]
    assert first.mode is not None
    assert (first.mode.word, first.mode.place.line) == ("warn", 5)
    (ignored,) = of(found, "docs-check")[0].losses
    assert (ignored.by, ignored.place.line) == ("ignore_outcome = true", 12)


def test_tox_toml() -> None:
    posargs = {"replace": "posargs", "default": [], "extend": True}
    table = {
        "env_run_base": {"commands": [["pytest", posargs], "no list"], "set_env": {"COVGATE_MODE": "off"}},
        "env": {"soft": {"ignore_outcome": True}, "dash": {"commands": [["-", "pytest"]]}, "odd": {"commands": 3}},
    }
    found = toml_environments("tox.toml", table)
    assert by_name(found) == {"": ["pytest"], "soft": ["pytest"], "dash": ["pytest"], "odd": []}
    assert [loss.by for loss in of(found, "soft")[0].losses] == ["ignore_outcome = true"]
    assert [loss.by for loss in of(found, "dash")[0].losses] == ["a leading -"]
    assert all(command.mode and command.mode.word == "off" for command in of(found, ""))

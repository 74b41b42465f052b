"""Which commands of the CI and of tox run the gate."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from covgate.doctor.facts import Command, Surroundings, ToxEnvironment

OPTION = re.compile(r"(?<![\w-])--covgate(?![\w-])")
OFF = frozenset(
    ["--no-covgate", "--no-cov", "--collect-only", "--co", "--version", "--help", "--fixtures", "--markers"]
)
# What only talks about a command, or looks for its text.
TALK = frozenset(["echo", "printf", "grep", "sed", "git", "cat", "test", "[", "export", "which", "command", "alias"])
# What runs the program it is given.
LAUNCHERS = frozenset(
    ["uv", "uvx", "poetry", "pdm", "hatch", "pipenv", "rye", "pixi", "conda", "mamba", "micromamba", "pipx"]
) | {"xvfb-run", "coverage", "time", "timeout", "sudo", "env", "nice", "exec"}
NO_RUN = frozenset(
    ["install", "add", "remove", "sync", "lock", "update", "upgrade", "uninstall", "show", "list", "freeze"]
)


def gate_commands(facts: Surroundings) -> tuple[Command, ...]:
    """Those of which it is known that they run the gate."""
    by_pytest = any(word == "--covgate" for word in facts.pytest.addopts) and not OFF & set(facts.pytest.addopts)
    direct = [command for command in facts.ci.commands if runs_gate(command, by_pytest=by_pytest)]
    gating = {
        environment.name: [command for command in environment.commands if runs_gate(command, by_pytest=by_pytest)]
        for environment in facts.tox
    }
    through_tox = [
        command
        for command in facts.ci.commands
        if _arguments(command, "tox") is not None
        and command not in direct
        and _gates_in_tox(command, facts.tox, gating)
    ]
    of_tox = {command: None for commands in gating.values() for command in commands}
    return (*direct, *through_tox, *of_tox)


def runs_gate(command: Command, *, by_pytest: bool) -> bool:
    """`by_pytest` says whether pytest's own settings switch the gate on."""
    words = command.words
    if not words or words[0] in TALK or OFF & set(words):
        return False
    if OPTION.search(command.text) and words[0] not in ("bash", "sh"):
        return True
    return runs_check(command) or (by_pytest and pytest_arguments(command) is not None)


def runs_check(command: Command) -> bool:
    return any(
        _program(one) in ("covgate", "covgate.cli") and two == "check" for one, two in itertools.pairwise(command.words)
    )


def pytest_arguments(command: Command) -> tuple[str, ...] | None:
    """What a command gives to pytest; None where it does not run pytest itself."""
    return next((given for name in ("pytest", "py.test") if (given := _arguments(command, name)) is not None), None)


def given_sources(facts: Surroundings) -> bool:
    """Whether a `--cov` says what to measure."""
    commands = [*facts.ci.commands, *(command for environment in facts.tox for command in environment.commands)]
    words: Iterable[str] = (word for command in commands for word in command.words)
    return any(word == "--cov" or word.startswith("--cov=") for word in (*facts.pytest.addopts, *words))


def _gates_in_tox(command: Command, environments: Iterable[ToxEnvironment], gating: dict[str, list[Command]]) -> bool:
    """By the environments that the command names; an unknown one is the common one where it names a Python."""
    known = {environment.name for environment in environments}
    names = _option_values(command, ("-e", "--env", "-f"))
    if not names or any("$" in name or "{" in name for name in names):  # all, or who knows which
        return any(gating.values())
    if "-f" in command.words:
        names = [name for name in known if set(names) & set(name.split("-"))] or names
    asked = [name if name in known else "" for name in names if name in known or _names_a_python(name)]
    return any(gating.get(name) for name in asked)


def _option_values(command: Command, options: Sequence[str]) -> list[str]:
    given = [value for word, value in itertools.pairwise(command.words) if word in options]
    given += [word.partition("=")[2] for word in command.words if word.partition("=")[0] in options and "=" in word]
    return [name for value in given for name in value.split(",")]


def _names_a_python(name: str) -> bool:
    return any(re.fullmatch(r"(py|pypy|cp)?\d[\d.]*t?|py", factor) for factor in name.split("-"))


def _arguments(command: Command, program: str) -> tuple[str, ...] | None:
    """What comes behind the program, where the command runs it."""
    words = [word for word in command.words if not re.match(r"\w+=", word)]
    for at, word in enumerate(words):
        if _program(word) == program:
            before = words[:at]
            launched = not before or before[-1] == "-m" or _program(before[0]) in LAUNCHERS
            return tuple(words[at + 1 :]) if launched and not NO_RUN & set(before) else None
    return None


def _program(word: str) -> str:
    return word.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")

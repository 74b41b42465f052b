"""Tell which commands of the CI and of tox run the gate, and with what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from covgate.doctor.facts import Command, Facts, ToxEnvironment
from covgate.model.settings import MODE_VARIABLE

OPTION = re.compile(r"(?<![\w-])--covgate(?![\w-])")
RUNS_NOTHING = frozenset(
    ["--no-covgate", "--no-cov", "--collect-only", "--co", "--version", "--help", "--fixtures", "--markers"]
)
MENTIONING = frozenset(
    ["echo", "printf", "grep", "sed", "git", "cat", "test", "[", "export", "which", "command", "alias"]
)
"""Programs that only show another command, or search for its text."""
LAUNCHERS = frozenset(
    ["uv", "uvx", "poetry", "pdm", "hatch", "pipenv", "rye", "pixi", "conda", "mamba", "micromamba", "pipx"]
) | {"xvfb-run", "coverage", "time", "timeout", "sudo", "env", "nice", "exec"}
"""Programs that run the program in their arguments."""
PACKAGE_COMMANDS = frozenset(
    ["install", "add", "remove", "sync", "lock", "update", "upgrade", "uninstall", "show", "list", "freeze"]
)
MODE_OPTIONS = ("--covgate-mode", "--mode")


def gate_commands(facts: Facts) -> tuple[Command, ...]:
    """The commands of the CI and of tox that certainly run the gate."""
    addopts = facts.pytest.addopts
    in_addopts = "--covgate" in addopts and RUNS_NOTHING.isdisjoint(addopts)
    direct = [command for command in facts.ci.commands if _runs_gate(command, in_addopts=in_addopts)]
    by_environment = {
        environment.name: [command for command in environment.commands if _runs_gate(command, in_addopts=in_addopts)]
        for environment in facts.tox
    }
    through_tox = [
        command
        for command in facts.ci.commands
        if _arguments(command, "tox") is not None
        and command not in direct
        and _runs_gate_in_tox(command, facts.tox, by_environment)
    ]
    in_tox = dict.fromkeys(command for commands in by_environment.values() for command in commands)
    return (*direct, *through_tox, *in_tox)


def all_commands(facts: Facts) -> list[Command]:
    return [*facts.ci.commands, *(command for environment in facts.tox for command in environment.commands)]


def runs_check(command: Command) -> bool:
    return any(_program(one) in ("covgate", "covgate.cli") and two == "check" for one, two in pairwise(command.words))


def pytest_arguments(command: Command) -> tuple[str, ...] | None:
    """The arguments of pytest; None where the command does not run pytest itself."""
    return next((given for name in ("pytest", "py.test") if (given := _arguments(command, name)) is not None), None)


def mode_of(command: Command) -> str | None:
    return mode_in(command.words) or (command.mode.value if command.mode else None)


def mode_in(words: Sequence[str]) -> str | None:
    """The mode that an option or a variable in front of the command sets."""
    mode = assigned_mode(words)
    for word, following in zip(words, (*words[1:], ""), strict=False):
        name, equals, value = word.partition("=")
        if name in MODE_OPTIONS and (name != "--mode" or "check" in words):
            mode = value if equals else following
    return mode


def assigned_mode(words: Sequence[str]) -> str | None:
    """The mode set in front of the command, by `env` or `export`, or for later steps."""
    assigned = [word.partition("=")[2] for word in words if word.startswith(f"{MODE_VARIABLE}=")]
    return assigned[-1] if assigned else None


def _runs_gate(command: Command, *, in_addopts: bool) -> bool:
    """`in_addopts` says whether pytest's own settings switch the gate on."""
    words = command.words
    if not words or words[0] in MENTIONING or not RUNS_NOTHING.isdisjoint(words):
        return False
    if OPTION.search(command.text) and words[0] not in ("bash", "sh"):
        return True
    return runs_check(command) or (in_addopts and pytest_arguments(command) is not None)


def _runs_gate_in_tox(
    command: Command, environments: Iterable[ToxEnvironment], gates: dict[str, list[Command]]
) -> bool:
    """Whether one of the named environments runs the gate; an unknown name of a Python means the common one."""
    known = {environment.name for environment in environments}
    names = _option_values(command, ("-e", "--env", "-f"))
    if not names or any("$" in name or "{" in name for name in names):  # all of them, or unknown
        return any(gates.values())
    if "-f" in command.words:
        names = [name for name in known if set(names) & set(name.split("-"))] or names
    asked = [name if name in known else "" for name in names if name in known or _names_a_python(name)]
    return any(gates.get(name) for name in asked)


def _option_values(command: Command, options: Sequence[str]) -> list[str]:
    values = [value for word, value in pairwise(command.words) if word in options]
    values += [word.partition("=")[2] for word in command.words if word.partition("=")[0] in options and "=" in word]
    return [name for value in values for name in value.split(",")]


def _names_a_python(name: str) -> bool:
    return any(re.fullmatch(r"(py|pypy|cp)?\d[\d.]*t?|py", factor) for factor in name.split("-"))


def _arguments(command: Command, program: str) -> tuple[str, ...] | None:
    """The arguments of a program; None where the command does not run it."""
    words = [word for word in command.words if not re.match(r"\w+=", word)]
    for index, word in enumerate(words):
        if _program(word) == program:
            before = words[:index]
            is_run = not before or before[-1] == "-m" or _program(before[0]) in LAUNCHERS
            return tuple(words[index + 1 :]) if is_run and PACKAGE_COMMANDS.isdisjoint(before) else None
    return None


def _program(word: str) -> str:
    return word.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")

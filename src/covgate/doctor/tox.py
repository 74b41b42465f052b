"""Read the commands of tox environments from tox.ini, tox.toml or pyproject.toml."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from covgate.config.ini import Ini, Value, parse_ini
from covgate.config.toml import read_toml, text_of
from covgate.doctor.facts import Command, FilePosition, IgnoredExit, ModeSetting, ToxEnvironment
from covgate.model.settings import MODE_VARIABLE

BASE = "testenv"
REFERENCE = re.compile(r"\{\[([^\]{}]+)\]commands\}")
FACTOR = re.compile(r"[\w!,.{}-]+:\s+(?=\S)")
BRACES = re.compile(r"\{([^{}]*)\}")
MODE = re.compile(rf"{MODE_VARIABLE}\s*=\s*(\w+)")
MAX_NAMES = 200

Locate: TypeAlias = Callable[[int], FilePosition]


def read_tox(root: Path) -> tuple[ToxEnvironment, ...]:
    """The environments in the first file that tox would take."""
    if (root / "tox.ini").is_file():
        return ini_environments(text_of(root / "tox.ini"), lambda line: FilePosition(file="tox.ini", line=line))
    table = _table(_table(read_toml(root / "pyproject.toml"), "tool"), "tox")
    legacy = table.get("legacy_tox_ini")
    if isinstance(legacy, str):  # the lines of a text in TOML are not those of the file
        return ini_environments(legacy, lambda _: FilePosition(file="pyproject.toml"))
    if table:
        return toml_environments("pyproject.toml", table)
    return toml_environments("tox.toml", read_toml(root / "tox.toml")) if (root / "tox.toml").is_file() else ()


def ini_environments(text: str, locate: Locate) -> tuple[ToxEnvironment, ...]:
    """The environments that have a section, and the one from which they inherit."""
    ini = parse_ini(text)
    return tuple(
        ToxEnvironment(name=name, commands=tuple(_ini_commands(ini, section, locate)))
        for section in ini
        if section == BASE or section.startswith(f"{BASE}:")
        for name in _names(section.removeprefix(BASE).removeprefix(":"))
    )


def toml_environments(file: str, table: Mapping[str, Any]) -> tuple[ToxEnvironment, ...]:
    """The environments of tox's own tables. The TOML reader knows no line numbers."""
    base = _table(table, "env_run_base")
    own = _table(table, "env")
    environments = {"": base, **{name: {**base, **_table(own, name)} for name in own}}
    return tuple(
        ToxEnvironment(name=name, commands=tuple(_toml_commands(keys, FilePosition(file=file))))
        for name, keys in environments.items()
    )


def _ini_commands(ini: Ini, section: str, locate: Locate) -> Iterator[Command]:
    def value(key: str) -> Value:
        return ini[section].get(key) or ini.get(BASE, {}).get(key) or Value(lines=())

    outcome = value("ignore_outcome")
    ignored: tuple[IgnoredExit, ...] = ()
    if outcome.text.lower() in ("true", "1", "yes", "on"):
        ignored = (IgnoredExit(by="ignore_outcome = true", position=locate(outcome.line)),)
    mode = None
    for number, line in value("set_env").lines or value("setenv").lines:
        if match := MODE.search(line):
            mode = ModeSetting(value=match[1], position=locate(number))
    for number, text in _command_lines(ini, value("commands")):
        yield _command(_words(text), locate(number), ignored, mode)


def _command_lines(ini: Ini, value: Value, *, may_refer: bool = True) -> Iterator[tuple[int, str]]:
    """Whole commands with their first line, including those of a section that is referred to."""
    whole, start = "", 0
    for number, line in value.lines:
        start = start if whole else number
        whole += line.removesuffix("\\").rstrip() + " "
        if line.endswith("\\"):
            continue
        text, whole = FACTOR.sub("", whole.strip(), count=1) if FACTOR.match(whole) else whole.strip(), ""
        reference = REFERENCE.fullmatch(text)
        if reference is None:
            yield start, text
        elif may_refer:
            commands = ini.get(reference[1], {}).get("commands") or Value(lines=())
            yield from _command_lines(ini, commands, may_refer=False)


def _toml_commands(keys: Mapping[str, Any], position: FilePosition) -> Iterator[Command]:
    ignores = keys.get("ignore_outcome") is True
    ignored = (IgnoredExit(by="ignore_outcome = true", position=position),) if ignores else ()
    variable = _table(keys, "set_env").get(MODE_VARIABLE)
    mode = ModeSetting(value=variable, position=position) if isinstance(variable, str) else None
    commands = keys.get("commands")
    for command in commands if isinstance(commands, list) else ():
        if isinstance(command, list):  # a table among the words stands for the words of the command line
            yield _command([word for word in command if isinstance(word, str)], position, ignored, mode)


def _command(
    words: list[str], position: FilePosition, ignored: tuple[IgnoredExit, ...], mode: ModeSetting | None
) -> Command:
    """With a leading dash, tox ignores the exit code."""
    if words and words[0].startswith("-"):
        ignored = (IgnoredExit(by="a leading -", position=position), *ignored)
        words = [word for word in (words[0][1:], *words[1:]) if word]
    return Command(words=tuple(words), position=position, ignored_exits=ignored, mode=mode)


def _words(text: str) -> list[str]:
    with contextlib.suppress(ValueError):
        return shlex.split(text)
    return text.split()


def _names(text: str) -> list[str]:
    """The names that a section such as `docs-{build,check}` stands for."""
    names = [text]
    while (braces := BRACES.search(names[0])) is not None and len(names) < MAX_NAMES:
        choices = braces[1].split(",")
        names = [BRACES.sub(choice.strip(), name, count=1) for name in names for choice in choices]
    return names


def _table(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = table.get(key)
    return dict(value) if isinstance(value, Mapping) else {}

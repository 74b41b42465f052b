"""Commands of tox's environments, from tox.ini, tox.toml or pyproject.toml."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from covgate.config.ini import Ini, Value, parse_ini
from covgate.doctor.facts import Command, Loss, ModeWord, Place, ToxEnvironment
from covgate.model.settings import MODE_VARIABLE

BASE = "testenv"
REFERENCE = re.compile(r"\{\[([^\]{}]+)\]commands\}")
FACTOR = re.compile(r"[\w!,.{}-]+:\s+(?=\S)")
BRACES = re.compile(r"\{([^{}]*)\}")
MOST_NAMES = 200
MODE = re.compile(rf"{MODE_VARIABLE}\s*=\s*(\w+)")


def ini_environments(file: str, text: str) -> tuple[ToxEnvironment, ...]:
    """The environments that have a section of their own, and the one they start from."""
    ini = parse_ini(text)
    return tuple(
        ToxEnvironment(name=name, commands=tuple(_ini_commands(file, ini, section)))
        for section in ini
        if section == BASE or section.startswith(f"{BASE}:")
        for name in _names(section.removeprefix(BASE).removeprefix(":"))
    )


def toml_environments(file: str, table: Mapping[str, Any]) -> tuple[ToxEnvironment, ...]:
    """tox's own tables; TOML's reader knows no lines."""
    base = _table(table, "env_run_base")
    environments = {
        "": base,
        **{name: {**base, **_table({"": keys}, "")} for name, keys in _table(table, "env").items()},
    }
    return tuple(
        ToxEnvironment(name=name, commands=tuple(_toml_commands(file, keys))) for name, keys in environments.items()
    )


def _ini_commands(file: str, ini: Ini, section: str) -> Iterator[Command]:
    def value(key: str) -> Value | None:
        return ini[section].get(key) or ini.get(BASE, {}).get(key)

    ignored = value("ignore_outcome")
    losses: tuple[Loss, ...] = ()
    if ignored is not None and ignored.text.lower() in ("true", "1", "yes", "on"):
        losses = (Loss(by="ignore_outcome = true", place=Place(file=file, line=ignored.line)),)
    mode = None
    for number, line in (value("set_env") or value("setenv") or Value(lines=())).lines:
        if match := MODE.search(line):
            mode = ModeWord(word=match[1], place=Place(file=file, line=number))
    for number, text in _command_lines(ini, value("commands")):
        yield _command(_words(text), Place(file=file, line=number), losses, mode)


def _command_lines(ini: Ini, value: Value | None, *, may_refer: bool = True) -> Iterator[tuple[int, str]]:
    """Commands, each in one piece, with those that another section is asked for."""
    whole, start = "", 0
    for number, line in value.lines if value is not None else ():
        start = start if whole else number
        whole += line.removesuffix("\\").rstrip() + " "
        if line.endswith("\\"):
            continue
        text, whole = FACTOR.sub("", whole.strip(), count=1) if FACTOR.match(whole) else whole.strip(), ""
        reference = REFERENCE.fullmatch(text)
        if reference is None:
            yield start, text
        elif may_refer:
            yield from _command_lines(ini, ini.get(reference[1], {}).get("commands"), may_refer=False)


def _toml_commands(file: str, keys: Mapping[str, Any]) -> Iterator[Command]:
    place = Place(file=file)
    losses = (Loss(by="ignore_outcome = true", place=place),) if keys.get("ignore_outcome") is True else ()
    word = _table(keys, "set_env").get(MODE_VARIABLE)
    mode = ModeWord(word=word, place=place) if isinstance(word, str) else None
    commands = keys.get("commands")
    for command in commands if isinstance(commands, list) else ():
        if isinstance(command, list):  # a table among the words stands for the words of the command line
            yield _command([word for word in command if isinstance(word, str)], place, losses, mode)


def _command(words: list[str], place: Place, losses: tuple[Loss, ...], mode: ModeWord | None) -> Command:
    """A leading dash is tox's word for: its outcome does not count."""
    if words and words[0].startswith("-"):
        losses = (Loss(by="a leading -", place=place), *losses)
        words = [word for word in (words[0][1:], *words[1:]) if word]
    return Command(words=tuple(words), place=place, losses=losses, mode=mode)


def _words(text: str) -> list[str]:
    with contextlib.suppress(ValueError):
        return shlex.split(text)
    return text.split()


def _names(text: str) -> list[str]:
    """`docs-{build,check}` as the names it stands for."""
    names = [text]
    while (braces := BRACES.search(names[0])) is not None and len(names) < MOST_NAMES:
        choices = braces[1].split(",")
        names = [BRACES.sub(choice.strip(), name, count=1) for name in names for choice in choices]
    return names


def _table(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = table.get(key)
    return dict(found) if isinstance(found, Mapping) else {}

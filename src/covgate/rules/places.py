"""Finds the line of each key in settings files, for reports that point at it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from pathlib import Path

from covgate.config.ini import parse_ini
from covgate.config.layout import find_layout
from covgate.config.toml import parse_toml, text_of
from covgate.model.rules import KeyPath


def places_in(path: Path) -> Mapping[KeyPath, int]:
    """Return the first line of every table, key and item of a list; nothing where the file is absent or invalid."""
    text = text_of(path)
    return dict(reversed(list(_toml(text) if path.suffix == ".toml" else _ini(text))))


def _toml(text: str) -> Iterator[tuple[KeyPath, int]]:
    try:
        parse_toml(text)
    except ValueError:
        return
    starts = [at for at, character in enumerate(text) if character == "\n"]
    for part in find_layout(text).parts:
        path = tuple(map(str, part.path))
        line = bisect_right(starts, part.start) + 1
        if part.kind == "header" and isinstance(part.path[-1], int):  # the first of an array of tables is its place
            yield path[:-1], line
        if part.kind == "item":
            yield (*path[:-1], str(_value(text[part.value : part.end]))), line
        yield path, line


def _value(text: str) -> object:
    return parse_toml(f"value = {text}")["value"]


def _ini(text: str) -> Iterator[tuple[KeyPath, int]]:
    for section, keys in parse_ini(text).items():
        for key, value in keys.items():
            yield (section, key), value.line
            for number, line in value.lines:
                for item in (line, *line.split(",")):
                    yield (section, key, item.strip()), number

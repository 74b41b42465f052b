"""Finds the line of each key in settings files, for reports that point at it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from covgate.config.ini import parse_ini
from covgate.config.toml import text_of, tomllib
from covgate.model.rules import KeyPath

HEADER = re.compile(r"\s*(\[\[?)(.*?)\]\]?\s*(#.*)?$")
KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
STRING = re.compile(r""""((?:[^"\\]|\\.)*)"|'([^']*)'""")


def places_in(path: Path) -> Mapping[KeyPath, int]:
    """The first line of every table, key and item of a list; nothing of a file that is not there."""
    text = text_of(path)
    return dict(reversed(list(_toml(text) if path.suffix == ".toml" else _ini(text))))


def _toml(text: str) -> Iterator[tuple[KeyPath, int]]:
    table: KeyPath = ()
    key: KeyPath = ()
    tables: dict[KeyPath, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header, assignment = HEADER.match(line), KEY.match(line)
        if header and _parts(header[2]):
            table = key = _parts(header[2])
            yield table, number
            if header[1] == "[[":
                tables[table] = tables.get(table, -1) + 1
                table = key = (*table, str(tables[table]))
                yield table, number
            continue
        if assignment and _parts(assignment[1]):
            key = (*table, *_parts(assignment[1]))
            yield key, number
        for one, other in STRING.findall(line):
            yield (*key, one or other), number


def _parts(key: str) -> KeyPath:
    """A dotted key as TOML reads it; nothing where it is none."""
    try:
        found: object = tomllib.loads(f"{key} = 0")
    except (tomllib.TOMLDecodeError, RecursionError):
        return ()
    parts = []
    while isinstance(found, dict) and found:
        name, found = next(iter(found.items()))
        parts.append(name)
    return tuple(parts)


def _ini(text: str) -> Iterator[tuple[KeyPath, int]]:
    for section, keys in parse_ini(text).items():
        for key, value in keys.items():
            yield (section, key), value.line
            for number, line in value.lines:
                for item in (line, *line.split(",")):
                    yield (section, key, item.strip()), number

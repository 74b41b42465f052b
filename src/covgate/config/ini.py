"""Reads INI files as pytest and tox do, with the line of every value."""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

SECTION = re.compile(r"\[([^\]]+)\]")
KEY = re.compile(r"([^\s#;=:\[][^=:]*?)\s*[=:]\s*(.*)")


class Value(NamedTuple):
    """The lines of a value that are neither empty nor comments, each with its number in the file."""

    lines: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)

    @property
    def line(self) -> int:
        return self.lines[0][0]


Ini: TypeAlias = dict[str, dict[str, Value]]


def parse_ini(text: str) -> Ini:
    """Values by section and key; an empty value has no lines and is left out."""
    sections: dict[str, dict[str, list[tuple[int, str]]]] = {}
    section: dict[str, list[tuple[int, str]]] = {}
    value: list[tuple[int, str]] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        stripped = raw.strip()
        if not stripped or stripped.startswith(("#", ";")):
            continue
        if raw[0].isspace():
            value.append((number, _without_comment(stripped)))
        elif match := SECTION.match(raw):
            section = sections.setdefault(match[1].strip(), {})
            value = []
        elif match := KEY.match(raw):
            value = section.setdefault(match[1].strip(), [])
            if match[2]:
                value.append((number, _without_comment(match[2].strip())))
    return {name: {key: Value(tuple(lines)) for key, lines in keys.items() if lines} for name, keys in sections.items()}


def _without_comment(text: str) -> str:
    return re.sub(r"\s+#.*", "", text)

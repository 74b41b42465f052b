"""Finds where every key and value of a TOML document stands in its text, so that an edit touches nothing else."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

from covgate.config.toml import tomllib

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys from the top of the document; the items of an array are numbered from 0."""

SPACE = re.compile(r"[ \t]*")
SPACE_AND_COMMENTS = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
COMMENT = re.compile(r"#[^\r\n]*")
STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?!")' r"|'''.*?'''(?!')" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
KEY = re.compile(rf"[A-Za-z0-9_-]+|{STRING.pattern}", re.DOTALL)
BARE_VALUE = re.compile(r"[^,\]}#\r\n]*[^,\]}#\s]")


class Key(NamedTuple):
    """One segment of a dotted key, as written from `start` to `end`."""

    path: KeyPath
    start: int
    end: int


class Part(NamedTuple):
    """A header, a key with its value on a line of its own or in an inline table, or an item of an array.

    It reaches from `start` to `end`, its value from `value` to `end`. `table` is the table in which it is written.
    """

    kind: Literal["header", "line", "inline", "item"]
    path: KeyPath
    table: KeyPath
    keys: tuple[Key, ...]
    start: int
    value: int
    end: int


class Layout(NamedTuple):
    """All parts and comments of a text, in its order; `comments` are their spans."""

    parts: tuple[Part, ...]
    comments: tuple[tuple[int, int], ...]

    @property
    def statements(self) -> tuple[Part, ...]:
        """Headers, and keys on a line of their own."""
        return tuple(part for part in self.parts if part.kind in ("header", "line"))

    def inline_keys(self, table: KeyPath) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.kind == "inline" and part.table == table)

    def value_at(self, path: KeyPath) -> Part | None:
        """The key or item whose value is written in one piece; None where there is none."""
        return next((part for part in self.parts if part.path == path and part.kind != "header"), None)


def find_layout(text: str) -> Layout:
    """The layout of `text`, which must be valid TOML without a byte order mark."""
    scanner = _Scanner(text)
    scanner.scan_document()
    return Layout(tuple(sorted(scanner.parts, key=lambda part: part.start)), tuple(scanner.comments))


class _Scanner:
    """Walks through a text that is known to be valid, so that it need not check anything."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.parts: list[Part] = []
        self.comments: list[tuple[int, int]] = []
        self._last_items: dict[KeyPath, int] = {}
        """For each array of tables, the number of its last table."""

    def scan_document(self) -> None:
        table: KeyPath = ()
        self._skip_comments()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._scan_header()
            else:
                self._scan_key_and_value(table, "line")
            self._skip_comments()

    def _scan_header(self) -> KeyPath:
        start, is_array = self.at, self.text.startswith("[[", self.at)
        self.at += 1 + is_array
        keys = self._scan_keys(())
        self.at += 1 + is_array
        path = keys[-1].path
        if is_array:
            self._last_items[path] = self._last_items.get(path, -1) + 1
            path = (*path, self._last_items[path])
        self.parts.append(Part("header", path, (), keys, start, self.at, self.at))
        return path

    def _scan_key_and_value(self, table: KeyPath, kind: Literal["line", "inline"]) -> None:
        start = self.at
        keys = self._scan_keys(table)
        self.at = self._end(SPACE, self.at + len("="))
        value = self.at
        self._scan_value(keys[-1].path)
        self.parts.append(Part(kind, keys[-1].path, table, keys, start, value, self.at))

    def _scan_keys(self, path: KeyPath) -> tuple[Key, ...]:
        """A dotted key, and the spaces around it."""
        keys: list[Key] = []
        while not keys or self.text[self.at] == ".":
            start = self._end(SPACE, self.at + bool(keys))
            end = self._end(KEY, start)
            path = (*path, _name(self.text[start:end]))
            keys.append(Key(path, start, end))
            if path in self._last_items:
                path = (*path, self._last_items[path])
            self.at = self._end(SPACE, end)
        return tuple(keys)

    def _scan_value(self, path: KeyPath) -> None:
        first = self.text[self.at]
        if first in "[{":
            self._scan_items(path, is_table=first == "{")
        else:
            self.at = self._end(STRING if first in "\"'" else BARE_VALUE, self.at)

    def _scan_items(self, path: KeyPath, *, is_table: bool) -> None:
        self.at += 1
        self._skip_comments()
        number = 0
        while self.text[self.at] not in "]}":
            if is_table:
                self._scan_key_and_value(path, "inline")
            else:
                start = self.at
                self._scan_value((*path, number))
                self.parts.append(Part("item", (*path, number), path, (), start, start, self.at))
                number += 1
            self._skip_comments()
            if self.text[self.at] == ",":
                self.at += 1
                self._skip_comments()
        self.at += 1

    def _skip_comments(self) -> None:
        end = self._end(SPACE_AND_COMMENTS, self.at)
        self.comments += [match.span() for match in COMMENT.finditer(self.text, self.at, end)]
        self.at = end

    def _end(self, expected: re.Pattern[str], start: int) -> int:
        match = expected.match(self.text, start)
        assert match is not None, "the text is not valid TOML"
        return match.end()


def _name(written: str) -> str:
    """A key as it is meant: without its quotes and escapes."""
    if written[0] not in "\"'":
        return written
    name: str = tomllib.loads(f"key = {written}")["key"]
    return name

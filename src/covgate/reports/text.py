"""Text that is safe to print anywhere, measured in terminal cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

CUT = "..."


def printable(text: str) -> str:
    """`text` with control, format and bidi characters and lone surrogates escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(c) if unicodedata.category(c) in _UNSAFE_CATEGORIES else c for c in text)


def cells(text: str) -> int:
    """How many terminal cells `text` takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def padded(text: str, width: int) -> str:
    return text + " " * max(0, width - cells(text))


def cut_left(text: str, width: int) -> str:
    """The end of `text` in at most `width` cells: of a path the file name tells most."""
    if cells(text) <= width:
        return text
    kept = _fitting(reversed(text), width - len(CUT))
    return CUT + text[len(text) - kept :] if width > len(CUT) else CUT[: max(0, width)]


def cut_right(text: str, width: int) -> str:
    if cells(text) <= width:
        return text
    return text[: _fitting(text, width - len(CUT))] + CUT if width > len(CUT) else CUT[: max(0, width)]


def _fitting(characters: Iterable[str], width: int) -> int:
    """How many of the first characters fit."""
    left = width
    for count, character in enumerate(characters):
        left -= _width(character)
        if left < 0:
            return count
    raise AssertionError("all fit")


def _escaped(character: str) -> str:
    return character.encode("unicode-escape", "surrogatepass").decode("ascii")


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1

"""Text that is safe to print anywhere, measured in terminal cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

Quote: TypeAlias = Callable[[str], str]
"""Makes a text safe for one kind of report."""
CUT = "..."
LABEL = 11
"""Cells of a label before a text."""
LEAST = 20
"""Cells that a line of words has at least, however narrow the terminal is."""


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


def pad(text: str, width: int) -> str:
    return text + " " * max(0, width - cells(text))


def wrap(text: str, width: int) -> list[str]:
    """`text` cut between words into lines.

    A word that is longer than a line stands on a line of its own, whole: paths and names can be copied.
    """
    lines: list[str] = []
    for word in text.split(" "):
        if lines and cells(lines[-1]) + 1 + cells(word) <= max(LEAST, width):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def labelled(facts: Iterable[tuple[str, str]], width: int) -> list[str]:
    """A label and a text a fact; what does not fit into the width goes on below the text."""
    lines = []
    for label, text in facts:
        for number, line in enumerate(wrap(text, width - LABEL)):
            lines.append(f"{pad('' if number else label, LABEL)}{line}")
    return lines


def shorten_path(path: str, width: int) -> str:
    """`path` in at most `width` cells, cut at folder names."""
    return shorten_paths([path], width)[0]


def shorten_paths(paths: Sequence[str], width: int) -> list[str]:
    """Each path in at most `width` cells, cut at folder names: `src/.../cart/models.py`.

    Paths that would read the same keep the folder in which they differ, where there is room for it.
    """
    names = {path: path.split("/") for path in paths if cells(path) > width}
    kept = {path: {len(parts) - 1} for path, parts in names.items()}
    most = max(map(len, names.values()), default=0)
    for back in range(2, most + 1):  # folder by folder from the end: one that tells paths apart is kept
        alike: dict[str, list[str]] = {}
        for path, parts in names.items():
            alike.setdefault(_join_names(parts, kept[path]), []).append(path)
        for group in alike.values():
            if len({names[path][-back] if back <= len(names[path]) else "" for path in group}) > 1:
                for path in group:
                    kept[path].add(len(names[path]) - back)
    return [_cut_path(names[path], kept[path], width) if path in names else path for path in paths]


def _cut_path(names: Sequence[str], must: set[int], width: int) -> str:
    """The names at `must`, and as many others as fit: the first, then from the last on."""
    last = len(names) - 1
    chosen = set(must)
    for at in (0, *range(last - 1, 0, -1)):
        if cells(_join_names(names, chosen | {at})) <= width:
            chosen.add(at)
        elif at:
            break
    text = _join_names(names, chosen)
    return text if cells(text) <= width else _cut_left(text, width)


def _join_names(names: Sequence[str], places: set[int]) -> str:
    """The names at these places, with one `...` for all that is left out between them."""
    shown: list[str] = []
    for at, name in enumerate(names):
        if at in places:
            shown.append(name)
        elif shown[-1:] != [CUT]:
            shown.append(CUT)
    return "/".join(shown)


def _cut_left(text: str, width: int) -> str:
    """The end of `text` in at most `width` cells: of a file name it tells most."""
    kept = _count_fitting(reversed(text), width - len(CUT))
    return CUT + text[len(text) - kept :] if width > len(CUT) else CUT[: max(0, width)]


def cut_right(text: str, width: int) -> str:
    if cells(text) <= width:
        return text
    return text[: _count_fitting(text, width - len(CUT))] + CUT if width > len(CUT) else CUT[: max(0, width)]


def _count_fitting(characters: Iterable[str], width: int) -> int:
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

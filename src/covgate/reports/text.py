"""Text that is safe to print anywhere, measured in terminal cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

CUT = "..."
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


def padded(text: str, width: int) -> str:
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


def shorten_path(path: str, width: int) -> str:
    """`path` in at most `width` cells, cut at folder names."""
    return shorten_paths([path], width)[0]


def shorten_paths(paths: Sequence[str], width: int) -> list[str]:
    """Each path in at most `width` cells, cut at folder names: `src/.../cart/models.py`.

    Paths that would read the same keep the folder in which they differ, where there is room for it.
    """
    kept = {path: {len(path.split("/")) - 1} for path in paths if cells(path) > width}
    while same := _read_the_same(kept):
        grown = False
        for path, other in same:
            at = _where_they_differ(path.split("/"), other.split("/"))
            grown = grown or at not in kept[path]
            kept[path].add(at)
        if not grown:
            break
    return [_cut_path(path.split("/"), kept[path], width) if path in kept else path for path in paths]


def _read_the_same(kept: dict[str, set[int]]) -> list[tuple[str, str]]:
    """Pairs of paths, of which each is there with another one that has the same text."""
    by_text: dict[str, list[str]] = {}
    for path, places in kept.items():
        by_text.setdefault(_join_names(path.split("/"), places), []).append(path)
    pairs = []
    for group in by_text.values():
        group.sort(key=lambda path: path.split("/")[::-1])  # so that the most alike stand side by side
        for path, other in pairwise(group):
            pairs += [(path, other), (other, path)]
    return pairs


def _where_they_differ(names: Sequence[str], others: Sequence[str]) -> int:
    """The place of the last name in which a path differs from another one."""
    for back, (name, other) in enumerate(zip(reversed(names), reversed(others), strict=False), start=1):
        if name != other:
            return len(names) - back
    return max(0, len(names) - len(others) - 1)  # the other one is the end of this one


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

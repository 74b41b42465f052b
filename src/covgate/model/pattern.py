"""How a setting names modules: an import name, a path, or a pattern of either."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

CROSSING = "**"


class Pattern(NamedTuple):
    """One key of the settings that names modules.

    `*` stays within one segment, `**` stands for any number of whole segments.
    Segments are what lies between `/` in a path and between `.` in an import name.
    """

    text: str
    is_path: bool
    segments: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        return "*" not in self.text

    @property
    def specificity(self) -> tuple[bool, int, int]:
        """Sorts the more specific pattern higher: exact, literal segments, literal characters."""
        if self.is_exact:  # a path and an import name are equally exact
            return True, 0, 0
        literal = sum("*" not in segment for segment in self.segments)
        return False, literal, sum(len(s.replace("*", "")) for s in self.segments)

    def matches(self, path: str, name: str | None) -> bool:
        """Whether the module at `path` (POSIX, relative to the root), imported as `name`, is meant."""
        if self.is_path:
            return _match(self.segments, tuple(path.split("/")))
        return name is not None and _match(self.segments, tuple(name.split(".")))


def parse_pattern(text: str) -> Pattern:
    """Read one key; raises `ValueError` with what is allowed when it cannot be one."""
    if not text.strip():
        raise ValueError("a module's import name, its path, or a pattern of either (not empty)")
    if text != text.strip():
        raise ValueError(f"the same without spaces around it: {text.strip()!r}")
    if "\\" in text:
        raise ValueError(f"a path with forward slashes: {text.replace(chr(92), '/')!r}")
    is_path = "/" in text or text.endswith(".py")
    if text.startswith("/"):
        raise ValueError("a path relative to the project's root, without the leading slash")
    segments = tuple(text.removeprefix("./").split("/") if is_path else text.split("."))
    if "" in segments:
        raise ValueError("segments that are not empty" + (f", as in {text.rstrip('/')}/**" if is_path else ""))
    if ".." in segments:
        raise ValueError("a path below the project's root, without '..'")
    if any(CROSSING in s and s != CROSSING for s in segments):
        raise ValueError("'**' as a whole segment, as in shop.** or src/**/api.py")
    return Pattern(text=text, is_path=is_path, segments=segments)


def _match(pattern: tuple[str, ...], subject: tuple[str, ...]) -> bool:
    """Whole-segment matching; a backtrack point per `**` keeps it linear in practice."""
    at = resume_at = 0
    star = -1
    position = 0
    while position < len(subject):
        if at < len(pattern) and pattern[at] == CROSSING:
            star, resume_at, at = at, position, at + 1
        elif at < len(pattern) and _segment_matches(pattern[at], subject[position]):
            at, position = at + 1, position + 1
        elif star >= 0:
            resume_at += 1
            at, position = star + 1, resume_at
        else:
            return False
    return all(rest == CROSSING for rest in pattern[at:])


@lru_cache(maxsize=4096)
def _segment_matches(pattern: str, segment: str) -> bool:
    head, *others = pattern.split("*")
    if not others:
        return pattern == segment
    tail = others.pop()
    if len(segment) < len(head) + len(tail):
        return False
    if not (segment.startswith(head) and segment.endswith(tail)):
        return False
    position, end = len(head), len(segment) - len(tail)
    for part in others:
        found = segment.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True

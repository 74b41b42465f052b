"""Which entry of the settings governs a module (rules S2 to S4), written from their words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Module:
    """A measured file: its path from the root, and its import name."""

    path: str
    name: str


def module_of(path: str, layout: str) -> Module:
    """`layout` is "src" where packages stand in the folder src, else "flat"."""
    inner = path.removeprefix("src/") if layout == "src" else path
    dotted = inner.removesuffix(".py").replace("/", ".")
    return Module(path, dotted.removesuffix(".__init__"))


def matches(key: str, module: Module) -> bool:
    """Whether a key, a name or a path or a pattern of one of these, speaks of the module."""
    separator = "/" if is_path(key) else "."
    subject = module.path if is_path(key) else module.name
    return match_segments(key.split(separator), subject.split(separator))


def is_path(key: str) -> bool:
    return "/" in key or key.endswith(".py")


def match_segments(keys: list[str], parts: list[str]) -> bool:
    if not keys:
        return not parts
    if keys[0] == "**":
        return any(match_segments(keys[1:], parts[taken:]) for taken in range(len(parts) + 1))
    pattern = ".*".join(re.escape(piece) for piece in keys[0].split("*"))
    return bool(parts) and re.fullmatch(pattern, parts[0]) is not None and match_segments(keys[1:], parts[1:])


def specificity(key: str) -> tuple[bool, int, int]:
    """What wins over what: exact first, then more literal segments, then more literal characters.

    A name and a path that are both exact are equally specific.
    """
    if "*" not in key:
        return True, 0, 0
    segments = re.split(r"[/]" if is_path(key) else r"[.]", key)
    literal = sum("*" not in segment for segment in segments)
    return False, literal, sum(len(segment.replace("*", "")) for segment in segments)


def governing(keys: Iterable[str], module: Module) -> list[str]:
    """The keys that win for a module: one, none, or several that tie."""
    matching = [key for key in keys if matches(key, module)]
    best = max((specificity(key) for key in matching), default=None)
    return [key for key in matching if specificity(key) == best]

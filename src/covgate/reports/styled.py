"""Lines of styled text; the door that prints them knows the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Style: TypeAlias = Literal["plain", "good", "bad", "poor", "fair", "dim", "strong", "code"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of one line in one style; `text` holds no control characters."""

    text: str
    style: Style = "plain"


Line: TypeAlias = tuple[Span, ...]

OUTCOMES = {True: Span("passed", "good"), False: Span("FAILED", "bad")}
"""What stands behind a row whose target is reached, or is not."""

ROWS = 10
"""Rows of a table, where not all are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How much to say, and how wide. `verbosity` is pytest's: -1 for -q, 1 for -v."""

    width: int = 80
    verbosity: int = 0
    all_rows: bool = False
    all_option: str = "--covgate-all"
    notes_option: str = "-v"
    """What shows the notes of a run that passes."""


def plain(lines: tuple[Line, ...]) -> str:
    """The lines without any style, each ended."""
    return "".join("".join(span.text for span in line).rstrip() + "\n" for line in lines)

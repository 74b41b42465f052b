"""What a report format is: a function from a verdict to text, and where that goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from covgate.model.context import ReportContext
from covgate.model.verdict import Verdict

STDOUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`path` is where it goes if nothing else is said, `-` for standard output."""

    render: Callable[[Verdict, ReportContext], str]
    path: str
    variable: str = ""
    """The environment variable that names the file to append to, in place of a path."""
    shows_source: bool = False
    """Whether it wants the source of all modules."""
    needs: tuple[str, str] | None = None
    """A module it imports, and the extra of ours that brings it."""

"""One stretch of missing code, as it is put together while a function is walked through."""

from __future__ import annotations

import ast
from typing import TypeAlias

from covgate.judge.scenarios.code import Code
from covgate.judge.scenarios.flow import JUMPS
from covgate.judge.scenarios.outcomes import outcome_of
from covgate.model.lines import Lines
from covgate.model.scenario import Scenario

MOST_CONDITIONS = 2

Path: TypeAlias = tuple[str, ...]
"""The conditions under which a piece of code runs, from outside in."""


def join_conditions(path: Path) -> str:
    """Join the innermost conditions; each is told once."""
    return " and ".join(list(dict.fromkeys(path))[-MOST_CONDITIONS:])


class Region:
    """Missing statements that one call can run: those of a block, and of the blocks within on its main path."""

    def __init__(self, path: Path, start: str) -> None:
        self.path = path
        self.start = start
        """What to say where there is no condition."""
        self.chosen: Path = ()
        """The conditions of the arms that the main path takes where it could as well take another."""
        self.lines: list[int] = []
        self.end: ast.stmt | None = None
        """What the main path ends with, or what it yields."""

    @property
    def has_ended(self) -> bool:
        return isinstance(self.end, JUMPS)

    @property
    def when(self) -> str:
        return join_conditions((*self.path, *self.chosen)) or self.start

    def leave_loop(self) -> None:
        """Go on behind a loop: its `break` and `continue` end nothing but a round."""
        if isinstance(self.end, ast.Break | ast.Continue):
            self.end = None

    def take_end(self) -> ast.stmt | None:
        """Return the end, and go on as if there were none: a `finally` block runs behind it."""
        end, self.end = self.end, None
        return end

    def as_scenario(self, code: Code, among: Lines) -> Scenario:
        lines = Lines.of(self.lines)
        then, raises = outcome_of(code, self.end, lines, among)
        return Scenario(self.when, then, lines, raises)

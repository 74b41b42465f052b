"""The walk through a function that finds its missing code, with the conditions under which each part runs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from covgate.judge.scenarios.code import Code
from covgate.judge.scenarios.conditions import (
    arms_of_if,
    arms_of_match,
    loop_ends,
    loop_runs,
    raises_into,
    raises_nothing,
)
from covgate.judge.scenarios.flow import JUMPS, Arm, Block, Loop, With, does_nothing, extent, header_lines, is_try
from covgate.judge.scenarios.outcomes import arrival
from covgate.judge.scenarios.passing import past
from covgate.judge.scenarios.region import Path, Region, join_conditions
from covgate.model.lines import Lines
from covgate.model.scenario import Scenario
from covgate.model.snapshot import NO_LINES

Destinations: TypeAlias = Mapping[int, Sequence[int]]
"""Where each line never went to: lines, or a negative number for the end of the function."""


class Walk:
    """Collects regions of missing code, and branches never taken, in source order.

    Each method takes the conditions `path` under which a statement runs, and the region that reaches it on
    its main path (None: it ran, or another region starts within). It returns the region that goes on behind it.
    """

    def __init__(self, code: Code, statements: Lines, missing: Lines, never: Destinations, start: str) -> None:
        self.code = code
        self.start = start
        self.statements = statements
        self.missing = missing
        self.left = set(missing)
        """The missing lines that are in no region yet: of a block on its header's line, nothing is known."""
        self.never = dict(never)
        self.found: list[Region | Scenario] = []
        self.at: dict[int, ast.stmt] = {}
        """The statements by line, for naming where a branch leads."""

    def all(self, block: Block) -> Walk:
        """Walk through the body of a function or module."""
        for node in block:
            for below in ast.walk(node) if self.never else ():
                if isinstance(below, ast.stmt):
                    self.at.setdefault(min(header_lines(below)), below)
        self.block(block, (), None)
        self._rest()
        return self

    def block(self, block: Block, path: Path, region: Region | None, entry: Path | None = None) -> Region | None:
        """Walk through one block; `entry` are the conditions for reaching its first statement, by default `path`."""
        before: ast.stmt | None = None
        for node in block:
            if before is not None and region is not None and region.has_ended:
                region = None
            if region is None and self._is_missing(node):
                if before is None:
                    region = self._open(path if entry is None else entry)
                else:
                    region = self._open((*path, *past(self.code, before, node.lineno)))
                path = region.path
            elif region is not None and self._ran(node):
                region = None
            reached = region
            region = self._statement(node, path, reached)
            if region is not None and region is not reached:
                path = region.path
            if not does_nothing(node):
                before = node
        return region

    def _open(self, path: Path) -> Region:
        region = Region(path, self.start)
        self.found.append(region)
        return region

    def _is_missing(self, node: ast.stmt) -> bool:
        return any(line in self.left for line in header_lines(node))

    def _ran(self, node: ast.stmt) -> bool:
        return any(line in self.statements and line not in self.missing for line in header_lines(node))

    def _add(self, region: Region | None, lines: Iterable[int]) -> None:
        if region is not None:
            own = self.left.intersection(lines)
            region.lines += own
            self.left -= own

    def _statement(self, node: ast.stmt, path: Path, region: Region | None) -> Region | None:
        self._add(region, header_lines(node))
        if is_try(node):
            return self._try(node, path, region)
        walk = _BY_TYPE.get(type(node))
        return walk(self, node, path, region) if walk else self._simple(node, region)

    def _simple(self, node: ast.stmt, region: Region | None) -> Region | None:
        if region is not None:
            is_yield = isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom)
            if isinstance(node, JUMPS) or (is_yield and region.end is None):
                region.end = node
        return region

    def _definition(self, node: ast.stmt, path: Path, region: Region | None) -> Region | None:  # noqa: ARG002
        """A function within has its own scenarios."""
        return region

    def _class(self, node: ast.ClassDef, path: Path, region: Region | None) -> Region | None:
        return self.block(node.body, path, region)

    def _if(self, node: ast.If, path: Path, region: Region | None) -> Region | None:
        arms = arms_of_if(self.code, node)
        return self._arms(arms, arms[-1] if not arms[-1].body else _passable(arms), path, region)

    def _match(self, node: ast.Match, path: Path, region: Region | None) -> Region | None:
        arms = arms_of_match(self.code, node)
        return self._arms(arms, _passable([arm for arm in arms if arm.body]), path, region)

    def _arms(self, arms: Sequence[Arm], main: Arm, path: Path, region: Region | None) -> Region | None:
        """Let the region follow the arm `main`; what is missing of the others starts regions of its own."""
        is_only = main.falls_through and sum(arm.falls_through for arm in arms) == 1
        behind = arms[-1].conditions if arms[-1].line is None else ()
        is_tried = region is not None  # on the way to the main arm, conditions are tried line by line
        after = region
        for arm in arms:
            inner = (*path, *arm.conditions)
            self._turns(arm.line, arm.body, path, arm.conditions, behind)
            if is_tried:
                self._add(region, (arm.line or 0,))
            if region is not None and arm is main:
                region.chosen += () if is_only or not arm.body else arm.conditions
                after = self.block(arm.body, inner, region)
                is_tried = False
            else:
                self._aside(0 if is_tried else arm.line, arm.body, inner)
        return after

    def _aside(self, line: int | None, body: Block, path: Path) -> None:
        """Walk through a block that is on no main path; `line` is its header, where no region has it."""
        region = None
        if line and line in self.left:
            region = self._open(path)
            self._add(region, (line,))
        self.block(body, path, region)

    def _loop(self, node: Loop, path: Path, region: Region | None) -> Region | None:
        runs, finishes = (loop_runs(self.code, node),), (loop_ends(self.code, node),)
        self._turns(node.lineno, node.body, path, runs, finishes)
        self.block(node.body, path, region, (*path, *runs))
        if region is not None:
            region.leave_loop()
        after = None if region is not None and region.has_ended else region
        return self.block(node.orelse, path, after, (*path, *finishes))

    def _with(self, node: With, path: Path, region: Region | None) -> Region | None:
        entered = f"{self.code.quote(node.items[0].context_expr)} does not raise"
        return self.block(node.body, path, region, (*path, entered))

    def _try(self, node: ast.Try, path: Path, region: Region | None) -> Region | None:
        region = self.block(node.body, path, region)
        for handler in node.handlers:
            self._aside(handler.lineno, handler.body, (*path, raises_into(self.code, node, handler)))
        if node.orelse:
            passed = (*path, raises_nothing(self.code, node))
            has_ended = region is not None and region.has_ended
            after = self.block(node.orelse, path, None if has_ended else region, passed)
            region = region if has_ended else after
        if region is None:
            return self.block(node.finalbody, path, None)
        end = region.take_end()
        self.block(node.finalbody, path, region)
        region.end = region.end or end
        return region

    def _turns(self, line: int | None, body: Block, path: Path, inside: Path, outside: Path) -> None:
        """Note the branches never taken from a line: into the block below it, or past that."""
        for at in self.never.pop(line or 0, ()):
            first, last = extent(body)
            self._note(line or 0, at, (*path, *(inside if first <= at <= last else outside)))

    def _note(self, line: int, at: int, path: Path) -> None:
        when = join_conditions(path) or f"after line {line}"
        then, raises = arrival(self.code, line, at, self.at.get(at))
        self.found.append(Scenario(when, then, NO_LINES, raises))

    def _rest(self) -> None:
        """Note the branches that belong to no statement with conditions, such as those behind `finally`."""
        for line, destinations in sorted(self.never.items()):
            for at in destinations:
                self._note(line, at, ())


def _passable(arms: Sequence[Arm]) -> Arm:
    """Return the first arm that does not return, raise or the like; where all do, the first."""
    return next((arm for arm in arms if arm.falls_through), arms[0])


_BY_TYPE: dict[type[ast.stmt], Callable[[Walk, Any, Path, Region | None], Region | None]] = {
    ast.If: Walk._if,
    ast.Match: Walk._match,
    ast.For: Walk._loop,
    ast.AsyncFor: Walk._loop,
    ast.While: Walk._loop,
    ast.With: Walk._with,
    ast.AsyncWith: Walk._with,
    ast.ClassDef: Walk._class,
    ast.FunctionDef: Walk._definition,
    ast.AsyncFunctionDef: Walk._definition,
}

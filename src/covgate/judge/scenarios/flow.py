"""How control flows through statements: the arms of a choice, and whether code behind a block can be reached."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias, TypeGuard

Block: TypeAlias = Sequence[ast.stmt]
Loop: TypeAlias = ast.For | ast.AsyncFor | ast.While
With: TypeAlias = ast.With | ast.AsyncWith

JUMPS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
LOOPS = (ast.For, ast.AsyncFor, ast.While)


class Arm(NamedTuple):
    """One block of an `if` or a `match`: the line of its condition (None for `else`), and the conditions in words."""

    line: int | None
    body: Block
    conditions: tuple[str, ...]

    @property
    def falls_through(self) -> bool:
        return not ends(self.body)


def ends(block: Block) -> bool:
    """Whether control never leaves the block at its end."""
    return any(_is_end(node) for node in block)


def _is_end(node: ast.stmt) -> bool:
    if isinstance(node, JUMPS):
        return True
    if isinstance(node, ast.If):
        return ends(node.body) and ends(node.orelse)
    if isinstance(node, ast.While):
        return is_endless(node) and not has_break(node)
    if isinstance(node, With):
        return ends(node.body)
    if isinstance(node, ast.Match):
        return is_wildcard(node.cases[-1]) and all(ends(case.body) for case in node.cases)
    if is_try(node):
        return ends(node.finalbody) or (
            ends([*node.body, *node.orelse]) and all(ends(handler.body) for handler in node.handlers)
        )
    return False


def is_try(node: ast.AST) -> TypeGuard[ast.Try]:
    """Whether it is a `try` statement, with `except` or (from Python 3.11 on) `except*`."""
    return type(node).__name__ in ("Try", "TryStar")


def is_endless(loop: ast.While) -> bool:
    return isinstance(loop.test, ast.Constant) and bool(loop.test.value)


def is_wildcard(case: ast.match_case) -> bool:
    """Whether a `case` takes whatever the others left."""
    return isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None


def does_nothing(node: ast.stmt) -> bool:
    """Whether it is a docstring, a declaration or the like: control always gets past it."""
    return isinstance(node, ast.Pass | ast.Global | ast.Nonlocal) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def has_break(loop: Loop) -> bool:
    return any(isinstance(node, ast.Break) for node in _inside(loop.body))


def has_yield(node: ast.AST) -> bool:
    return any(isinstance(below, ast.Yield | ast.YieldFrom) for below in ast.walk(node))


def header_lines(node: ast.stmt) -> tuple[int, ...]:
    """Return the lines that coverage.py may count for a statement itself: its own, and those of its decorators."""
    return (*(one.lineno for one in getattr(node, "decorator_list", ())), node.lineno)


def extent(block: Block) -> tuple[int, int]:
    """Return the first and last line of a block."""
    return min(header_lines(block[0])), block[-1].end_lineno or block[-1].lineno


def _inside(block: Block) -> Iterator[ast.stmt]:
    """Yield the statements whose `break` is that of the loop around the block."""
    for node in block:
        yield node
        if isinstance(node, LOOPS):
            yield from _inside(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for below in blocks_of(node):
                yield from _inside(below)


def blocks_of(node: ast.stmt) -> Iterator[Block]:
    """Yield the blocks of a compound statement."""
    for field in ("body", "orelse", "finalbody"):
        if below := getattr(node, field, ()):
            yield below
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body

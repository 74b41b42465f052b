"""What happens in a scenario, in a few fixed words."""

from __future__ import annotations

import ast
from typing import NamedTuple

from covgate.judge.scenarios.code import Code
from covgate.judge.scenarios.flow import LOOPS
from covgate.model.lines import Lines
from covgate.model.missing import range_in_words

MOST_RANGES = 3


class Outcome(NamedTuple):
    """What happens, and the exception that is raised, where it has a name."""

    text: str
    raises: str = ""


def outcome_of(code: Code, end: ast.stmt | None, lines: Lines, among: Lines) -> Outcome:
    """Say what a piece of code does that ends with the statement `end` (None: it ends as any block does).

    `lines` are its missing statements, `among` all statements of the function.
    """
    if isinstance(end, ast.Raise):
        return raising(code, end)
    if isinstance(end, ast.Return):
        return Outcome(_returned(code, end.value))
    if isinstance(end, ast.Expr):
        return Outcome(_yielded(code, end.value))
    if isinstance(end, ast.Break) and len(lines) == 1:
        return Outcome("leaves the loop")
    if isinstance(end, ast.Continue) and len(lines) == 1:
        return Outcome("goes on with the loop")
    return Outcome(f"runs {_lines_in_words(lines, among)}")


def arrival(code: Code, line: int, at: int, node: ast.stmt | None) -> Outcome:
    """Say where a branch from `line` leads that was never taken: to the statement `node` on the line `at`.

    A negative `at` is the end of the function.
    """
    if at < 0:
        return Outcome(_returned(code, None))
    if isinstance(node, ast.Return | ast.Raise):
        return outcome_of(code, node, Lines(), Lines())
    if isinstance(node, LOOPS) and at <= line:
        return Outcome("goes on with the loop")
    return Outcome(f"goes on at line {at}")


def raising(code: Code, node: ast.Raise) -> Outcome:
    """Name the exception: the class where one is called, else the expression."""
    if node.exc is None:
        return Outcome("raises the exception again")
    called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    named = called if code.text(called).rpartition(".")[2][:1].isupper() else node.exc
    is_class = named is called and isinstance(called, ast.Name | ast.Attribute)
    return Outcome(f"raises {code.quote(named)}", code.text(named) if is_class else "")


def _returned(code: Code, value: ast.expr | None) -> str:
    return f"returns {'`None`' if value is None else code.quote(value)}"


def _yielded(code: Code, value: ast.expr) -> str:
    assert isinstance(value, ast.Yield | ast.YieldFrom)
    return f"yields {'`None`' if value.value is None else code.quote(value.value)}"


def _lines_in_words(lines: Lines, among: Lines) -> str:
    ranges = list(lines.runs(among))
    words = ", ".join(map(range_in_words, ranges[:MOST_RANGES])) + (", …" if len(ranges) > MOST_RANGES else "")
    return f"line{'s' if len(lines) > 1 else ''} {words}"

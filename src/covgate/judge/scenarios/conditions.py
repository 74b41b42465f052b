"""Conditions in words: what it takes to enter each block of a compound statement."""

from __future__ import annotations

import ast

from covgate.judge.scenarios.code import Code
from covgate.judge.scenarios.flow import Arm, Loop, has_break, is_wildcard
from covgate.model.missing import range_in_words


def is_true(code: Code, test: ast.expr) -> str:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return is_false(code, test.operand)
    return code.quote(test) if isinstance(test, ast.Compare) else f"{code.quote(test)} is true"


def is_false(code: Code, test: ast.expr) -> str:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return is_true(code, test.operand)
    return f"{code.quote(test)} is false"


def arms_of_if(code: Code, node: ast.If) -> list[Arm]:
    """Return `if`, every `elif`, and `else`, which may have no statements."""
    arms: list[Arm] = []
    tests: list[ast.expr] = []
    last = node
    while True:
        arms.append(Arm(last.lineno, last.body, (is_true(code, last.test),)))
        tests.append(last.test)
        below = last.orelse
        if len(below) == 1 and isinstance(below[0], ast.If) and _is_elif(last, below[0]):
            last = below[0]
            continue
        return [*arms, Arm(None, below, tuple(is_false(code, test) for test in tests[-2:]))]


def _is_elif(around: ast.If, inner: ast.If) -> bool:
    """Whether it is an `elif`, or an `if` that stands alone below `else`: that one is indented."""
    return inner.col_offset == around.col_offset


def arms_of_match(code: Code, node: ast.Match) -> list[Arm]:
    """Return every `case`, and at the end what happens where none matches, unless the last takes everything."""
    subject = code.quote(node.subject)
    arms = []
    for case in node.cases:
        if is_wildcard(case):
            condition = f"{subject} matches no other case"
        else:
            condition = f"{subject} matches {code.quote(case.pattern, case.guard)}"
        arms.append(Arm(case.pattern.lineno, case.body, (condition,)))
    if not is_wildcard(node.cases[-1]):
        arms.append(Arm(None, (), (f"{subject} matches no case",)))
    return arms


def loop_runs(code: Code, node: Loop) -> str:
    return is_true(code, node.test) if isinstance(node, ast.While) else f"{code.quote(node.iter)} is not empty"


def loop_ends(code: Code, node: Loop) -> str:
    """Say that a loop ends by itself."""
    if isinstance(node, ast.While):
        return is_false(code, node.test)
    return f"the loop over {code.quote(node.iter)} ends" + (" without a break" if has_break(node) else "")


def raises_into(code: Code, node: ast.Try, handler: ast.ExceptHandler) -> str:
    subject, is_plural = _attempt(code, node)
    return f"{subject} raise{'' if is_plural else 's'} {_caught(code, handler.type)}"


def raises_nothing(code: Code, node: ast.Try) -> str:
    subject, is_plural = _attempt(code, node)
    return f"{subject} {'do' if is_plural else 'does'} not raise"


def _caught(code: Code, kind: ast.expr | None) -> str:
    if kind is None:
        return "an exception"
    if isinstance(kind, ast.Tuple) and 0 < len(kind.elts) <= 3:
        return " or ".join(map(code.quote, kind.elts))
    return code.quote(kind)


def _attempt(code: Code, node: ast.Try) -> tuple[str, bool]:
    """Return what a `try` statement tries, and whether that is a plural: a lone statement, else its lines."""
    first, last = node.body[0].lineno, node.body[-1].end_lineno or 0
    if len(node.body) == 1 and value_of(node.body[0]) is not node.body[0]:
        return code.quote(value_of(node.body[0])), False
    return f"line{'s' if last > first else ''} {range_in_words((first, last))}", last > first


def value_of(node: ast.stmt) -> ast.AST:
    """Return the expression that a simple statement is about, else the statement."""
    value = getattr(node, "value", None)
    return value if isinstance(value, ast.expr) else node

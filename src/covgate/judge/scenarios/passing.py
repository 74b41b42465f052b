"""Conditions in words: what it takes to get past a statement that ran, to the next one, which did not."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from covgate.judge.scenarios.code import Code
from covgate.judge.scenarios.conditions import (
    arms_of_if,
    arms_of_match,
    is_true,
    loop_ends,
    raises_into,
    raises_nothing,
    value_of,
)
from covgate.judge.scenarios.flow import Arm, Loop, With, ends, has_break, has_yield, is_endless, is_try

Conditions: TypeAlias = tuple[str, ...]
"""Empty where nothing can be said."""


def past(code: Code, node: ast.stmt, following: int) -> Conditions:
    """Return the conditions under which control gets past `node` to the line `following`."""
    return _past(code, node) or (f"line {following} is reached",)


def _past(code: Code, node: ast.stmt) -> Conditions:
    if is_try(node):
        return _past_try(code, node)
    return _BY_TYPE.get(type(node), _past_simple)(code, node)


def _past_arms(arms: Sequence[Arm]) -> Conditions:
    """Return the conditions of the one arm that does not return, raise or the like."""
    passable = [arm for arm in arms if not ends(arm.body)]
    return passable[0].conditions if len(passable) == 1 else ()


def _past_if(code: Code, node: ast.If) -> Conditions:
    return _past_arms(arms_of_if(code, node))


def _past_match(code: Code, node: ast.Match) -> Conditions:
    return _past_arms(arms_of_match(code, node))


def _past_loop(code: Code, node: Loop) -> Conditions:
    if ends(node.orelse) or (isinstance(node, ast.While) and is_endless(node)):
        return ("the loop ends with a break",)
    if has_break(node):
        return ("the loop ends",) if isinstance(node, ast.While) else (f"the loop over {code.quote(node.iter)} ends",)
    return (loop_ends(code, node),)


def _past_with(code: Code, node: With) -> Conditions:
    if ends(node.body):
        return (f"{code.quote(node.items[0].context_expr)} stops an exception",)
    return _past(code, node.body[-1])


def _past_try(code: Code, node: ast.Try) -> Conditions:
    if not node.handlers:
        return _past(code, node.body[-1])
    passable = [handler for handler in node.handlers if not ends(handler.body)]
    if not ends([*node.body, *node.orelse]):
        return () if passable else (raises_nothing(code, node),)
    return (raises_into(code, node, passable[0]),) if len(passable) == 1 else ()


def _past_assert(code: Code, node: ast.Assert) -> Conditions:
    return (is_true(code, node.test),)


def _past_definition(code: Code, node: ast.stmt) -> Conditions:  # noqa: ARG001
    return ()


def _past_simple(code: Code, node: ast.stmt) -> Conditions:
    text = code.quote(value_of(node))
    return (f"the generator continues after {text}" if has_yield(node) else f"{text} does not raise",)


_BY_TYPE: dict[type[ast.stmt], Callable[[Code, Any], Conditions]] = {
    ast.If: _past_if,
    ast.Match: _past_match,
    ast.For: _past_loop,
    ast.AsyncFor: _past_loop,
    ast.While: _past_loop,
    ast.With: _past_with,
    ast.AsyncWith: _past_with,
    ast.Assert: _past_assert,
    ast.FunctionDef: _past_definition,
    ast.AsyncFunctionDef: _past_definition,
    ast.ClassDef: _past_definition,
}

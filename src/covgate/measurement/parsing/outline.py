"""The functions of a source, and the lines that only run after something failed."""

from __future__ import annotations

import ast
from typing import NamedTuple

from covgate.model.lines import Lines

# The fields of a node in which statements stand, directly or below a handler or a case.
STATEMENTS = ("body", "orelse", "finalbody", "handlers", "cases")


class Region(NamedTuple):
    """A function: its qualified name, its `def` line, its last, the lines of its body without functions within."""

    name: str
    line: int
    last: int
    lines: Lines


def outline(tree: ast.AST) -> tuple[list[Region], Lines]:
    """The functions, in source order, as `coverage.plugin.CodeRegion` has them, and the error lines.

    Error lines are those of handlers and of `raise`.
    """
    errors = Lines()
    bodies: list[Lines] = []  # of each function so far; what lies in one leaves the one around it
    found: list[tuple[str, int, int]] = []
    stack: list[tuple[ast.AST, str, int | None]] = [(tree, "", None)]
    while stack:
        node, prefix, around = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            last = node.body[-1].end_lineno or 0
            body = Lines.between(node.body[0].lineno, last)
            if around is not None:
                bodies[around] -= body
            around = len(bodies)
            bodies.append(body)
            found.append((prefix + node.name, node.lineno, last))
            prefix = f"{prefix}{node.name}."
        elif isinstance(node, ast.ClassDef):
            prefix = f"{prefix}{node.name}."
        elif isinstance(node, ast.ExceptHandler | ast.Raise):
            errors |= Lines.between(node.lineno, node.end_lineno or node.lineno)
        for field in STATEMENTS:
            stack += [(below, prefix, around) for below in getattr(node, field, ()) if isinstance(below, ast.AST)]
    regions = [
        Region(name=name, line=line, last=last, lines=body)
        for (name, line, last), body in zip(found, bodies, strict=True)
    ]
    return sorted(regions, key=lambda region: (region.line, region.name)), errors

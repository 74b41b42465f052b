"""Which lines each statement of a source holds: all of its lines, and of a compound statement its header alone."""

from __future__ import annotations

import ast
import io
import tokenize

Extent = tuple[int, int]


def read_extents(text: str) -> list[Extent]:
    """First and last line of every statement, header and decorator."""
    ends = header_ends(text)
    found: list[Extent] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found += [(decorator.lineno, last(decorator)) for decorator in node.decorator_list]
        if isinstance(node, ast.match_case):
            found.append(ends[node.pattern.lineno])
        elif isinstance(node, ast.ExceptHandler) or (isinstance(node, ast.stmt) and is_compound(node)):
            found.append(ends[node.lineno])
        elif isinstance(node, ast.stmt):
            found.append((node.lineno, last(node)))
    return found


def is_compound(node: ast.stmt) -> bool:
    return hasattr(node, "body") or isinstance(node, ast.Match)


def last(node: ast.stmt | ast.expr) -> int:
    assert node.end_lineno is not None
    return node.end_lineno


def header_ends(text: str) -> dict[int, Extent]:
    """For each line of code, the first and the last line of what Python reads as one logical line."""
    found: dict[int, Extent] = {}
    start = None
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
            continue
        start = token.start[0] if start is None else start
        if token.type == tokenize.NEWLINE:
            extent = (start, token.start[0])
            found.update(dict.fromkeys(range(start, token.start[0] + 1), extent))
            start = None
    return found

"""What the text of a test file says of its imports and tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from covgate.model.test_file import TestFile, TestFunction


def parse_test_file(path: str, text: str) -> TestFile | None:
    """Return what the file holds; None for a text that Python cannot parse."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return TestFile(path, frozenset(_imports(tree)), tuple(_tests(tree, "")))


def _imports(tree: ast.Module) -> Iterator[str]:
    """Yield dotted names; relative imports stay within the tests, so they name nothing of the source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")


def _tests(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[TestFunction]:
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _tests(child, f"{prefix}{child.name}::")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and child.name.startswith("test"):
            first = min([child.lineno, *(decorator.lineno for decorator in child.decorator_list)])
            last = child.end_lineno or child.lineno
            yield TestFunction(f"{prefix}{child.name}", first, last, frozenset(_words(child)))


def _words(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg

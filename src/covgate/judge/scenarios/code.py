"""A source as a syntax tree, and how its text is quoted."""

from __future__ import annotations

import ast
import re
import tokenize
import warnings
from collections.abc import Iterator
from typing import TypeAlias

LIMIT = 60
"""The most characters of a quoted text."""

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

# Tokens that a cut text does not end with: the next one belongs to them; and those without text.
_LEADING = ("", ".", "(", "[", "{", ",")

# What tokenize raises for text that is no Python by itself.
_NOT_TOKENS = (tokenize.TokenError, SyntaxError)


class Code:
    """The syntax tree of one source; raises what `ast.parse` raises."""

    def __init__(self, text: str) -> None:
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in the source is not ours to report
            self.tree = ast.parse(text)
        self.lines = text.split("\n")
        self._functions = {node.lineno: node for node in ast.walk(self.tree) if isinstance(node, FunctionNode)}

    def function_at(self, line: int) -> FunctionNode | None:
        """Return the function whose `def` stands on this line."""
        return self._functions.get(line)

    def text(self, first: ast.AST, last: ast.AST | None = None) -> str:
        """Return the source of one node, or from one to another, on one line and without comments."""
        start, (end_line, end) = _start(first), _end(last or first)
        lines = [line.encode() for line in self.lines[start[0] - 1 : end_line]]
        lines[-1] = lines[-1][:end]
        lines[0] = lines[0][start[1] :]
        return _on_one_line(b"\n".join(lines).decode())

    def quote(self, first: ast.AST, last: ast.AST | None = None) -> str:
        """Return the same in backticks, shortened."""
        return f"`{shorten(self.text(first, last))}`"


def read_code(text: str) -> Code | None:
    """Parse a source; None where this Python cannot."""
    try:
        return Code(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def shorten(text: str, limit: int = LIMIT) -> str:
    """Cut a line of Python behind a token, with `…` in place of the rest, where it is longer than `limit`."""
    if len(text) <= limit:
        return text
    ends = [end for end in _token_ends(text) if end < limit]
    return text[: ends[-1] if ends else limit - 1] + "…"


def _start(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0)


def _end(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0)


def _on_one_line(text: str) -> str:
    if "\n" in text:
        text = re.sub(r"\\\n", " ", _without_comments(text) if "#" in text else text)
    return " ".join(text.split())


def _without_comments(text: str) -> str:
    """Return an expression without its comments; it is read in parentheses, as it may go over several lines."""
    lines = f"({text}\n)".splitlines(keepends=True)
    try:
        for token in reversed(list(tokenize.generate_tokens(iter(lines).__next__))):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column] + lines[row - 1][token.end[1] :]
    except _NOT_TOKENS:
        return text
    return "".join(lines)[1:-2]


def _token_ends(line: str) -> Iterator[int]:
    """Yield where the tokens of a line end; a formatted string is one token, as it is before Python 3.12."""
    depth = 0
    try:
        for token in tokenize.generate_tokens(iter([line]).__next__):
            name = tokenize.tok_name[token.type]
            depth += name.endswith("STRING_START") - name.endswith("STRING_END")
            if not depth and token.string not in _LEADING:
                yield token.end[1]
    except _NOT_TOKENS:
        return

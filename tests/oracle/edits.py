"""Random edits of Python text, as people make them. What does not compile afterwards is not kept."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from random import Random

from .code import Author

Edit = Callable[[Author, list[str]], list[str]]


def edit(random: Random, text: str, times: int) -> str:
    """The text after up to `times` edits. It has `\\n` line ends, before and after."""
    author = Author(random)
    author.names = 500 + random.randrange(10_000)
    for _ in range(times):
        lines = text.split("\n")
        changed = "\n".join(random.choice(EDITS)(author, lines))
        if compiles(changed) and ends(changed):
            text = changed
    return text


def ends(text: str) -> bool:
    """Whether each `while` still has its counter."""
    return len(re.findall(r"while left\d+ > ", text)) == len(re.findall(r"left\d+ -= ", text))


def compiles(text: str) -> bool:
    try:
        compile(text, "<edited>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def other_number(author: Author, lines: list[str]) -> list[str]:
    """Another number in a line that has one: a statement, a continuation line, a string, a comment."""
    at = [index for index, line in enumerate(lines) if re.search(r"\b[1-9]\b", line)]
    if not at:
        return lines
    index = author.random.choice(at)
    numbers = list(re.finditer(r"\b[1-9]\b", lines[index]))
    chosen = author.random.choice(numbers)
    line = lines[index]
    return [*lines[:index], line[: chosen.start()] + str(author.number()) + line[chosen.end() :], *lines[index + 1 :]]


def one_liners(lines: list[str], *, spared: str = "left") -> list[tuple[int, str]]:
    """(index, indentation) of each line that holds one simple statement whole."""
    found = []
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and node.lineno == node.end_lineno:
            line = lines[node.lineno - 1]
            margin = line[: len(line) - len(line.lstrip())]
            if len(margin) == node.col_offset and spared not in line and not line.lstrip().startswith("from"):
                found.append((node.lineno - 1, margin))
    return found


def inserted(author: Author, lines: list[str]) -> list[str]:
    places = one_liners(lines)
    if not places:
        return lines
    index, margin = author.random.choice(places)
    new = author.random.choice(
        (author.simple, author.long, lambda: author.choice(0, loop=False, ends=False, waits=False))
    )()
    return [*lines[:index], *(f"{margin}{line}" for line in new), *lines[index:]]


def deleted(author: Author, lines: list[str]) -> list[str]:
    places = one_liners(lines)
    if not places:
        return lines
    index, margin = author.random.choice(places)
    return [*lines[:index], *([f"{margin}pass"] if author.chance(0.3) else []), *lines[index + 1 :]]


def rewritten(author: Author, lines: list[str]) -> list[str]:
    """Another body of a function, and what follows it in its block stays."""
    functions = [
        node
        for node in ast.walk(ast.parse("\n".join(lines)))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.body[0].lineno > node.lineno
    ]
    if not functions:
        return lines
    node = author.random.choice(functions)
    margin = " " * node.body[0].col_offset
    body = author.block(1, waits=isinstance(node, ast.AsyncFunctionDef))
    new = [f"{margin}{line}" if line else line for line in body]
    return [*lines[: node.body[0].lineno - 1], *new, *lines[node.end_lineno :]]


def appended(author: Author, lines: list[str]) -> list[str]:
    return [*lines, "", *author.function(1), ""]


def commented(author: Author, lines: list[str]) -> list[str]:
    """A comment of its own, or at the end of a line."""
    index = author.random.randrange(len(lines))
    if author.chance(0.5):
        return [*lines[:index], f"# remark {author.number()}", *lines[index:]]
    return [*lines[:index], f"{lines[index]}  # {author.number()}", *lines[index + 1 :]]


def spaced(author: Author, lines: list[str]) -> list[str]:
    index = author.random.randrange(len(lines))
    return [*lines[:index], *author.random.choice(([""], ["", ""], [])), *lines[index + author.chance(0.3) :]]


def excluded(author: Author, lines: list[str]) -> list[str]:
    """A pragma where there was none."""
    index = author.random.randrange(len(lines))
    return [*lines[:index], f"{lines[index]}  # pragma: no cover", *lines[index + 1 :]]


def last_line_end(author: Author, lines: list[str]) -> list[str]:
    """Without the line end at the end of the file, or with it again."""
    del author
    return lines[:-1] if lines[-1] == "" else [*lines, ""]


EDITS: tuple[Edit, ...] = (
    *(other_number,) * 5,
    *(inserted,) * 4,
    *(deleted,) * 2,
    *(rewritten,) * 2,
    *(commented,) * 2,
    appended,
    spaced,
    excluded,
    last_line_end,
)

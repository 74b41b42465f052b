"""Every text that a user may read, in one file, so that a reader can go through them at once.

`GOLDEN=write pytest tests/test_texts.py` writes the catalogue anew.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import covgate

SOURCE = Path(covgate.__file__).parent
CATALOGUE = Path(__file__).with_name("texts.txt")
# Words that read like a translation; coverage.py, pytest and git use others.
UNWANTED = re.compile(
    r"\b(faults?|mend|slip of the pen|owe[sd]?|those of them|to reach it|is no folder)\b", re.IGNORECASE
)
PLACEHOLDER = "{}"


def texts_of(tree: ast.AST) -> Iterator[str]:
    """The strings of a module that hold words, with `{}` for what is filled in; without docstrings."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    comments = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else PLACEHOLDER for part in node.values]
            text = "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside | comments:
            text = node.value
        else:
            continue
        if is_for_reading(text):
            yield " ".join(text.split())


def is_for_reading(text: str) -> bool:
    """Whether a string holds at least two words, and is neither SQL nor a regular expression, code or markup."""
    if re.search(
        r"^<[a-z]+ |: #[0-9a-f]{6}|\b(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|BEGIN|DROP)\b|\(\?|\\[swdb]|import sys|</",
        text,
    ):
        return False
    return len(re.findall(r"(?<![\w.-])[A-Za-z][a-z']+(?![\w.(=/])", text)) >= 2


def catalogue() -> str:
    lines = []
    for path in sorted(SOURCE.rglob("*.py")):
        found = dict.fromkeys(texts_of(ast.parse(path.read_text(encoding="utf-8"))))
        if found:
            lines += [f"== {path.relative_to(SOURCE).as_posix()}", *found, ""]
    return "\n".join(lines)


def test_the_catalogue_of_texts_is_up_to_date() -> None:
    if os.environ.get("GOLDEN") == "write":
        CATALOGUE.write_text(catalogue(), encoding="utf-8")
    assert catalogue() == CATALOGUE.read_text(encoding="utf-8")


def test_texts_use_the_words_of_coverage_py_and_pytest() -> None:
    odd = [line for line in catalogue().splitlines() if UNWANTED.search(line)]
    assert odd == []


def test_the_catalogue_has_messages_help_and_reports() -> None:
    found = catalogue()
    for text in ("no coverage data at {}", "Measure coverage and hold every module to its target"):
        assert text in found

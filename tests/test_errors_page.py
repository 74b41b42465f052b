"""docs/errors.md explains every name that an error has, and quotes messages that the code really prints under it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import covgate
from covgate.errors import ErrorName
from test_texts import texts_of

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
NAMES: tuple[str, ...] = get_args(ErrorName)
SECTIONS = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
MESSAGES = [
    (name, message) for name, text in SECTIONS.items() for message in re.findall("^- `(.+)`$", text, re.MULTILINE)
]
CATALOGUE = (ROOT / "tests" / "texts.txt").read_text(encoding="utf-8").splitlines()


def named_messages() -> Iterator[tuple[str, str]]:
    """The name and the message of every call that starts with both, as `DataError("no-data", "no coverage data")`."""
    for path in Path(covgate.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(args=[ast.Constant(value=str(name)), message, *_]) if name in NAMES:
                    yield from ((name, text) for text in texts_of(message))


NAMED = set(named_messages())


def test_every_name_has_a_section_and_every_section_a_name() -> None:
    assert tuple(re.findall("^### (.+)$", PAGE, re.MULTILINE)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_section_quotes_a_message_and_says_what_to_do(name: str) -> None:
    quoted, _, words = SECTIONS[name].strip().partition("\n\n")
    assert quoted.startswith("- `")
    assert words.count(". ") + words.count(".\n") + words.count(":") + words.endswith(".") >= 2


@pytest.mark.parametrize(("name", "message"), MESSAGES)
def test_a_message_of_the_page_is_one_of_the_code(name: str, message: str) -> None:
    assert any(message in line for line in CATALOGUE)
    names = {known for known, text in NAMED if text == message}
    assert not names or name in names


def test_every_name_is_used() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(covgate.__file__).parent.rglob("*.py")
        if path.name != "errors.py"
    )
    assert [name for name in NAMES if f'"{name}"' not in code] == ["internal-error"]

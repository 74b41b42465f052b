"""docs/errors.md explains messages that the code really prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEADINGS = re.findall("^### `(.+)`$", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), re.MULTILINE)
CATALOGUE = (ROOT / "tests" / "texts.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("message", HEADINGS)
def test_a_message_of_the_page_is_one_of_the_code(message: str) -> None:
    assert any(message in line for line in CATALOGUE)


def test_the_page_has_messages() -> None:
    assert len(HEADINGS) > 15

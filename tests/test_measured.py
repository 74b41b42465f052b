"""docs/measured.md: what README and docs say was measured stands there, and in the file that is named."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "measured.md").read_text(encoding="utf-8")
ROW = re.compile(r'^\| (\S+) \| "(.+)" \| `(\S+)` \| (\S+) \|$', re.MULTILINE)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Claim(NamedTuple):
    page: str
    words: str
    step: str
    file: str


CLAIMS = [Claim(page, words.replace("\\|", "|"), step, file) for page, words, step, file in ROW.findall(PAGE)]


def numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in NUMBER.findall(text)}


def spoken(page: str) -> str:
    return " ".join((ROOT / page).read_text(encoding="utf-8").split())


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.words)
def test_a_claim_stands_where_the_page_says(claim: Claim) -> None:
    assert claim.words in spoken(claim.page)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.words)
def test_its_numbers_stand_in_the_file_that_measured_them(claim: Claim) -> None:
    assert numbers(claim.words) <= numbers((ROOT / claim.file).read_text(encoding="utf-8"))


def test_each_row_of_the_page_is_a_claim() -> None:
    assert len(CLAIMS) == PAGE.count("\n| ") - 1 > 10


def test_the_steps_are_those_of_the_command() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "all.py"), "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert all(re.search(rf"\b{re.escape(claim.step)}\b", said) for claim in CLAIMS)


def test_every_ratio_that_a_page_speaks_of_is_a_claim() -> None:
    pages = ["README.md", *(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md") if page.name != "measured.md")]
    for page in pages:
        for ratio in re.findall(r"\b\d+\.\d+ x\b", spoken(page)):
            assert any(ratio in claim.words for claim in CLAIMS if claim.page == page), (page, ratio)

"""Why lines are no longer covered: what became of the tests that used to run them, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from covgate.model.lost_tests import LostTest, LostTests
from covgate.model.missing import range_in_words
from covgate.model.words import counted
from covgate.reports.text import Quote, printable

MOST = 3
"""Tests that are named of each fate."""
WORDS = {
    "deleted": ("was deleted", "were deleted"),
    "skipped": ("was skipped", "were skipped"),
    "failed": ("failed", "failed"),
    "not run": ("did not run", "did not run"),
    "not reaching": ("runs, but no longer reaches {}", "run, but none of them reaches {} any more"),
}


def lost_test_lines(found: Iterable[LostTests], quote: Quote = printable) -> Iterator[str]:
    """Yield a sentence for each group of lines: `src/a.py:31-33: tests/test_a.py::test_vat was deleted`."""
    for one in found:
        ranges = ", ".join(map(range_in_words, one.lines.ranges()))
        yield f"{quote(f'{one.path}:{ranges}')}: {'; '.join(_fates(one, quote))}"


def _fates(found: LostTests, quote: Quote) -> Iterator[str]:
    lines = "this line" if len(found.lines) == 1 else "these lines"
    for fate, (singular, plural) in WORDS.items():
        tests = [one for one in found.tests if one.fate == fate]
        if tests:
            yield f"{_named(tests, quote)} {(singular if len(tests) == 1 else plural).format(lines)}"
    renamed = [one for one in found.tests if one.fate == "renamed"]
    for one in renamed[:MOST]:
        yield f"{quote(one.test)} was renamed to {quote(one.renamed_to or '')}, which did not run"
    if len(renamed) > MOST:
        count = len(renamed) - MOST
        yield f"{counted(count, 'more test')} {'was' if count == 1 else 'were'} renamed, and did not run"


def _named(tests: list[LostTest], quote: Quote) -> str:
    names = [
        quote(one.test) if one.renamed_to is None else f"{quote(one.test)} (now {quote(one.renamed_to)})"
        for one in tests[:MOST]
    ]
    if len(tests) > MOST:
        names.append(counted(len(tests) - MOST, "more test"))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

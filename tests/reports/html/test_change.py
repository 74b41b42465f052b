"""The change on the page: its modules, its source, and what of it is folded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from builders import TODAY, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile
from covgate.model.run_context import RunContext
from covgate.model.verdict import Verdict
from covgate.reports.html.change import LISTED, MOST_LINES, OPEN_LINES, build_change
from covgate.reports.html.modules import list_modules
from pages import changed, page


def test_the_change_is_shown_as_source() -> None:
    assert page(changed()).under("The change") == [
        "p: 1 file changed, compared with main (0123456)",
        "caption: Touched modules: statements and branches in their changed lines",
        "tr: Module | Status | Covered | Missing",
        "tr: src/shop/refund.py | modified | 60.0 % | 2 of 5",
        "h3: Uncovered changed lines",
        "p: Marks: > never ran ~ ran, but not every branch | changed",
        "h4: src/shop/refund.py",
        "li: 1line(1)",
        "li: 2~partial: line(2)never jumped to 9",
        "li: 3line(3)",
        "li: 4>missing: line(4)",
        "li: 5line(5)",
        "li: 6line(6)",
        "li: 7line(7)",
    ]


def test_a_change_that_is_not_judged_is_shown_all_the_same() -> None:
    shown = page(changed(total=10, changed={"lines": False}))
    assert shown.under("Totals")[4:] == ["h3: Change", "p: 60.0 %", "p: 3 of 5 statements and branches covered"]
    files = (ChangedFile(path="readme.md", status="modified", lines=((1, 2),)),)
    change = Change(base=None, base_source="the diff x", files=files)
    prose = judge(snapshot(module("a.py", 1, 1)), parse_settings({}), RunContext(today=TODAY), change)
    assert page(prose).under("The change") == [
        "p: 1 file changed, compared with the diff x",
        "p: The change has no code that coverage counts.",
    ]


def test_a_change_all_of_which_ran_says_so() -> None:
    files = (ChangedFile(path="a.py", status="added", lines=((1, 3),)),)
    change = Change(base=None, base_source="the diff x", files=files)
    one = module("a.py", 3, 9, source=("x",) * 9)
    outcome = judge(snapshot(one), parse_settings({}), RunContext(today=TODAY), change)
    assert page(outcome).under("The change")[:2] == [
        "p: 1 file changed, compared with the diff x",
        "p: Every changed line is covered.",
    ]


def wide_change(*counts: int) -> Verdict:
    """A change of one module a count, with so many lines that nothing ran."""
    modules = [module(f"m{at:02}.py", 0, n, source=("x",) * n) for at, n in enumerate(counts)]
    files = tuple(
        ChangedFile(path=one.path, status="added", lines=((1, n),)) for one, n in zip(modules, counts, strict=True)
    )
    change = Change(base=None, base_source="the diff x", files=files)
    return judge(snapshot(*modules), parse_settings({}), RunContext(today=TODAY), change)


def test_a_change_without_tests_for_accepted_lines_says_so() -> None:
    files = (ChangedFile(path="a.py", status="added", lines=((8, 9),)),)
    change = Change(base=None, base_source="the diff x", files=files)
    settings = {"accept": [{"module": "a.py", "lines": "8-9", "reason": "old"}]}
    one = module("a.py", 7, 9, source=("x",) * 9)
    outcome = judge(snapshot(one), parse_settings(settings), RunContext(today=TODAY), change)
    assert "p: Every changed line is covered or accepted." in page(outcome).under("The change")


def test_source_beyond_the_first_lines_is_folded_and_counted() -> None:
    section = page(wide_change(100, 5)).under("The change")
    assert [line for line in section if not line.startswith(("li: ", "p: ", "caption: ", "tr: "))] == [
        "h3: Uncovered changed lines",
        "h4: m00.py",
        f"summary: {100 - OPEN_LINES} more uncovered lines of m00.py",
        "summary: m01.py 5 uncovered lines",
    ]
    assert sum(line.startswith("li: ") for line in section) == 105


def test_modules_beyond_the_first_are_folded_and_counted() -> None:
    section = page(wide_change(*[7] * (LISTED + 2))).under("The change")
    summaries = [line for line in section if line.startswith("summary: ")]
    assert summaries == [
        "summary: 2 more touched modules",
        f"summary: {7 * 9 - OPEN_LINES} more uncovered lines of m08.py",
        "summary: m09.py 7 uncovered lines",
        "summary: 2 more modules with 14 uncovered lines",
        "summary: m10.py 7 uncovered lines",
        "summary: m11.py 7 uncovered lines",
    ]
    assert sum(line.startswith("tr: m") for line in section) == LISTED + 2


def test_source_that_is_too_long_for_the_page_is_counted_in_lines() -> None:
    section = page(wide_change(MOST_LINES - 10, 30)).under("The change")
    assert "p: and 20 more uncovered lines of the change, not on this page" in section
    assert sum(line.startswith("li: ") for line in section) == MOST_LINES


@given(st.lists(st.integers(1, 90), max_size=14))
def test_every_uncovered_line_is_open_or_counted_as_folded(counts: list[int]) -> None:
    change = wide_change(*counts).change
    assert change is not None
    section = build_change(change, list_modules(wide_change(*counts)))
    is_open = sum(len(place) for one in section.sources for place in one.open)
    assert is_open <= OPEN_LINES
    assert is_open + sum(one.folded_count for one in section.sources) + section.left_out == sum(counts)

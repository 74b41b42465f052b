"""Numbers of modules, and which statements hold which lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import branch, module, snapshot
from covgate.model.change import WHOLE_FILE
from covgate.model.lines import LineRange, Lines
from covgate.model.share import Share
from covgate.model.snapshot import NO_LINES, NO_TEXT, SourceText, lines_within

# Statements start in lines 1, 3, 7 and 8; those of 3 and 8 stand on several lines.
CALLS = SourceText(lines=("",) * 10, extents=((3, 6), (8, 10)))
STATEMENTS = Lines.of((1, 3, 7, 8))


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ((), []),
        (((1, 1),), [1]),
        (((2, 2),), []),  # between statements
        (((5, 5),), [3]),  # within one
        (((6, 8),), [3, 7, 8]),
        (((10, 99),), [8]),
        (((4, 4), (10, 10)), [3, 8]),
        (WHOLE_FILE, [1, 3, 7, 8]),
    ],
)
def test_j4_a_line_belongs_to_the_statement_whose_extent_holds_it(
    ranges: tuple[LineRange, ...], expected: list[int]
) -> None:
    assert list(CALLS.statements_at(ranges, STATEMENTS)) == expected


def test_only_the_given_statements_are_found() -> None:
    assert list(CALLS.statements_at(((1, 10),), Lines.of((7, 8)))) == [7, 8]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [((), []), ((1, 7), [1, 7]), ((3,), [3, 4, 5, 6]), ((1, 8), [1, 8, 9, 10])],
)
def test_all_lines_of_a_statement_are_those_of_its_extent(statements: tuple[int, ...], expected: list[int]) -> None:
    assert list(CALLS.all_lines_of(Lines.of(statements))) == expected


@given(st.sets(st.sampled_from([1, 3, 7, 8])))
def test_the_lines_of_statements_lead_back_to_them(statements: set[int]) -> None:
    lines = CALLS.all_lines_of(Lines.of(statements))
    assert CALLS.statements_at([(line, line) for line in lines], STATEMENTS) == Lines.of(statements)


def test_without_a_text_each_statement_is_one_line() -> None:
    assert NO_TEXT.all_lines_of(STATEMENTS) == STATEMENTS
    assert list(NO_TEXT.statements_at(WHOLE_FILE, STATEMENTS)) == [1, 3, 7, 8]


def test_ranges_end_with_the_file() -> None:
    assert list(lines_within(((2, 3), (5, 2**40)), 6)) == [2, 3, 5, 6]
    assert lines_within(((7, 8),), 6) == NO_LINES


def test_units_are_statements_and_branches() -> None:
    one = module("a.py", 2, 3, branches=(branch(1, 2), branch(2, 3, 3, -1)))
    assert (one.branch_units, one.branches_missing) == (5, 2)
    assert (one.units, one.units_missing, one.covered) == (8, 3, 5)


@pytest.mark.parametrize(("covered", "units", "never"), [(0, 3, True), (1, 3, False), (0, 0, False)])
def test_a_module_without_statements_is_not_one_that_never_ran(covered: int, units: int, never: bool) -> None:
    assert module("a.py", covered, units).never_ran is never


def test_a_snapshot_counts_what_was_measured_and_lists_what_was_not() -> None:
    one, two, new = module("a.py", 1, 2), module("b.py", 3, 3), module("new.py", 0, 9)
    both = snapshot(one, two, unmeasured=(new,))
    assert both.share == Share(covered=4, units=5)
    assert both.all_modules == (new, one, two)
    assert both.text_of("nowhere.py") == NO_TEXT

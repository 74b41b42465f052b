"""Sets of line numbers, against Python's own sets."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.model.lines import Lines, parse_ranges

numbers = st.frozensets(st.integers(0, 200))


@given(numbers, numbers)
def test_they_are_what_sets_of_numbers_are(one: frozenset[int], other: frozenset[int]) -> None:
    a, b = Lines.of(one), Lines.of(other)
    assert list(a) == sorted(one)
    assert len(a) == len(one)
    assert bool(a) is bool(one)
    assert {n for n in range(201) if n in a} == one
    assert set(a & b) == one & other
    assert set(a | b) == one | other
    assert set(a - b) == one - other
    assert (a <= b) is (one <= other)
    assert (a == b) is (one == other)


@given(st.integers(0, 100), st.integers(-1, 100))
def test_between_holds_both_ends(first: int, last: int) -> None:
    assert list(Lines.between(first, last)) == list(range(first, last + 1))


@given(numbers, numbers)
def test_runs_hold_exactly_the_given_lines_among_the_others(statements: frozenset[int], lines: frozenset[int]) -> None:
    missing = lines & statements
    runs = list(Lines.of(missing).runs(Lines.of(statements)))
    assert {line for line in statements for first, last in runs if first <= line <= last} == missing
    assert runs == sorted(runs)
    for (_, end), (start, _) in itertools.pairwise(runs):
        assert any(end < line < start for line in statements - missing)  # else they were one run


def test_runs_go_on_over_lines_without_code() -> None:
    assert list(Lines.of([2, 3, 7, 12]).runs(Lines.of([1, 2, 3, 7, 9, 12]))) == [(2, 7), (12, 12)]


@pytest.mark.parametrize("text", ["", "x", "3-", "-3", "0", "3,,4", "3 4", "\u00b2"])
def test_what_is_no_range_is_an_error_that_says_what_is(text: str) -> None:
    with pytest.raises(ValueError, match="lines such as 12, 12-15 or 12-15, 20"):
        parse_ranges(text)


def test_ranges_are_read_in_order() -> None:
    assert parse_ranges("20 , 12-15,3") == ((3, 3), (12, 15), (20, 20))


@given(numbers)
def test_ranges_hold_exactly_these_lines(lines: frozenset[int]) -> None:
    ranges = list(Lines.of(lines).ranges())
    assert [line for first, last in ranges for line in range(first, last + 1)] == sorted(lines)
    assert all(second[0] > first[1] + 1 for first, second in itertools.pairwise(ranges))

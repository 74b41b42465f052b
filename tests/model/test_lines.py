"""Sets of line numbers, against Python's own sets."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from covgate.model.lines import Lines

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

"""J1: decided on integers, shown so that what is shown agrees with what was decided."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.model.percent import points_short, reaches, shown_percent, shown_points, shown_target, to_reach

targets = st.decimals(min_value=0, max_value=100, places=3)
shares = st.integers(0, 10_000).flatmap(lambda units: st.tuples(st.integers(0, units), st.just(units)))


@given(shares, targets)
def test_j1_what_is_decided_is_the_exact_share(share: tuple[int, int], target: Decimal) -> None:
    covered, units = share
    exact = units == 0 or Fraction(covered, units) * 100 >= Fraction(target)
    assert reaches(covered, units, target) is exact


@given(shares, targets)
def test_j1_units_to_reach_are_the_fewest_that_suffice(share: tuple[int, int], target: Decimal) -> None:
    covered, units = share
    short = to_reach(covered, units, target)
    assert reaches(covered + short, units, target)
    assert short == 0 or not reaches(covered + short - 1, units, target)
    assert covered + short <= units or short == 0


@given(shares, targets)
def test_j1_a_failing_number_never_reads_as_its_target(share: tuple[int, int], target: Decimal) -> None:
    covered, units = share
    if not reaches(covered, units, target):
        assert Decimal(shown_percent(covered, units)) < target


@given(shares)
def test_j1_what_is_shown_is_floored_to_one_decimal(share: tuple[int, int]) -> None:
    covered, units = share
    shown = shown_percent(covered, units)
    if units:
        exact = Fraction(100 * covered, units)
        assert Fraction(shown) <= exact < Fraction(shown) + Fraction(1, 10)
        assert (shown == "100.0") is (covered == units)


@pytest.mark.parametrize(
    ("covered", "units", "target", "shown", "passes"),
    [
        (200, 201, 100, "99.5", False),  # rounding would call it 100
        (8, 9, Decimal("88.889"), "88.8", False),  # 88.888... is below, whatever rounding says
        (8, 9, Decimal("88.8"), "88.8", True),
        (19999, 20000, 100, "99.9", False),
        (0, 7, 0, "0.0", True),
        (1, 3, Decimal("33.333333333333333333333333333333333334"), "33.3", False),
    ],
)
def test_j1_the_cases_that_rounding_gets_wrong(
    covered: int, units: int, target: Decimal, shown: str, passes: bool
) -> None:
    assert shown_percent(covered, units) == shown
    assert reaches(covered, units, Decimal(target)) is passes


def test_j5_nothing_to_cover_reaches_everything_and_is_shown_as_neither_0_nor_100() -> None:
    assert reaches(0, 0, Decimal(100))
    assert to_reach(0, 0, Decimal(100)) == 0
    assert points_short(0, 0, Decimal(100)) == 0
    assert shown_percent(0, 0) == "-"


@pytest.mark.parametrize(
    ("target", "shown"), [("80", "80"), ("80.0", "80"), ("1E+1", "10"), ("92.50", "92.5"), ("100", "100"), ("0", "0")]
)
def test_a_target_is_shown_as_its_owner_wrote_it(target: str, shown: str) -> None:
    assert shown_target(Decimal(target)) == shown


@pytest.mark.parametrize(
    ("points", "shown"),
    [(Fraction(-461, 100), "-4.61"), (Fraction(1, 3), "0.33"), (Fraction(-1, 1000), "0.00"), (Fraction(50), "50.00")],
)
def test_points_have_two_places(points: Fraction, shown: str) -> None:
    assert shown_points(points) == shown

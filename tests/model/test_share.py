"""Shares add up, and a target is one of the units that are required."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from covgate.model.share import NO_UNITS, Share


@st.composite
def shares(draw: st.DrawFn) -> Share:
    covered, missing = draw(st.integers(0, 999)), draw(st.integers(0, 999))
    return Share(covered, covered + missing, draw(st.integers(0, missing)))


TARGETS = st.decimals(0, 100, places=2)


@given(shares(), shares(), shares())
def test_they_add_up_in_any_order(one: Share, two: Share, three: Share) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + NO_UNITS == one
    total = one + two
    assert total.missing == one.missing + two.missing
    assert total.required_missing == one.required_missing + two.required_missing


@given(shares(), TARGETS)
def test_nothing_is_needed_exactly_where_the_target_is_reached(share: Share, target: Decimal) -> None:
    assert (share.needed(target) == 0) == share.reaches(target) == (share.points_short(target) == 0)


@given(shares(), TARGETS)
def test_what_is_needed_is_the_least_that_reaches_it(share: Share, target: Decimal) -> None:
    needed = share.needed(target)
    assert needed <= share.required_missing
    assert Share(share.covered + needed, share.units, share.accepted).reaches(target)
    assert not needed or not Share(share.covered + needed - 1, share.units, share.accepted).reaches(target)


@given(shares(), TARGETS)
def test_j1_accepted_units_count_as_if_they_were_not_there(share: Share, target: Decimal) -> None:
    without = Share(share.covered, share.units - share.accepted)
    assert share.reaches(target) == without.reaches(target)
    assert share.needed(target) == without.needed(target)
    assert share.points_short(target) == without.points_short(target)


def test_half_of_what_is_required() -> None:
    share = Share(covered=3, units=10, accepted=4)
    assert (share.missing, share.required_missing) == (7, 3)
    assert (share.reaches(Decimal(50)), share.reaches(Decimal(51))) == (True, False)
    assert share.needed(Decimal(100)) == 3
    assert share.points_short(Decimal("62.5")) == Fraction(25, 2)

"""H8: how far a subject moved, in exact points."""

from __future__ import annotations

from fractions import Fraction

import pytest

from covgate.model.comparison import Categories, Comparison, ModuleMovement, Movement
from covgate.model.share import Share


@pytest.mark.parametrize(
    ("before", "now", "points"),
    [
        (Share(1, 3), Share(2, 3), Fraction(100, 3)),
        (Share(3, 3), Share(2, 3), Fraction(-100, 3)),
        (None, Share(1, 1), None),
        (Share(1, 1), None, None),
        (Share(0, 0), Share(1, 1), None),
    ],
)
def test_points(before: Share | None, now: Share | None, points: Fraction | None) -> None:
    assert Movement(before, now).points == points


@pytest.mark.parametrize(
    ("before", "now", "categories", "drop"),
    [
        (Share(9, 10), Share(8, 10), Categories(LBC=1), 10),
        (Share(8, 10), Share(9, 10), Categories(GBC=1), 0),
        (Share(19, 20), Share(9, 10), Categories(DCB=10), 0),
        (Share(19, 20), Share(9, 10), Categories(ECB=10), 0),
        (Share(15, 20), Share(5, 10), Categories(DCB=5, DUB=5), 50),
        (Share(10, 10), Share(0, 0), Categories(DCB=10), 0),
        (None, Share(0, 10), Categories(UNC=10), 0),
    ],
)
def test_h8_a_drop_is_what_is_lost_without_the_code_that_is_gone(
    before: Share | None, now: Share, categories: Categories, drop: Fraction
) -> None:
    assert Movement(before, now, categories).drop == drop


def test_categories_are_summed_and_count_both_sides() -> None:
    both = Categories(GNC=1, DUB=2).plus(Categories(CBC=3, unknown_now=4, unknown_before=5))
    assert (both.units_now, both.units_before) == (8, 10)


def test_what_moved() -> None:
    still = ModuleMovement("a.py", Movement(Share(1, 2), Share(1, 2)))
    moved = ModuleMovement("b.py", Movement(Share(1, 2), Share(2, 2)))
    assert Comparison(Movement(None, None), (), (still, moved)).moved == (moved,)

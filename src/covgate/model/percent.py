"""Percentages decided on integers, and shown so that what is shown agrees with what was decided."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

NOTHING = "-"
"""Shown for a subject without units: neither 0 % nor 100 %."""


@lru_cache(maxsize=256)
def _ratio(target: Decimal) -> tuple[int, int]:
    """Return a target as a ratio of whole numbers: 57.5 % is 115/200."""
    numerator, denominator = target.as_integer_ratio()
    return numerator, 100 * denominator


def reaches(covered: int, units: int, target: Decimal) -> bool:
    """Return whether covered / units is at least `target` per cent; a subject without units reaches any."""
    numerator, denominator = _ratio(target)
    return covered * denominator >= numerator * units


def to_reach(covered: int, units: int, target: Decimal) -> int:
    """Return the units still to cover: ceil(target * units / 100) - covered, never below 0."""
    numerator, denominator = _ratio(target)
    return max(0, -(-numerator * units // denominator) - covered)


def points_short(covered: int, units: int, target: Decimal) -> Fraction:
    """Percentage points missing to `target`, never below 0."""
    if not units:
        return Fraction(0)
    return max(Fraction(0), Fraction(target) - Fraction(100 * covered, units))


def shown_percent(covered: int, units: int) -> str:
    """Floored to one decimal, so 100.0 is only shown for all and a failure never reads as its target."""
    if not units:
        return NOTHING
    tenths = 1000 * covered // units
    return f"{tenths // 10}.{tenths % 10}"


def shown_points(points: Fraction) -> str:
    """Percentage points to two places, rounded: `-4.61`."""
    hundredths = round(100 * points)
    return f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


def shown_target(target: Decimal) -> str:
    """A target as its owner wrote it, without trailing zeros or exponents."""
    text = f"{target:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

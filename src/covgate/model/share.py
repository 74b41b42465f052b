"""Shares of units: integers until they are shown, summed by `+`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from covgate.model.percent import points_short, reaches, to_reach


@dataclass(frozen=True, slots=True)
class Share:
    """Units of one subject: `covered` of `units` ran, and of the others `accepted` need not run.

    A target is a percentage of the units that are required: `units - accepted`.
    """

    covered: int = 0
    units: int = 0
    accepted: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.covered + other.covered, self.units + other.units, self.accepted + other.accepted)

    @property
    def missing(self) -> int:
        return self.units - self.covered

    @property
    def required_missing(self) -> int:
        return self.missing - self.accepted

    def reaches(self, target: Decimal) -> bool:
        return reaches(self.covered, self.units - self.accepted, target)

    def needed(self, target: Decimal) -> int:
        """Return how many units are still to cover to reach `target`."""
        return to_reach(self.covered, self.units - self.accepted, target)

    def points_short(self, target: Decimal) -> Fraction:
        """Return the percentage points missing to `target`."""
        return points_short(self.covered, self.units - self.accepted, target)


NO_UNITS = Share()

"""Goals: what the total and the components work towards. Missing one never fails anything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from covgate.model.share import Share


class Goal(NamedTuple):
    """The goal of the total or of a component, beside what is covered today."""

    component: str | None
    """The component's name; None for the total."""
    share: Share
    percent: Decimal
    by: date | None
    """The day by which it is to be reached."""
    source: str
    """The key path of the table that sets it."""

    @property
    def needed(self) -> int:
        """Return how many units are still to cover."""
        return self.share.needed(self.percent)

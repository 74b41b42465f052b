"""Percentages in hundredths, and differences of what is shown, so that columns agree to the last digit."""

from __future__ import annotations

from covgate.model.percent import NOTHING
from covgate.model.share import Share


def hundredths(share: Share | None) -> int | None:
    """Return a percentage in hundredths, floored: 100.00 is only shown for all. None without units."""
    return 10000 * share.covered // share.units if share is not None and share.units else None


def shown_hundredths(value: int | None) -> str:
    return NOTHING if value is None else f"{value // 100}.{value % 100:02}"


def difference(before: int | None, now: int | None) -> int | None:
    return None if before is None or now is None else now - before


def signed_points(value: int | None) -> str:
    """`+1.90`, `-0.05`, `0.00`."""
    if value is None:
        return NOTHING
    return f"{_sign(value)}{shown_hundredths(abs(value))}"


def signed(value: int | None) -> str:
    """`+12`, `-3`, `0`."""
    return NOTHING if value is None else f"{_sign(value)}{abs(value)}"


def _sign(value: int) -> str:
    return "+" if value > 0 else "-" if value < 0 else ""

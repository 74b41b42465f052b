"""Percentages as whole tenths or hundredths, and their differences, so that columns agree to the last digit."""

from __future__ import annotations

from covgate.model.percent import NOTHING
from covgate.model.share import Share


def hundredths(share: Share | None) -> int | None:
    """Return a percentage in hundredths, floored: 100.00 is only shown for all. None without units."""
    return _floored(share, 2)


def tenths(share: Share | None) -> int | None:
    """Return a percentage in tenths, floored."""
    return _floored(share, 1)


def shown_hundredths(value: int | None) -> str:
    return _shown(value, 2)


def difference(before: int | None, now: int | None) -> int | None:
    return None if before is None or now is None else now - before


def signed_points(value: int | None) -> str:
    """Show hundredths: `+1.90`, `-0.05`, `0.00`."""
    return NOTHING if value is None else f"{_sign(value)}{_shown(abs(value), 2)}"


def signed_tenths(value: int | None) -> str:
    """Show tenths: `+1.9`, `-0.1`, `0.0`."""
    return NOTHING if value is None else f"{_sign(value)}{_shown(abs(value), 1)}"


def signed(value: int | None) -> str:
    """`+12`, `-3`, `0`."""
    return NOTHING if value is None else f"{_sign(value)}{abs(value)}"


def _floored(share: Share | None, places: int) -> int | None:
    return 10 ** (2 + places) * share.covered // share.units if share is not None and share.units else None


def _shown(value: int | None, places: int) -> str:
    if value is None:
        return NOTHING
    whole, rest = divmod(value, 10**places)
    return f"{whole}.{rest:0{places}}"


def _sign(value: int) -> str:
    return "+" if value > 0 else "-" if value < 0 else ""

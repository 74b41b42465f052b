"""How far a subject has come on its way to its goal, and whether it is fast enough."""

from __future__ import annotations

from fractions import Fraction

from covgate.model.share import Share
from covgate.model.trend import MONTH, Pace, Progress, Trend

FEWEST = 5
"""Records below which nothing is said of a pace."""


def find_progress(trend: Trend) -> Progress | None:
    """Return the progress over the last points that a line joins; None without a goal, or where it was always met."""
    lines = list(trend.lines)
    if trend.goal is None or not lines or len(lines[-1]) < 2:
        return None
    first, last = lines[-1][0], lines[-1][-1]
    if first.share is None or last.share is None:
        return None
    start, now, goal = _percent(first.share), _percent(last.share), Fraction(trend.goal)
    if start >= goal:
        return None
    way = min(Fraction(1), max(Fraction(0), (now - start) / (goal - start)))
    days = (last.time - first.time).days
    if trend.by is None or way == 1 or len(lines[-1]) < FEWEST or not days:
        return Progress(first.share, last.share, way)
    left = (trend.by - last.time.date()).days
    needed = MONTH * (goal - now) / left if left > 0 else None
    return Progress(first.share, last.share, way, Pace(MONTH * (now - start) / days, needed, trend.by))


def _percent(share: Share) -> Fraction:
    return Fraction(100 * share.covered, share.units)

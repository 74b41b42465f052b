"""How far a subject has come on its way to its goal, and whether it is fast enough."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from covgate.model.share import Share
from covgate.model.trend import MONTH, Pace, Progress, Start, Trend

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
    start = Start(first.share, first.time, last.time, len(lines[-1]))
    return measure_progress(start, last.share, trend.goal, trend.by)


def measure_progress(start: Start, now: Share, goal: Decimal, by: date | None) -> Progress | None:
    """Return the progress from a start, which has units as `now` has; None where the goal was met there."""
    before, after, aim = _percent(start.share), _percent(now), Fraction(goal)
    if before >= aim:
        return None
    way = min(Fraction(1), max(Fraction(0), (after - before) / (aim - before)))
    progress = Progress(start.share, now, start.time.date(), goal, way)
    days = (start.now - start.time).days
    if by is None or way == 1 or start.records < FEWEST or not days:
        return progress
    left = (by - start.now.date()).days
    needed = MONTH * (aim - after) / left if left > 0 else None
    return progress._replace(pace=Pace(MONTH * (after - before) / days, needed, by))


def _percent(share: Share) -> Fraction:
    return Fraction(100 * share.covered, share.units)

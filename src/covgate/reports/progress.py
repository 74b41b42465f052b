"""How far the way to a goal is done, in words that several reports share."""

from __future__ import annotations

import math

from covgate.model.percent import shown_percent, shown_points, shown_target
from covgate.model.trend import MONTH, Pace, Progress
from covgate.model.verdict import Verdict


def progress_of_total(verdict: Verdict) -> Progress | None:
    """Return the progress that a report of a verdict tells: only where every check passes."""
    return verdict.progress if verdict.status == "passed" else None


def way_in_words(progress: Progress) -> str:
    """`57.2 -> 62.8 of 80: 24 % of the way since 2026-05-01`."""
    before, now = (shown_percent(share.covered, share.units) for share in (progress.first, progress.last))
    way = f"{math.floor(100 * progress.way)} % of the way since {progress.since}"
    return f"{before} -> {now} of {shown_target(progress.goal)}: {way}"


def pace_in_words(pace: Pace) -> str:
    """Say how fast it goes, and how fast it would have to."""
    words = f"pace: {shown_points(pace.gained)} points in {MONTH} days; "
    if pace.needed is None:
        return f"{words}that day, {pace.by}, has passed"
    return f"{words}{shown_points(pace.needed)} needed to be there by {pace.by}"

"""The way to a goal, and the pace."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest

from covgate.judge.progress import find_progress
from covgate.model.share import Share
from covgate.model.trend import Pace, Trend, TrendPoint
from covgate.reports.styled import plain
from covgate.reports.trend import trend_text

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def trend(*covered: int, goal: int | None = 80, by: date | None = None) -> Trend:
    """A record every 30 days, each of 100 statements."""
    points = tuple(
        TrendPoint(START + timedelta(days=30 * at), f"{at:040}", Share(count, 100)) for at, count in enumerate(covered)
    )
    made = Trend("total", points, goal=None if goal is None else Decimal(goal), by=by)
    return made._replace(progress=find_progress(made))


@pytest.mark.parametrize(
    ("covered", "way"),
    [((50, 60), Fraction(1, 3)), ((50, 80), 1), ((50, 90), 1), ((50, 40), 0), ((50, 50), 0)],
)
def test_the_way_is_a_part_of_that_from_the_first_record_to_the_goal(covered: tuple[int, int], way: Fraction) -> None:
    progress = trend(*covered).progress
    assert progress is not None
    assert (progress.way, progress.pace) == (way, None)


@pytest.mark.parametrize("made", [trend(50), trend(50, 60, goal=None), trend(80, 60), trend(90, 95)])
def test_without_a_way_there_is_no_progress(made: Trend) -> None:
    assert made.progress is None


def test_the_pace_needs_five_records_and_a_day() -> None:
    by = date(2026, 6, 30)
    assert trend(50, 52, 54, 56, by=by).progress == trend(50, 52, 54, 56).progress
    progress = trend(50, 52, 54, 56, 58, by=by).progress
    assert progress is not None
    assert progress.pace == Pace(gained=Fraction(2), needed=Fraction(30 * 22, 60), by=by)


def test_it_is_told_below_the_sparkline() -> None:
    text = plain(trend_text(trend(50, 52, 54, 56, 58, by=date(2026, 6, 30)), 80, blocks=True))
    assert text.splitlines()[-2:] == [
        "50.00 -> 58.00 of the goal of 80 %: 26 % of the way",
        "pace: 2.00 points in 30 days; 11.00 needed to be there by 2026-06-30",
    ]
    passed = plain(trend_text(trend(50, 52, 54, 56, 58, by=date(2026, 2, 1)), 80, blocks=True))
    assert passed.endswith("pace: 2.00 points in 30 days; that day, 2026-02-01, has passed\n")

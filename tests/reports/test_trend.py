"""The texts and the picture of a trend, for any history."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.model.share import Share
from covgate.model.trend import Trend, TrendPoint
from covgate.reports.styled import plain
from covgate.reports.trend import BLOCKS, DIGITS, can_show_blocks, trend_text
from covgate.reports.trend_svg import HEIGHT, WIDTH, trend_svg

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
SHARES = st.none() | st.integers(0, 20).flatmap(lambda n: st.integers(0, n).map(lambda covered: Share(covered, n)))
POINTS = st.builds(
    TrendPoint,
    time=st.integers(0, 10**6).map(lambda minutes: START + timedelta(minutes=minutes)),
    commit=st.none() | st.text("0123456789abcdef", min_size=40, max_size=40),
    share=SHARES,
    not_comparable=st.sampled_from([None, None, None, "one was <b>, & the other \x1b[31m"]),
)
AIMS = st.none() | st.sampled_from([Decimal(0), Decimal("57.5"), Decimal(80), Decimal(100)])
TRENDS = st.builds(
    Trend,
    title=st.text(max_size=100),
    points=st.lists(POINTS, min_size=1, max_size=30).map(tuple),
    is_one_module=st.booleans(),
    target=AIMS,
    goal=AIMS,
)


def point(day: int, covered: int | None, reason: str | None = None) -> TrendPoint:
    share = None if covered is None else Share(covered, 100)
    return TrendPoint(START + timedelta(days=day), f"{day:040}", share, not_comparable=reason)


def sparkline(*points: TrendPoint, levels: bool = True, width: int = 80) -> str:
    text = plain(trend_text(Trend("total", points), width, blocks=levels))
    return next(line.removeprefix("coverage  ") for line in text.splitlines() if line.startswith("coverage  "))


@given(TRENDS)
def test_a_picture_is_xml_and_stays_in_its_frame(trend: Trend) -> None:
    picture = ElementTree.fromstring(trend_svg(trend))
    for element in picture.iter():
        places = [
            (float(element.get(x, "0")), float(element.get(y, "0")))
            for x, y in (("x1", "y1"), ("x2", "y2"), ("cx", "cy"))
        ]
        places += [(float(x), float(y)) for x, y in (p.split(",") for p in element.get("points", "").split())]
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
    lines = [element for element in picture.iter() if element.get("class") == "line"]
    assert [len(line.get("points", "").split()) for line in lines] == [len(one) for one in trend.lines if len(one) > 1]


@given(TRENDS)
def test_from_left_to_right_the_picture_follows_the_history(trend: Trend) -> None:
    """Also where the clocks of the committers went back."""
    picture = ElementTree.fromstring(trend_svg(trend))
    across = [float(element.get("cx", "0")) for element in picture.iter() if element.get("class") == "point"]
    if len(set(trend.points)) == len(trend.points):
        assert across == sorted(across)


@given(TRENDS, st.integers(20, 120), st.booleans())
def test_the_text_is_printable_and_has_each_point(trend: Trend, width: int, blocks: bool) -> None:
    text = plain(trend_text(trend, width, blocks=blocks, all_rows=True))
    assert "\x1b" not in text
    assert len(re.findall(r"^2026-|^2027-", text, re.MULTILINE)) == len(trend.points)
    assert ("lowest to highest" in text) == (len(trend.points) > 1 and trend.has_a_line)


@pytest.mark.parametrize(
    ("points", "marks"),
    [
        ([point(1, 0), point(2, 50), point(3, 100)], "148"),
        ([point(1, 70), point(2, 70)], "55"),
        ([point(1, 10), point(2, None), point(3, 20), point(4, 20)], "1 88"),
        ([point(1, 10), point(2, 20), point(3, 10, "why"), point(4, 20)], "18|18"),
        ([point(1, 10), point(2, 20), point(3, None), point(4, None)], "18"),
    ],
)
def test_sparklines(points: list[TrendPoint], marks: str) -> None:
    assert sparkline(*points, levels=False) == marks
    assert sparkline(*points) == marks.translate(str.maketrans(DIGITS, BLOCKS))


def test_a_sparkline_that_does_not_fit_ends_with_the_newest_record() -> None:
    shown = sparkline(*[point(day, day) for day in range(100)], levels=False, width=60)
    assert (len(shown), shown[-1], shown[0]) == (50, "8", "1")


@pytest.mark.parametrize(
    ("encoding", "can"), [("utf-8", True), ("ascii", False), ("cp437", False), (None, False), ("x", False)]
)
def test_blocks_need_an_encoding_that_has_them(encoding: str | None, can: bool) -> None:
    assert can_show_blocks(encoding) is can

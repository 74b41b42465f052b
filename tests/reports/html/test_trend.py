"""The picture of the trend in the page."""

from __future__ import annotations

import base64
from datetime import timedelta

from builders import module, snapshot, verdict
from covgate.model.share import Share
from covgate.model.trend import Trend, TrendPoint
from covgate.reports.html.trend import draw_trend
from pages import page
from records import TIME


def test_the_trend_is_a_picture_in_the_page_where_there_is_a_line() -> None:
    points = [TrendPoint(TIME + timedelta(days=at), f"{at:040}", Share(50 + at, 100)) for at in range(3)]
    picture = draw_trend(Trend("total", tuple(points)))
    assert picture is not None
    assert picture.words == "50.0 % on 2026-11-21, 52.0 % now"
    head, _, encoded = picture.address.partition(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(encoded).startswith(b"<svg")
    assert draw_trend(Trend("total", tuple(points[:1]))) is None
    shown = page(verdict(snapshot(module("a.py", 1, 2)))._replace(trend=Trend("total", tuple(points))))
    assert "p: The total from commit to commit: 50.0 % on 2026-11-21, 52.0 % now." in shown.outline

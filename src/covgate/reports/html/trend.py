"""How the total went from commit to commit, as a picture in the page."""

from __future__ import annotations

import base64
from typing import NamedTuple

from covgate.model.percent import shown_percent
from covgate.model.share import NO_UNITS
from covgate.model.trend import Trend
from covgate.reports.trend_svg import trend_svg


class Picture(NamedTuple):
    """An image as the address that holds it, and what it shows in words."""

    address: str
    words: str


def draw_trend(trend: Trend) -> Picture | None:
    """Return the picture; None where no two records are comparable."""
    if not trend.has_a_line:
        return None
    line = list(trend.lines)[-1]
    first, last = (point.share or NO_UNITS for point in (line[0], line[-1]))
    words = f"{shown_percent(first.covered, first.units)} % on {line[0].time:%Y-%m-%d}, "
    words += f"{shown_percent(last.covered, last.units)} % now"
    encoded = base64.b64encode(trend_svg(trend).encode("ascii")).decode("ascii")
    return Picture(f"data:image/svg+xml;base64,{encoded}", words)

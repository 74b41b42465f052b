"""A trend as a static picture: an SVG without script, which loads nothing.

It is written by hand: a chart library would draw the epochs, the target and the goal as series of their own colour, and
name the dates of the axis without their year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from xml.sax.saxutils import escape

from covgate.model.percent import shown_target
from covgate.model.share import Share
from covgate.model.trend import Trend, TrendPoint
from covgate.reports.points import hundredths, shown_hundredths
from covgate.reports.text import cut_right, printable

WIDTH, HEIGHT = 800, 360
LEFT, RIGHT, TOP, BOTTOM = 52, 120, 48, 40
"""Room for the numbers, for the names of target and goal, for the title and for the dates."""
TITLE = 80
"""Characters of a title."""
STEPS = (100, 200, 500, 1000, 2000)
"""Distances between the lines of the grid, in hundredths of a percent."""
MOST_LINES = 6
APART = 14
"""Pixels between two lines of text."""
DATES = 100
"""Pixels that a date takes."""
STYLE = """
text { font: 12px sans-serif; fill: #57606a }
.title { font-size: 16px; fill: #1f2328 }
.grid { stroke: #d0d7de }
.line { fill: none; stroke: #0969da; stroke-width: 2; stroke-linejoin: round }
.point { fill: #0969da }
.target { stroke: #cf222e; stroke-dasharray: 6 4 }
.goal { stroke: #1a7f37; stroke-dasharray: 2 4 }
.epoch { stroke: #57606a; stroke-dasharray: 1 3 }
"""


class _Scale(NamedTuple):
    """Where points and percentages (in hundredths) lie in the picture."""

    places: Mapping[TrendPoint, float]
    low: int
    high: int
    step: int

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (value - self.low) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)


def trend_svg(trend: Trend) -> str:
    """Return the picture as a text in ASCII; all that comes from the project is escaped."""
    title = f"Coverage: {cut_right(printable(trend.title), TITLE)}"
    scale = _scale(trend)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 24, title, "start", "title"),
        *(_empty() if scale is None else _chart(trend, scale)),
        "</svg>",
    ]
    return "\n".join(parts).encode("ascii", "xmlcharrefreplace").decode("ascii") + "\n"


def _scale(trend: Trend) -> _Scale | None:
    """Return a scale that holds all points, the target and the goal; None where nothing is to be drawn."""
    drawn = [point for point in trend.points if point.has_percent]
    if not drawn:
        return None
    values = [_hundredths(point) for point in drawn]
    values += [int(100 * aim) for aim in (trend.target, trend.goal) if aim is not None]
    step = next((step for step in STEPS if max(values) - min(values) <= MOST_LINES * step), STEPS[-1])
    low, high = min(values) // step * step, -(-max(values) // step) * step
    if low == high:
        low, high = (low - step, high) if low else (low, high + step)
    return _Scale(_places(trend.points), low, high, step)


def _places(points: Sequence[TrendPoint]) -> dict[TrendPoint, float]:
    """Return where each point lies from left to right: by its time; where times go back, one after the other."""
    times = [point.time.timestamp() for point in points]
    if times != sorted(times) or times[0] == times[-1]:
        times = list(range(len(points)))
    length = times[-1] - times[0]
    width = WIDTH - LEFT - RIGHT
    parts = [(time - times[0]) / length if length else 0.5 for time in times]
    return {point: LEFT + part * width for point, part in zip(points, parts, strict=True)}


def _empty() -> Iterator[str]:
    yield _text(LEFT, TOP + APART, "No record has anything to cover.", "start")


def _chart(trend: Trend, scale: _Scale) -> Iterator[str]:
    yield from _grid(scale)
    yield from _dates(trend, scale)
    yield from _epochs(trend, scale)
    yield from _aims(trend, scale)
    for line in trend.lines:
        places = [(scale.places[point], scale.y(_hundredths(point))) for point in line]
        if len(places) > 1:
            joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            yield f'<polyline class="line" points="{joined}"/>'
        for point, (x, y) in zip(line, places, strict=True):
            tip = f"{point.time:%Y-%m-%d} {(point.commit or '')[:7]}: {shown_hundredths(_hundredths(point))} %"
            circle = f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="3">'
            yield f"{circle}<title>{escape(printable(tip))}</title></circle>"


def _grid(scale: _Scale) -> Iterator[str]:
    for value in range(scale.low, scale.high + 1, scale.step):
        y = scale.y(value)
        yield _line(LEFT, y, WIDTH - RIGHT, y, "grid")
        yield _text(LEFT - 8, y + 4, f"{value // 100} %", "end")


def _dates(trend: Trend, scale: _Scale) -> Iterator[str]:
    """Name the day of the first and of the last point, and those between them where there is room."""
    first, last = trend.points[0], trend.points[-1]
    taken = float("-inf")
    for point in trend.points:
        x = scale.places[point]
        room = min(x - taken, DATES if point in (first, last) else scale.places[last] - x)
        if room >= DATES or point == first:
            yield _text(x, HEIGHT - BOTTOM + 20, f"{point.time:%Y-%m-%d}", "middle")
            taken = x


def _epochs(trend: Trend, scale: _Scale) -> Iterator[str]:
    """Mark where the numbers stop being comparable, and say why when somebody points at it."""
    for before, after in zip(trend.epochs, trend.epochs[1:], strict=False):
        x = (scale.places[before[-1]] + scale.places[after[0]]) / 2
        reason = escape(printable(after[0].not_comparable or ""))
        yield f"<g><title>not comparable: {reason}</title>{_line(x, TOP, x, HEIGHT - BOTTOM, 'epoch')}"
        yield f"{_text(x, TOP - 6, 'not comparable', 'middle')}</g>"


def _aims(trend: Trend, scale: _Scale) -> Iterator[str]:
    """Draw the target and the goal; where their names would overlap, the lower one moves down."""
    taken: float | None = None
    aims: list[tuple[Decimal, str]] = [
        (percent, name) for name, percent in (("target", trend.target), ("goal", trend.goal)) if percent is not None
    ]
    for percent, name in sorted(aims, reverse=True):
        y = scale.y(float(100 * percent))
        yield _line(LEFT, y, WIDTH - RIGHT, y, name)
        at = y + 4 if taken is None else max(y + 4, taken + APART)
        yield _text(WIDTH - RIGHT + 8, at, f"{name} {shown_target(percent)} %", "start")
        taken = at


def _hundredths(point: TrendPoint) -> int:
    value = hundredths(point.share or Share())
    assert value is not None
    return value


def _line(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    return f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str, name: str = "") -> str:
    style = f' class="{name}"' if name else ""
    return f'<text{style} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'

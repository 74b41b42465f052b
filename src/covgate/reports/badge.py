"""A badge: the total, coloured by how far it is from its target."""

from __future__ import annotations

from fractions import Fraction

from covgate.model.context import ReportContext
from covgate.model.percent import points_short, shown_percent
from covgate.model.verdict import Verdict
from covgate.reports.format import Format

LABEL = "coverage"
NARROW = frozenset(".,: 1il")
GREY, BLUE, GREEN, YELLOW, ORANGE, RED = "#5f6670", "#1f6feb", "#1a7f37", "#9a6700", "#bc4c00", "#cf222e"
"""Dark enough for white letters to be read on them."""


def badge(verdict: Verdict, _: ReportContext) -> str:
    """A self-contained SVG in ASCII; green and blue only where the gate does not fail, grey without a verdict."""
    measured = verdict.measured
    known = verdict.status != "error" and measured.units > 0
    value = f"{shown_percent(measured.covered, measured.units)}%" if known else "unknown"
    left, right = _width(LABEL), _width(value)
    colour = _colour(verdict) if known else GREY
    title = f"{LABEL}: {value}{', gate failed' if verdict.status == 'failed' else ''}"
    width = left + right
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{title}">
<title>{title}</title>
<clipPath id="r"><rect width="{width}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)">
<rect width="{left}" height="20" fill="#3d444d"/>
<rect x="{left}" width="{right}" height="20" fill="{colour}"/>
</g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="{left / 2:g}" y="14" textLength="{left - 10}">{LABEL}</text>
<text x="{left + right / 2:g}" y="14" textLength="{right - 10}">{value}</text>
</g>
</svg>
"""


def _colour(verdict: Verdict) -> str:
    """Green for a total that is reached, or where there is a goal, for that; orange where something else fails."""
    total, goal = verdict.check_of("total"), verdict.goal_of(None)
    if goal is not None and total is not None and total.to_reach:
        return RED
    if goal is not None and verdict.status == "passed":
        return YELLOW if goal.needed else GREEN
    if total is None or total.target is None:
        return ORANGE if verdict.status == "failed" else BLUE
    short = points_short(total.covered, total.units - total.accepted, total.target)
    if not short:
        return ORANGE if verdict.status == "failed" else GREEN
    return YELLOW if short <= 5 else ORANGE if short <= Fraction(15) else RED


def _width(text: str) -> int:
    """Pixels that the text takes in an 11 px sans-serif, with room around it; `textLength` does the rest."""
    return 10 + sum(4 if character in NARROW else 7 for character in text)


FORMAT = Format(render=badge, path="covgate.svg")

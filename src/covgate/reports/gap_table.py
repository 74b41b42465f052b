"""The gaps as one table, most urgent first, each with what is missing in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from covgate.model.missing import Reason
from covgate.model.percent import shown_percent, shown_target
from covgate.model.verdict import Band, Gap, Verdict
from covgate.reports.styled import ROWS, Line, Span, Style, View
from covgate.reports.text import cells, cut_left, cut_right, padded, printable
from covgate.reports.wording import GROUP_TITLES

BAND_STYLES: dict[Band, Style] = {"critical": "bad", "high": "poor", "medium": "fair", "low": "plain"}
NUMBERS = 38
"""Cells that the numbers and the band of a row take, with the space around them."""
INDENT = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Widths in cells; `below` puts the reasons on a line of their own."""

    path: int
    reasons: int
    below: bool


def gap_lines(verdict: Verdict, view: View) -> list[Line]:
    shown = verdict.gaps if view.all_rows else verdict.gaps[:ROWS]
    if not shown:
        return []
    layout = _layout(shown, view.width)
    units = "needed" if verdict.has_targets else "missing"
    heading = f"{padded('top gaps', layout.path)}  {'cover':>6}  target  {units:>8}"
    lines: list[Line] = [(Span(heading + ("" if layout.below else "            what is missing"), "strong"),)]
    several = len({gap.group for gap in verdict.gaps}) > 1
    group = None
    for gap in shown:
        if several and gap.group != group:
            group = gap.group
            lines.append((Span(GROUP_TITLES[gap.group], "dim"),))
        lines += _row(gap, layout)
    hidden = len(verdict.gaps) - len(shown)
    if hidden:
        lines.append((Span(f"... and {hidden} more ({view.all_option} shows them)", "dim"),))
    return lines


def _layout(gaps: Sequence[Gap], width: int) -> _Layout:
    """Reasons stand beside the numbers where all of them fit, else each below its row."""
    longest = max(14, *(cells(printable(gap.path)) for gap in gaps))
    room = width - longest - NUMBERS
    if all(cells(reasons_within(gap.why, 10_000)) <= room for gap in gaps):
        return _Layout(path=longest, reasons=room, below=False)
    return _Layout(path=max(14, min(longest, width - NUMBERS)), reasons=max(20, width - len(INDENT)), below=True)


def _row(gap: Gap, layout: _Layout) -> list[Line]:
    path = padded(cut_left(printable(gap.path), layout.path), layout.path)
    target = "-" if gap.target is None else shown_target(gap.target)
    numbers = f"  {shown_percent(gap.covered, gap.units):>6}  {target:>6}  {gap.to_reach:>8}  "
    style = BAND_STYLES[gap.band]
    words = reasons_within(gap.why, layout.reasons)
    if layout.below:
        return [(Span(path), Span(numbers, style), Span(gap.band, style)), (Span(INDENT + words),)]
    return [(Span(path), Span(numbers, style), Span(f"{gap.band:<8}", style), Span(f"  {words}"))]


def reasons_within(reasons: Sequence[Reason], width: int) -> str:
    """As many items as fit into `width` cells, each whole, and a count of the rest."""
    total = sum(max(1, len(reason.items)) for reason in reasons)
    best = ""
    for kept in range(1, total + 1):
        text = _first_items(reasons, kept)
        if cells(text) > width:
            break
        text += f", +{total - kept} more" if kept < total else ""
        best = text if cells(text) <= width else best
    if best:
        return best
    more = f", +{total - 1} more" if total > 1 else ""
    return cut_right(_first_items(reasons, 1), width - len(more)) + more


def _first_items(reasons: Sequence[Reason], count: int) -> str:
    parts = []
    for reason in reasons:
        if count <= 0:
            break
        parts.append(printable(str(Reason(reason.label, reason.items[:count]))))
        count -= max(1, len(reason.items))
    return "; ".join(parts)

"""Accepted gaps: what is missing and not required, each with its reason."""

from __future__ import annotations

from covgate.model.verdict import AcceptedGap, Verdict
from covgate.model.words import counted
from covgate.reports.styled import ROWS, Line, Span, View
from covgate.reports.text import printable


def accepted_lines(verdict: Verdict, view: View) -> list[Line]:
    """How many units are accepted, then where and why; what no longer is stands in the notes."""
    gaps = [gap for gap in verdict.accepted if gap.state == "accepted"]
    if not gaps:
        return []
    units = counted(verdict.measured.accepted, "missing unit")
    lines: list[Line] = [(Span(f"accepted: {units}, not required", "strong"),)]
    for gap in gaps[: None if view.all_rows else ROWS]:
        lines.append((Span(f"{printable(gap.title)}, {gap.units}: {printable(gap.reason)}{terms(gap)}", "dim"),))
    if len(gaps) > ROWS and not view.all_rows:
        lines.append((Span(f"... and {len(gaps) - ROWS} more ({view.all_option} shows them)", "dim"),))
    return lines


def terms(gap: AcceptedGap) -> str:
    """Until when, and who answers for it."""
    said = [f"until {gap.until}" if gap.until else "", printable(gap.owner or "")]
    return f" ({', '.join(filter(None, said))})" if any(said) else ""


def without_accepted(units: int) -> str:
    """What a share leaves out, to stand behind it."""
    return f", {units} accepted" if units else ""

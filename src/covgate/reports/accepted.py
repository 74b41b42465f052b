"""Accepted gaps: what is missing and not required, each with its reason."""

from __future__ import annotations

from covgate.model.verdict import Verdict
from covgate.model.words import counted_units
from covgate.reports.styled import ROWS, Line, Span, View
from covgate.reports.text import printable
from covgate.reports.wording import acceptance_terms


def accepted_lines(verdict: Verdict, view: View) -> list[Line]:
    """How many units are accepted, then where and why; what no longer is stands in the notes."""
    gaps = [gap for gap in verdict.accepted if gap.state == "accepted"]
    if not gaps:
        return []
    units = counted_units(verdict.measured.accepted, "missing", branches=verdict.measured.branches)
    lines: list[Line] = [(Span(f"accepted: {units}, not required", "strong"),)]
    for gap in gaps[: None if view.all_rows else ROWS]:
        terms = f" ({printable(acceptance_terms(gap))})" if acceptance_terms(gap) else ""
        lines.append((Span(f"{printable(gap.title)}, {gap.units}: {printable(gap.reason)}{terms}", "dim"),))
    if len(gaps) > ROWS and not view.all_rows:
        lines.append((Span(f"... and {len(gaps) - ROWS} more ({view.all_option} shows them)", "dim"),))
    return lines

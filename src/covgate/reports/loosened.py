"""Rules that the change itself loosens, in the words of each report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from covgate.model.rules import Loosened
from covgate.model.verdict import Verdict
from covgate.reports.styled import ROWS, Line, Span, View
from covgate.reports.text import cells, cut_right, padded, printable

TITLE = "loosened by this change"
LONGEST = 60
"""Cells of an old and of a new value in the terminal."""


def loosened_lines(verdict: Verdict, view: View) -> list[Line]:
    """A row for each rule: what it is, what it was and is, and where; or why that was to be judged and is not known."""
    unknown = [check for check in verdict.checks if check.rule == "loosened" and check.status == "skipped"]
    if unknown:
        return [(Span(f"loosened rules  skipped: {printable(unknown[0].reason)}", "fair"),)]
    found = verdict.loosened or ()
    shown = found[: None if view.all_rows else ROWS]
    rows = [(printable(one.what), cut_right(moved(one), LONGEST), printable(one.where)) for one in shown]
    widths = [max(cells(row[column]) for row in rows) for column in (0, 1)] if rows else []
    lines: list[Line] = [(Span(TITLE, "strong"),)] if rows else []
    for what, change, where in rows:
        text = f"  {padded(what, widths[0])}  {padded(change, widths[1])}  "
        lines.append((Span(text, "fair"), Span(where, "dim")))
    if len(found) > len(shown):
        lines.append((Span(f"  ... and {len(found) - len(shown)} more ({view.all_option} shows them)", "dim"),))
    return lines


def moved(one: Loosened) -> str:
    """Before and after, in words."""
    if one.before is None:
        return "not set any more" if one.after is None else f"new: {printable(one.after)}"
    after = "not set" if one.after is None else printable(one.after)
    return f"{printable(one.before)} -> {after}"


def in_one_sentence(one: Loosened) -> str:
    """For annotations, where each stands alone."""
    return f"This change loosens a rule: {printable(one.what)}, {moved(one)}"


def loosened_json(verdict: Verdict) -> list[dict[str, Any]] | None:
    """None where the base is not known."""
    if verdict.loosened is None:
        return None
    return [
        {"what": one.what, "before": one.before, "after": one.after, "where": one.where} for one in verdict.loosened
    ]


def loosened_rows(verdict: Verdict) -> Iterator[tuple[str, str, str]]:
    """What, before and after in words, and where: for tables of other reports."""
    for one in verdict.loosened or ():
        yield printable(one.what), moved(one), printable(one.where)

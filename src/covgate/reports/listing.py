"""Every module, folder or component as a table, and for machines."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from covgate.model.known_tests import SuiteGaps
from covgate.model.listing import ListedRow, Listing
from covgate.model.percent import NOTHING, shown_percent, shown_target
from covgate.model.words import units_of
from covgate.reports.columns import align, with_paths
from covgate.reports.styled import Line, Span, Style
from covgate.reports.suite_gaps import suite_gaps_document
from covgate.reports.text import printable

VERSION = 1


def listing_text(listing: Listing, width: int = 80) -> tuple[Line, ...]:
    """Return the rows under a line of titles, the total, and what is counted. Goals are shown where there are any."""
    rows = (*listing.rows, listing.total)
    has_goals = any(row.goal is not None or row.to_goal is not None for row in rows)
    counts_files = listing.kind != "module"
    titles = ["covered", "%", "target", *(["goal"] if has_goals else []), "needed"]
    titles += [*(["to goal"] if has_goals else []), *(["files"] if counts_files else []), "result"]
    cells = [[Span(title, "dim") for title in titles]]
    cells += [_row(row, has_goals=has_goals, counts_files=counts_files) for row in rows]
    names = [listing.kind, *(printable(row.name) for row in rows)]
    header, *lines = align(with_paths(cells, names, width), left=(len(titles) - 1, len(titles)))
    counted = units_of(branches=listing.branches)
    legend = f"needed: {counted} still to cover for the target" + ("; to goal: for the goal" if has_goals else "")
    return (header, *lines[:-1], (Span(""),), lines[-1], (Span(legend, "dim"),))


def listing_json(listing: Listing, gaps: SuiteGaps | None) -> str:
    """Return the rows and what the tests leave to one test or none, as one JSON object in ASCII; see docs/json.md."""
    document = {
        "format": VERSION,
        "by": listing.kind,
        "rows": [_row_document(row) for row in listing.rows],
        "total": _row_document(listing.total),
        "tests": None if gaps is None else suite_gaps_document(gaps),
    }
    return json.dumps(document, indent=2) + "\n"


def _row_document(row: ListedRow) -> dict[str, Any]:
    share = row.share
    percent = shown_percent(share.covered, share.units)
    return {
        "name": row.name,
        "files": row.files,
        "covered": share.covered,
        "units": share.units,
        "percent": None if percent == NOTHING else percent,
        "accepted": share.accepted,
        "target": None if row.target is None else shown_target(row.target),
        "needed": row.needed,
        "goal": None if row.goal is None else shown_target(row.goal),
        "to_goal": row.to_goal,
        "status": {"FAILED": "failed", NOTHING: None}.get(_result(row), "passed"),
    }


def _row(row: ListedRow, *, has_goals: bool, counts_files: bool) -> list[Span]:
    share = row.share
    style: Style = "bad" if row.is_failing else "plain"
    cells = [
        Span(f"{share.covered} of {share.units}"),
        Span(shown_percent(share.covered, share.units), style),
        Span(_percent(row.target)),
    ]
    cells += [Span(_percent(row.goal))] if has_goals else []
    cells.append(Span(_count(row.needed), style))
    cells += [Span(_count(row.to_goal))] if has_goals else []
    cells += [Span(str(row.files))] if counts_files else []
    return [*cells, Span(_result(row), style)]


def _result(row: ListedRow) -> str:
    if row.is_failing:
        return "FAILED"
    return NOTHING if row.needed is None or not row.share.units else "passed"


def _percent(percent: Decimal | None) -> str:
    return NOTHING if percent is None else shown_target(percent)


def _count(count: int | None) -> str:
    return NOTHING if count is None else str(count)

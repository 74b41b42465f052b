"""What the page says of one module once it is chosen, as data for the script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from covgate.model.checks import Check
from covgate.model.context import ReportContext
from covgate.model.missing import FunctionGap, all_functions
from covgate.model.percent import NOTHING, shown_percent, shown_target
from covgate.model.snapshot import lines_within
from covgate.reports.html.excerpts import Excerpt, Marks, Shown, cost, excerpt, fair_level, places
from covgate.reports.html.modules import RULES, ModuleRow
from covgate.reports.text import printable
from covgate.reports.wording import reasons_within

SOURCE = 1_000_000
"""Characters of source in one page, of all modules together."""
SOURCE_OF_ONE = 24_000
FUNCTIONS = 12_000
"""Functions listed in one page."""
WORDS = 300
MARKS = {"covered": " ", "missing": "m", "partial": "p", "accepted": "a"}


def module_details(rows: Sequence[ModuleRow], context: ReportContext) -> list[dict[str, Any]]:
    """One object a row. Where there is too much of a project, each module gets the same share of the page."""
    marks = [_marks(row) for row in rows]
    ranked = [places(mark, len(row.text.lines)) for mark, row in zip(marks, rows, strict=True)]
    needs = [
        min(SOURCE_OF_ONE, sum(cost(place, row.text.lines) for place in where))
        for where, row in zip(ranked, rows, strict=True)
    ]
    room = fair_level(needs, SOURCE)
    functions = [[gap for gap in all_functions(row.judged) if gap.missing] for row in rows]
    most = fair_level(map(len, functions), FUNCTIONS)
    return [
        {
            **_said(row, context),
            **_functions(row, gaps, most),
            **_excerpt(excerpt(row.text.lines, mark, where, min(need, room))),
        }
        for row, mark, where, need, gaps in zip(rows, marks, ranked, needs, functions, strict=True)
    ]


def _marks(row: ModuleRow) -> Marks:
    changed = row.changed.changed if row.changed else ()
    return Marks(row.judged, row.text, lines_within(changed, len(row.text.lines)))


def _said(row: ModuleRow, context: ReportContext) -> dict[str, Any]:
    said: dict[str, Any] = {"name": printable(row.module.name or "")}
    if row.reasons:
        said["words"] = reasons_within(row.reasons, WORDS)
    if row.checks:
        said["checks"] = [_check(check) for check in row.checks]
    if row.changed is not None and row.is_changed:
        file = row.changed
        said["change"] = [shown_percent(file.covered, file.units), file.units - file.covered, file.units]
    link = context.link(row.module.path)
    if link is not None and link.startswith(("https://", "http://")):
        said["link"] = link
    return said


def _check(check: Check) -> list[object]:
    share = f"{shown_percent(check.covered, check.units)} %" if check.units else NOTHING
    target = "" if check.target is None else f"{shown_target(check.target)} %"
    if check.rule == "module-missing" and check.target is not None:
        share = str(check.units - check.covered - check.accepted)
        target = f"at most {shown_target(check.target)}"
    reason = printable(check.explanation) if check.status == "error" else ""
    rule = RULES[check.rule]
    return [rule, share, target, check.status, check.to_reach, printable(check.source), reason]


def _functions(row: ModuleRow, gaps: Sequence[FunctionGap], most: int) -> dict[str, Any]:
    if not row.module.functions:
        return {}
    worst = sorted(gaps, key=lambda gap: (gap.accepted - gap.missing, gap.line))[:most]
    return {
        "functions": [
            [
                printable(gap.name),
                gap.line,
                shown_percent(gap.units - gap.missing, gap.units),
                gap.units,
                gap.missing,
                gap.accepted,
                int(gap.entered),
            ]
            for gap in worst
        ],
        "more": len(gaps) - len(worst),
        "whole": len(row.module.functions) - len(gaps),
    }


def _excerpt(shown: Excerpt) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if shown.places:
        data["source"] = [_place(place) for place in shown.places]
    if shown.cut:
        data["cut"] = shown.cut
    return data


def _place(place: Sequence[Shown]) -> list[object]:
    """First line, the text, a mark a line (in capitals, or `c`, where it is changed), and jumps by line."""
    marks = "".join(_mark(line) for line in place)
    text = "\n".join(line.text for line in place)
    return [place[0].number, text, marks, {str(line.number): line.jumps for line in place if line.jumps}]


def _mark(line: Shown) -> str:
    mark = MARKS[line.mark]
    if not line.is_changed:
        return mark
    return "c" if mark == " " else mark.upper()

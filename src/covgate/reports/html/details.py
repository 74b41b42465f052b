"""One module in full, as data for the script that shows it in a dialog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from covgate.model.checks import Check, Rule
from covgate.model.context import ReportContext
from covgate.model.missing import FunctionGap, all_functions
from covgate.model.percent import NOTHING, shown_percent
from covgate.reports.html.excerpts import Excerpt, Place, SourceRow, cost, fair_limit, fit_excerpt, rank_places
from covgate.reports.html.modules import ModuleRow
from covgate.reports.text import printable
from covgate.reports.wording import needed_by, reasons_within, target_in_words

SOURCE = 1_000_000
"""Characters of source in one page, of all modules together."""
SOURCE_OF_ONE = 24_000
FUNCTIONS = 12_000
"""Functions listed in one page."""
WORDS = 300
MARKS = {"covered": " ", "missing": "m", "partial": "p", "accepted": "a"}


class RuleWords(NamedTuple):
    """How a module's dialog names a rule, and whether its target is a number of missing units."""

    title: str
    is_limit: bool = False


RULE_WORDS: dict[Rule, RuleWords] = {
    "module": RuleWords("coverage"),
    "module-branches": RuleWords("branch coverage"),
    "module-missing": RuleWords("missing code", is_limit=True),
    "changed-module": RuleWords("coverage, as the change touches it"),
    "new-module": RuleWords("coverage, as it is new"),
    "ambiguous-target": RuleWords("target"),
}


def describe_modules(rows: Sequence[ModuleRow], context: ReportContext, *, branches: bool) -> list[dict[str, Any]]:
    """Return one object a row. Where a project has too much source, each module gets the same share of the page."""
    marks = [row.mark_lines() for row in rows]
    ranked = [rank_places(mark, len(row.text.lines)) for mark, row in zip(marks, rows, strict=True)]
    needs = [
        min(SOURCE_OF_ONE, sum(cost(place, row.text.lines) for place in places))
        for places, row in zip(ranked, rows, strict=True)
    ]
    room = fair_limit(needs, SOURCE)
    functions = [[gap for gap in all_functions(row.judged) if gap.missing] for row in rows]
    most = fair_limit(map(len, functions), FUNCTIONS)
    return [
        {
            **_describe(row, context, branches),
            **_list_functions(row, gaps, most),
            **_encode_excerpt(fit_excerpt(row.text.lines, mark, places, min(need, room))),
        }
        for row, mark, places, need, gaps in zip(rows, marks, ranked, needs, functions, strict=True)
    ]


def _describe(row: ModuleRow, context: ReportContext, branches: bool) -> dict[str, Any]:
    detail: dict[str, Any] = {"name": printable(row.module.name or "")}
    if row.reasons:
        detail["words"] = reasons_within(row.reasons, WORDS)
    if row.gap is not None and row.gap.advice:
        detail["words"] = f"{detail.get('words', '')}. {printable(row.gap.advice)}".lstrip(". ")
    if row.checks:
        detail["checks"] = [_encode_check(check, branches) for check in row.checks]
    if row.changed is not None and row.is_changed:
        file = row.changed
        detail["change"] = [shown_percent(file.covered, file.units), file.share.missing, file.units]
    link = context.link(row.module.path)
    if link is not None and link.startswith(("https://", "http://")):
        detail["link"] = link
    return detail


def _encode_check(check: Check, branches: bool) -> list[str]:
    """Return a check's title, the actual value, the target, the result, and the setting that asks for it."""
    title, is_limit = RULE_WORDS[check.rule]
    actual = f"{shown_percent(check.covered, check.units)} %" if check.units else NOTHING
    target = "" if check.target is None else f"{target_in_words(check)} %"
    if is_limit:
        actual, target = str(check.share.required_missing), f"at most {target_in_words(check)}"
    result = "passed"
    if check.status == "failed":
        result = f"failed, {needed_by(check, branches=branches)}"
    elif check.status == "error":
        result = printable(check.explanation)
    return [title, actual, target, result, printable(check.source)]


def _list_functions(row: ModuleRow, gaps: Sequence[FunctionGap], most: int) -> dict[str, Any]:
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


def _encode_excerpt(excerpt: Excerpt) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if excerpt.places:
        data["source"] = [_encode_place(place) for place in excerpt.places]
    if excerpt.cut:
        data["cut"] = excerpt.cut
    return data


def _encode_place(place: Place) -> list[object]:
    """Return the first line's number, the text, a mark a line, and jumps by line.

    A mark is a capital, or `c`, where the line is changed.
    """
    marks = "".join(map(_encode_mark, place))
    text = "\n".join(line.text for line in place)
    return [place[0].number, text, marks, {str(line.number): line.jumps for line in place if line.jumps}]


def _encode_mark(line: SourceRow) -> str:
    mark = MARKS[line.mark]
    if not line.is_changed:
        return mark
    return "c" if mark == " " else mark.upper()

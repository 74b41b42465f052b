"""The content of the page as plain values: all text is printable, all numbers are decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from covgate.model.comparison import Baseline
from covgate.model.known_tests import SuiteGaps
from covgate.model.verdict import AcceptedGap, Status, Verdict
from covgate.model.words import counted, counted_units, units_of
from covgate.reports.html.change import ChangeSection, build_change
from covgate.reports.html.colours import Colour
from covgate.reports.html.meters import Meter, component_meters, total_meters
from covgate.reports.html.modules import ModuleRow
from covgate.reports.html.trend import Picture, draw_trend
from covgate.reports.lost_tests import lost_test_lines
from covgate.reports.movement import MovedRow, moved_rows, since
from covgate.reports.suite_gaps import FRAGILE_TITLE, files_in_words, function_in_words, untested_lists
from covgate.reports.text import printable
from covgate.reports.wording import (
    HOW_TO_SET,
    WORDS,
    Trouble,
    acceptance_terms,
    aim_title,
    loosened_rows,
    number_title,
    summary,
    troubles,
)

ROWS = 200
"""Modules laid out at once; the script shows the others on request, and a browser without scripts all of them."""
MOVED = 50
"""Rows of what moved that are laid out."""
LISTED = 100
"""Rows of a list of modules without tests, and of functions that one test holds up."""


class AcceptedRow(NamedTuple):
    """One accepted gap, or an entry that accepts nothing any more and why."""

    title: str
    reason: str
    terms: str


class SuiteSection(NamedTuple):
    """A folded list: a title with the number of its rows, what heads the columns, and the rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: str


class Page(NamedTuple):
    """All of the page but the modules, which are rows of their own."""

    project: str
    status: Status
    word: str
    headline: str
    conditions: tuple[str, ...]
    troubles: tuple[Trouble, ...]
    totals: tuple[Meter, ...]
    components: tuple[Meter, ...]
    colours: tuple[Colour, ...]
    """What the colours of the map can tell; the first of them is shown."""
    trend: Picture | None
    change: ChangeSection | None
    no_change: str
    since: str
    """What the coverage before is of; empty without a baseline."""
    moved: tuple[MovedRow, ...]
    moved_more: str
    """How many moved modules are not shown, in words."""
    lost_tests: tuple[str, ...]
    """What became of the tests of lines that are no longer covered."""
    loosened: tuple[tuple[str, str, str], ...]
    untested: tuple[SuiteSection, ...]
    fragile: tuple[SuiteSection, ...]
    order: str
    accepted: tuple[AcceptedRow, ...]
    notes: tuple[str, ...]
    units: str
    """What coverage counts, in words."""
    aim: str
    """What the modules are compared with: their target, or their goal."""
    number: str
    """What the table calls the units that a module needs, or misses."""
    rows_shown: int = ROWS


def build_page(verdict: Verdict, rows: Sequence[ModuleRow], colours: tuple[Colour, ...], project: str) -> Page:
    """Return the content of a verdict's page; `rows` are its modules, `colours` those of its map."""
    change_check = verdict.check_of("changed-lines")
    aim = aim_title(verdict)
    moved = tuple(moved_rows(verdict))
    return Page(
        project=printable(project),
        status=verdict.status,
        word=WORDS[verdict.status],
        headline=summary(verdict),
        conditions=tuple(_conditions(verdict)),
        troubles=tuple(troubles(verdict)),
        totals=tuple(total_meters(verdict)),
        components=tuple(component_meters(verdict)),
        colours=colours,
        trend=None if verdict.trend is None else draw_trend(verdict.trend),
        change=None if verdict.change is None else build_change(verdict.change, rows, verdict.change_tests),
        no_change="" if change_check is None else printable(change_check.explanation),
        since="" if not isinstance(verdict.baseline, Baseline) else since(verdict.baseline),
        moved=tuple(row.printable() for row in moved[:MOVED]),
        moved_more=counted(len(moved) - MOVED, "more module") if len(moved) > MOVED else "",
        lost_tests=tuple(lost_test_lines(verdict.lost_tests)),
        loosened=tuple(loosened_rows(verdict)),
        untested=() if verdict.suite_gaps is None else tuple(_untested(verdict.suite_gaps)),
        fragile=() if verdict.suite_gaps is None else tuple(_fragile(verdict.suite_gaps)),
        order=_order_in_words(verdict),
        accepted=tuple(_accepted_row(gap, verdict.measured.branches) for gap in verdict.accepted),
        notes=(*map(printable, verdict.notes), *(() if verdict.has_targets else (HOW_TO_SET,))),
        units=units_of(branches=verdict.measured.branches),
        aim=aim,
        number=number_title(verdict),
    )


def _conditions(verdict: Verdict) -> Iterator[str]:
    """Yield what makes a verdict less than final and is not in its headline."""
    if verdict.mode == "warn":
        yield "mode warn: the exit code is left alone"
    if verdict.partial is not None and verdict.status == "error":
        yield f"only a part of the tests ran: {printable(verdict.partial)}"


def _order_in_words(verdict: Verdict) -> str:
    """Say in which order the modules stand."""
    gaps = len(verdict.gaps)
    if not verdict.measured.files:
        return "No module was measured."
    if not gaps:
        return "No module is below target." if verdict.has_targets else "Nothing is missing."
    first = "The only gap comes first" if gaps == 1 else f"The {gaps} gaps come first, the most urgent at the top"
    return f"{first}; all other modules follow by path."


def _untested(gaps: SuiteGaps) -> Iterator[SuiteSection]:
    """Yield the lists of modules without a test of their own that have rows."""
    heads = ("Module", "Statements", "Missing", "Reached by")
    for one in untested_lists(gaps):
        rows = [(row.path, str(row.statements), str(row.missing), files_in_words(row)) for row in one.rows]
        yield from _suite_section(one.title, heads, rows, "module")


def _fragile(gaps: SuiteGaps) -> Iterator[SuiteSection]:
    heads = ("Function", "Statements", "Missing", "Test")
    rows = [(function_in_words(row), str(row.statements), str(row.missing), row.test) for row in gaps.fragile]
    yield from _suite_section(FRAGILE_TITLE, heads, rows, "function")


def _suite_section(
    title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], noun: str
) -> Iterator[SuiteSection]:
    if rows:
        shown = tuple(tuple(map(printable, row)) for row in rows[:LISTED])
        more = counted(len(rows) - LISTED, f"more {noun}") if len(rows) > LISTED else ""
        yield SuiteSection(f"{title}: {counted(len(rows), noun)}", heads, shown, more)


def _accepted_row(gap: AcceptedGap, branches: bool) -> AcceptedRow:
    terms = [gap.state, counted_units(gap.units, branches=branches), acceptance_terms(gap)]
    return AcceptedRow(
        title=printable(gap.title),
        reason=printable(gap.reason if gap.state == "accepted" else f"{gap.reason}; {gap.problem}"),
        terms=printable(", ".join(filter(None, terms))),
    )

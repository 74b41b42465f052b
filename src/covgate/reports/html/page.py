"""What stands on the page, as plain values: every text in them is printable, every number decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from covgate.model.checks import Check
from covgate.model.context import ReportContext
from covgate.model.percent import shown_percent, shown_target
from covgate.model.snapshot import lines_within
from covgate.model.verdict import AcceptedGap, ChangedModule, ChangeOutcome, Status, Verdict
from covgate.model.words import counted_units, units_of
from covgate.reports.html.excerpts import Marks, Shown, consecutive
from covgate.reports.html.modules import NO_TARGET, ModuleRow, common_target
from covgate.reports.text import cut_right, printable
from covgate.reports.wording import (
    HOW_TO_SET,
    WORDS,
    acceptance_terms,
    changed_files,
    loosened_rows,
    module_counts,
    needed,
    summary,
    target_in_words,
    troubles,
    without_accepted,
)

MeterState: TypeAlias = Literal["passed", "failed", "none"]

EXCERPT = 400
"""Lines of source shown of the change."""
WIDEST = 160
FILES = 200
"""Touched modules listed of the change."""
ROWS = 200
"""Modules laid out at once; the script shows the others on request, and a browser without scripts all of them."""
LEGEND = ("reached", "less than 5 points short", "5 to 15", "15 to 30", "30 and more", "no target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A share and what it is held to; `fill` and `mark` are where its bar ends and its target stands, in tenths."""

    label: str
    share: str
    words: str
    state: MeterState = "none"
    target: str = ""
    fill: int | None = None
    mark: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedFile:
    """One file of the change with units in it; `row` is its number in the table, None where it has none."""

    path: str
    status: str
    share: str
    words: str
    row: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSource:
    """Uncovered changed lines of one file, with a little around them."""

    path: str
    places: tuple[tuple[Shown, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePart:
    """The change: what it is compared with, its files, its uncovered lines; `hidden` counts those left out."""

    since: str
    files: tuple[TouchedFile, ...]
    more_files: int
    sources: tuple[ChangedSource, ...]
    hidden: int
    is_covered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedRow:
    """One accepted gap, or what has become of it."""

    title: str
    reason: str
    terms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All of it but the modules, which are rows of their own."""

    project: str
    status: Status
    word: str
    headline: str
    conditions: tuple[str, ...]
    troubles: tuple[tuple[str, str], ...]
    meters: tuple[Meter, ...]
    components: tuple[Meter, ...]
    change: ChangePart | None
    no_change: str
    loosened: tuple[tuple[str, str, str], ...]
    accepted: tuple[AcceptedRow, ...]
    notes: tuple[str, ...]
    distance: str
    legend: tuple[tuple[int, str], ...]
    order: str
    units: str
    """What is counted, in words."""
    has_targets: bool
    rows_shown: int = ROWS


def page_of(verdict: Verdict, context: ReportContext, rows: Sequence[ModuleRow]) -> Page:
    """The content of a verdict's page, of which `rows` are the modules."""
    change_check = verdict.check_of("changed-lines")
    return Page(
        project=printable(context.project),
        status=verdict.status,
        word=WORDS[verdict.status],
        headline=summary(verdict),
        conditions=tuple(_conditions(verdict)),
        troubles=tuple(troubles(verdict)),
        meters=tuple(_meters(verdict, change_check)),
        components=tuple(
            _share(check, printable(check.subject), verdict.measured.branches)
            for check in verdict.checks
            if check.rule == "component"
        ),
        change=None if verdict.change is None else _change(verdict.change, rows),
        no_change="" if change_check is None else printable(change_check.explanation),
        loosened=tuple(loosened_rows(verdict)),
        accepted=tuple(_accepted(gap, verdict.measured.branches) for gap in verdict.accepted),
        notes=(*map(printable, verdict.notes), *(() if verdict.has_targets else (HOW_TO_SET,))),
        distance=_distance(verdict),
        legend=tuple((level, words) for level, words in enumerate(LEGEND) if level != NO_TARGET or _has_none(rows)),
        order=_order(verdict),
        units=units_of(branches=verdict.measured.branches),
        has_targets=verdict.has_targets,
    )


def _conditions(verdict: Verdict) -> Iterator[str]:
    """What makes a verdict less than final."""
    if verdict.mode == "warn":
        yield "mode warn: the exit code is left alone"
    if verdict.partial is not None and verdict.status in ("failed", "error"):  # else the headline says it
        yield f"only a part of the tests ran: {printable(verdict.partial)}"


def _meters(verdict: Verdict, change: Check | None) -> Iterator[Meter]:
    total = verdict.check_of("total")
    measured = verdict.measured
    branches = measured.branches
    if total is not None:
        yield _share(total, "Total", branches)
    elif measured.files:
        yield _bar("Total", measured.covered, measured.units, branches, measured.accepted)
    if verdict.change is not None and not (verdict.change.units if change is None else change.units):
        yield Meter(label="Change", share="-", words="nothing to cover")
    elif verdict.change is not None and change is not None and change.target is not None:
        yield _share(change, "Change", branches)
    elif verdict.change is not None:
        yield _bar("Change", verdict.change.covered, verdict.change.units, branches)
    elif change is not None:
        yield Meter(label="Change", share="-", words="not judged" if change.status == "error" else "skipped")
    for count in module_counts(verdict):
        yield Meter(
            label=count.label.capitalize(),
            share=f"{count.reached} of {count.count}",
            words=count.words,
            state="passed" if count.is_met else "failed",
            fill=1000 * count.reached // count.count,
        )


def _share(check: Check, label: str, branches: bool) -> Meter:
    assert check.target is not None
    bar = _bar(label, check.covered, check.units, branches, check.accepted)
    adopted = f" ({printable(check.source)})" if check.is_adopted else ""
    failed = check.status == "failed"
    return Meter(
        label=label,
        share=bar.share,
        words=f"{bar.words}; {needed(check.to_reach, branches=branches)}" if failed else bar.words,
        state="failed" if failed else "passed",
        target=f"{target_in_words(check)} %{adopted}",
        fill=bar.fill,
        mark=min(1000, int(check.target * 10)),
    )


def _bar(label: str, covered: int, units: int, branches: bool, accepted: int = 0) -> Meter:
    percent = shown_percent(covered, units)
    return Meter(
        label=label,
        share=f"{percent} %" if units else percent,
        words=f"{covered} of {counted_units(units, branches=branches)} covered{without_accepted(accepted)}",
        fill=1000 * covered // units if units else None,
    )


def _change(change: ChangeOutcome, rows: Sequence[ModuleRow]) -> ChangePart:
    numbers = {row.module.path: number for number, row in enumerate(rows)}
    last = len(rows)
    touched = sorted((file for file in change.files if file.units), key=lambda file: numbers.get(file.path, last))
    room, hidden = EXCERPT, 0
    sources = []
    for file in touched:
        lines = file.excerpt[: max(0, room)]
        room -= len(lines)
        hidden += sum(line.is_missing for line in file.excerpt[len(lines) :])
        if lines:
            shown = _changed_lines(file, rows[numbers[file.path]], len(lines))
            sources.append(ChangedSource(path=printable(file.path), places=tuple(consecutive(shown))))
    return ChangePart(
        since=changed_files(change),
        files=tuple(_touched(file, numbers) for file in touched[:FILES]),
        more_files=max(0, len(touched) - FILES),
        sources=tuple(sources),
        hidden=hidden,
        is_covered=bool(touched) and not any(file.missing for file in touched),
    )


def _touched(file: ChangedModule, numbers: Mapping[str, int]) -> TouchedFile:
    missing = file.units - file.covered
    return TouchedFile(
        path=printable(file.path),
        status=file.status,
        share=f"{shown_percent(file.covered, file.units)} %",
        words=f"{missing} of {file.units} missing{without_accepted(file.accepted)}",
        row=numbers.get(file.path),
    )


def _changed_lines(file: ChangedModule, row: ModuleRow, count: int) -> Iterator[Shown]:
    """The first `count` lines of a file's excerpt."""
    marks = Marks(row.judged, row.text, lines_within(file.changed, len(row.text.lines)))
    for line in file.excerpt[:count]:
        yield Shown(
            line.number,
            cut_right(printable(line.text.expandtabs(4).rstrip()), WIDEST),
            "partial" if line.is_partial else "missing" if line.is_missing else "covered",
            line.number in marks.changed,
            marks.jumps(line.number),
        )


def _accepted(gap: AcceptedGap, branches: bool) -> AcceptedRow:
    said = [gap.state, counted_units(gap.units, branches=branches), acceptance_terms(gap)]
    return AcceptedRow(
        title=printable(gap.title),
        reason=printable(gap.reason if gap.state == "accepted" else f"{gap.reason}; {gap.problem}"),
        terms=printable(", ".join(filter(None, said))),
    )


def _distance(verdict: Verdict) -> str:
    """What the map's colours are the distance to, in words."""
    common = common_target(verdict)
    if common is None:
        return "the distance to the module's target"
    if any(check.rule == "total" for check in verdict.checks):
        return f"the distance to the total's target, {shown_target(common)} %"
    return "the distance to 100 %, where neither modules nor the total have a target"


def _has_none(rows: Sequence[ModuleRow]) -> bool:
    return any(row.level == NO_TARGET for row in rows)


def _order(verdict: Verdict) -> str:
    """In which order the modules stand, in words."""
    gaps = len(verdict.gaps)
    if not verdict.measured.files:
        return "No module was measured."
    if not gaps:
        return "None of them is below target." if verdict.has_targets else "Nothing is missing."
    first = "The first one is the only gap" if gaps == 1 else f"The first {gaps} are the gaps, most urgent first"
    return f"{first}; then all others by path."

"""The change: its share, what it is compared with, and its uncovered lines as source."""

from __future__ import annotations

from covgate.model.checks import Check
from covgate.model.percent import shown_percent
from covgate.model.verdict import ChangeOutcome, SourceLine, Verdict
from covgate.model.words import counted, counted_units
from covgate.reports.styled import OUTCOMES, ROWS, Line, Span, Style, View
from covgate.reports.text import padded, printable
from covgate.reports.wording import changed_files, target_in_words, without_accepted

EXCERPT = 20
"""Source lines shown by default."""
MARK = "> "
PARTIAL = "~ "
"""Marks a line that ran, of which a branch is missing."""


def change_lines(check: Check | None, verdict: Verdict, width: int, view: View) -> list[Line]:
    """The change's share, and on a line of its own what it is compared with and how that was found."""
    change = verdict.change
    label = padded("change", width)
    if change is None:
        if check is None or check.status == "error":
            return []
        return [(Span(f"{label}  skipped: {printable(check.reason)}", "fair"),)]
    lines: list[Line] = [_share_line(check, change, label, branches=verdict.measured.branches)]
    lines.append((Span(f"{' ' * width}  {changed_files(change)}", "dim"),))
    touched = [file for file in change.files if file.units]
    for file in touched[: None if view.all_rows else ROWS]:
        share = f"{shown_percent(file.covered, file.units):>5} %  {file.units - file.covered} of {file.units} missing"
        lines.append((Span(f"{' ' * width}  {share}  {printable(file.path)}", "dim"),))
    if len(touched) > ROWS and not view.all_rows:
        lines.append((Span(f"{' ' * width}  ... and {len(touched) - ROWS} more touched modules", "dim"),))
    return lines


def _share_line(check: Check | None, change: ChangeOutcome, label: str, *, branches: bool) -> Line:
    """`change.units` counts the excluded modules too, the check does not."""
    if not change.units or (check is not None and not check.units):
        return (Span(f"{label}  nothing to cover"),)
    if check is None:
        return (Span(f"{label}  {shown_percent(change.covered, change.units):>5} %"),)
    text = f"{label}  {shown_percent(check.covered, check.units):>5} %  target {target_in_words(check)} %  "
    missing = f"  {check.units - check.covered} of {counted_units(check.units, 'changed', branches=branches)} missing"
    missing += without_accepted(check.accepted)
    return (Span(text), OUTCOMES[check.status == "passed"], Span(missing if check.covered < check.units else ""))


def excerpt_lines(verdict: Verdict, view: View) -> list[Line]:
    """The uncovered changed lines as source, worst file first."""
    if verdict.change is None:
        return []
    order = {gap.path: gap.rank for gap in verdict.gaps if gap.group == "change"}
    files = sorted((f for f in verdict.change.files if f.path in order), key=lambda f: order[f.path])
    room = sum(len(file.excerpt) for file in files) if view.all_rows else EXCERPT
    lines: list[Line] = []
    shown_lines: list[SourceLine] = []
    for file in files:
        shown = file.excerpt[: max(0, room - len(shown_lines))]
        shown_lines += shown
        if shown:
            lines += [(Span(printable(file.path), "strong"),), *map(_source_line, shown)]
    told = sum(line.is_missing for line in shown_lines)
    hidden = sum(line.is_missing for file in files for line in file.excerpt) - told
    if hidden:
        lines.append((Span(f"... and {counted(hidden, 'changed line')} more ({view.all_option} shows them)", "dim"),))
    return lines


def _source_line(line: SourceLine) -> Line:
    mark = PARTIAL if line.is_partial else MARK if line.is_missing else " " * len(MARK)
    style: Style = "fair" if line.is_partial else "bad" if line.is_missing else "dim"
    return (Span(f"{mark}{line.number:>5}  ", style), Span(printable(line.text.expandtabs(4).rstrip()), "code"))

"""The terminal summary: total, components and counts, the gaps as one table, one line of verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from covgate.model.checks import Check
from covgate.model.percent import shown_percent
from covgate.model.verdict import Status, Verdict
from covgate.model.words import counted
from covgate.reports.accepted import accepted_lines
from covgate.reports.change_block import change_lines, excerpt_lines
from covgate.reports.gap_table import gap_lines
from covgate.reports.loosened import loosened_lines
from covgate.reports.styled import OUTCOMES, Line, Span, Style, View
from covgate.reports.text import cells, padded, printable
from covgate.reports.wording import (
    HOW_TO_SET,
    module_counts,
    needed,
    target_in_words,
    troubles,
    verdict_line,
    without_accepted,
)

STATUS_STYLES: dict[Status, Style] = {"passed": "good", "failed": "bad", "advisory": "fair", "error": "bad"}


def terminal_summary(verdict: Verdict, view: View) -> tuple[Line, ...]:
    """The section's lines without its heading; the last one is the verdict."""
    last = (_verdict_line(verdict, view),)
    if view.verbosity < -1:
        return last
    quiet_pass = verdict.status == "passed" and verdict.has_targets and view.verbosity < 1
    if quiet_pass and not view.all_rows and not _asked_in_vain(verdict):
        return last
    head = [*_project_lines(verdict, view), *_trouble_lines(verdict)]
    table = gap_lines(verdict, view)
    source = excerpt_lines(verdict, view)
    accepted = accepted_lines(verdict, view)
    loosened = loosened_lines(verdict, view)
    notes = [(Span(f"note: {printable(note)}", "dim"),) for note in verdict.notes]
    if not verdict.has_targets:
        notes.append((Span(HOW_TO_SET, "fair"),))
    blocks = [block for block in (head, table, source, loosened, accepted, notes) if block]
    return (*_separated(blocks), *last)


def _asked_in_vain(verdict: Verdict) -> bool:
    """Whether a check of the change was asked for and could not be done."""
    return any(check.status == "skipped" and check.is_asked_for for check in verdict.checks)


def _project_lines(verdict: Verdict, view: View) -> list[Line]:
    rows = [c for c in verdict.checks if c.rule in ("total", "component")]
    change = verdict.check_of("changed-lines")
    measured = verdict.measured
    lines: list[Line] = []
    width = max([7, *(cells(printable(c.subject)) for c in rows)])
    if measured.files and not any(c.rule == "total" for c in rows):
        lines.append((Span(f"{padded('total', width)}  {shown_percent(measured.covered, measured.units):>5} %"),))
    lines += [_share_line(check, width, measured.branches) for check in rows]
    lines += change_lines(change, verdict, width, view)
    for count in module_counts(verdict):
        text = f"{padded(count.label, width)}  {count.reached} of {count.count} {count.words}  "
        lines.append((Span(text), OUTCOMES[count.is_met]))
    return lines


def _share_line(check: Check, width: int, branches: bool) -> Line:
    share = f"{shown_percent(check.covered, check.units):>5} %"
    text = f"{padded(printable(check.subject), width)}  {share}  target {target_in_words(check)} %"
    if check.is_adopted:
        text += f" ({printable(check.source)})"
    need = f"  {needed(check.to_reach, branches=branches)}" if check.to_reach else ""
    passed = check.status == "passed"
    return (Span(f"{text}  "), OUTCOMES[passed], Span(need + without_accepted(check.accepted)))


def _trouble_lines(verdict: Verdict) -> list[Line]:
    return [(Span(f"{kind}: ", "bad"), Span(sentence)) for kind, sentence in troubles(verdict)]


def _verdict_line(verdict: Verdict, view: View) -> Line:
    text = verdict_line(verdict)
    if verdict.status == "passed" and verdict.has_targets and view.verbosity < 1:
        if verdict.notes:
            text += f" ({counted(len(verdict.notes), 'note')}, {view.notes_option} shows)"
        elif verdict.loosened:
            text += f" ({view.notes_option} shows)"
    return (Span(text, STATUS_STYLES[verdict.status]),)


def _separated(blocks: Sequence[Sequence[Line]]) -> Iterable[Line]:
    for block in blocks:
        yield from block
        yield ()

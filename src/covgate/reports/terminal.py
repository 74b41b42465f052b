"""The terminal summary: total, components and counts, the gaps as one table, one line of verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from covgate.model.percent import shown_percent, shown_target
from covgate.model.verdict import Band, Check, Gap, GapGroup, Reason, SourceLine, Status, Verdict
from covgate.model.words import counted
from covgate.reports.styled import Line, Span, Style
from covgate.reports.text import cells, cut_left, cut_right, padded, printable

ROWS = 10
WORDS: dict[Status, str] = {"passed": "PASSED", "failed": "FAILED", "advisory": "ADVISORY", "error": "ERROR"}
STATUS_STYLES: dict[Status, Style] = {"passed": "good", "failed": "bad", "advisory": "fair", "error": "bad"}
BAND_STYLES: dict[Band, Style] = {"critical": "bad", "high": "poor", "medium": "fair", "low": "plain"}
GROUP_TITLES: dict[GapGroup, str] = {
    "change": "in the change",
    "module": "below target",
    "component": "below their component's target",
    "total": "below the total's target",
    "untargeted": "most missing",
}
HOW_TO_SET = (
    "no target is set for modules or the total; in pyproject.toml: "
    '[tool.covgate] module = 80 (or targets = {"shop.payments" = 95})'
)


NUMBERS = 38
"""Cells that the numbers and the band of a row take, with the space around them."""
INDENT = "    "
EXCERPT = 20
"""Source lines shown by default."""
MARK = "> "
PARTIAL = "~ "
"""Marks a line that ran, of which a branch is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Widths in cells; `below` puts the reasons on a line of their own."""

    path: int
    reasons: int
    below: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How much to say, and how wide. `verbosity` is pytest's: -1 for -q, 1 for -v."""

    width: int = 80
    verbosity: int = 0
    all_rows: bool = False
    all_option: str = "--covgate-all"


def terminal_summary(verdict: Verdict, view: View) -> tuple[Line, ...]:
    """The section's lines without its heading; the last one is the verdict."""
    last = (_verdict_line(verdict, view),)
    if view.verbosity < -1:
        return last
    quiet_pass = verdict.status == "passed" and verdict.has_targets and view.verbosity < 1
    if quiet_pass and not view.all_rows and not _asked_in_vain(verdict):
        return last
    head = [*_project_lines(verdict, view), *_trouble_lines(verdict)]
    table = _gap_lines(verdict, view)
    source = _excerpt_lines(verdict, view)
    notes = [(Span(f"note: {printable(note)}", "dim"),) for note in verdict.notes]
    if not verdict.has_targets:
        notes.append((Span(HOW_TO_SET, "fair"),))
    blocks = [block for block in (head, table, source, notes) if block]
    return (*_separated(blocks), *last)


def _asked_in_vain(verdict: Verdict) -> bool:
    """Whether a check of the change was asked for and could not be done."""
    return any(check.status == "skipped" and not check.source for check in verdict.checks)


def _project_lines(verdict: Verdict, view: View) -> list[Line]:
    rows = [c for c in verdict.checks if c.rule in ("total", "component")]
    change = next((c for c in verdict.checks if c.rule == "changed-lines"), None)
    measured = verdict.measured
    lines: list[Line] = []
    width = max([7, *(cells(printable(c.subject)) for c in rows)])
    if measured.files and not any(c.rule == "total" for c in rows):
        lines.append((Span(f"{padded('total', width)}  {shown_percent(measured.covered, measured.units):>5} %"),))
    lines += [_share_line(check, width) for check in rows]
    lines += _change_lines(change, verdict, width, view)
    judged = _judged_modules(verdict)
    if judged:
        reached = len(judged) - len(_failing_modules(verdict))
        text = f"{padded('modules', width)}  {reached} of {len(judged)} reach their target"
        lines.append((Span(text),))
    return lines


def _change_lines(check: Check | None, verdict: Verdict, width: int, view: View) -> list[Line]:
    """The change's share, and on a line of its own what it is compared with and how that was found."""
    change = verdict.change
    label = padded("change", width)
    if change is None:
        if check is None or check.status == "error":
            return []
        return [(Span(f"{label}  skipped: {printable(check.reason)}", "fair"),)]
    lines: list[Line] = []
    if not change.units:
        lines.append((Span(f"{label}  nothing to cover"),))
    elif check is None:
        lines.append((Span(f"{label}  {shown_percent(change.covered, change.units):>5} %"),))
    else:
        text = f"{label}  {shown_percent(check.covered, check.units):>5} %  target {_target(check)} %  "
        missing = f"  {check.units - check.covered} of {counted(check.units, 'unit')} missing"
        failed = Span("FAILED", "bad") if check.status == "failed" else Span("passed", "good")
        lines.append((Span(text), failed, Span(missing if check.covered < check.units else "")))
    base = f"{change.base[:10]}: " if change.base else ""
    since = f"{counted(len(change.files), 'file')} against {base}{printable(change.base_source)}"
    lines.append((Span(f"{' ' * width}  {since}", "dim"),))
    touched = [file for file in change.files if file.units]
    for file in touched[: None if view.all_rows else ROWS]:
        share = f"{shown_percent(file.covered, file.units):>5} %  {file.units - file.covered} of {file.units} missing"
        lines.append((Span(f"{' ' * width}  {share}  {printable(file.path)}", "dim"),))
    if len(touched) > ROWS and not view.all_rows:
        lines.append((Span(f"{' ' * width}  ... and {len(touched) - ROWS} more touched modules", "dim"),))
    return lines


def _excerpt_lines(verdict: Verdict, view: View) -> list[Line]:
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


def _target(check: Check) -> str:
    return "-" if check.target is None else shown_target(check.target)


def _share_line(check: Check, width: int) -> Line:
    assert check.target is not None
    share = f"{shown_percent(check.covered, check.units):>5} %"
    text = f"{padded(printable(check.subject), width)}  {share}  target {shown_target(check.target)} %"
    if not check.source.startswith("tool.covgate"):
        text += f" ({printable(check.source)})"
    if check.status == "passed":
        return (Span(f"{text}  "), Span("passed", "good"))
    reach = f"  {counted(check.to_reach, 'unit')} to reach it"
    return (Span(f"{text}  "), Span("FAILED", "bad"), Span(reach))


def _trouble_lines(verdict: Verdict) -> list[Line]:
    lines: list[Line] = []
    for check in verdict.checks:
        if check.status == "error":
            subject = "" if check.rule in ("data", "readable") else f"{printable(check.subject)}: "
            lines.append((Span("error: ", "bad"), Span(f"{subject}{printable(check.reason)}")))
        elif check.rule == "dead-pattern":
            text = f"{printable(check.source)}: {printable(check.subject)!r} {printable(check.reason)}"
            lines.append((Span("dead rule: ", "bad"), Span(text)))
    return lines


def _gap_lines(verdict: Verdict, view: View) -> list[Line]:
    shown = verdict.gaps if view.all_rows else verdict.gaps[:ROWS]
    if not shown:
        return []
    layout = _layout(shown, view.width)
    units = "to reach" if verdict.has_targets else "missing"
    heading = f"{padded('first to close', layout.path)}  {'cover':>6}  target  {units:>8}"
    lines: list[Line] = [(Span(heading + ("" if layout.below else "            what is missing"), "strong"),)]
    several = len({gap.group for gap in verdict.gaps}) > 1
    group = None
    for gap in shown:
        if several and gap.group != group:
            group = gap.group
            lines.append((Span(GROUP_TITLES[gap.group], "dim"),))
        lines += _row(gap, layout)
    hidden = len(verdict.gaps) - len(shown)
    if hidden:
        lines.append((Span(f"... and {hidden} more ({view.all_option} shows them)", "dim"),))
    return lines


def _layout(gaps: Sequence[Gap], width: int) -> _Layout:
    """Reasons stand beside the numbers where all of them fit, else each below its row."""
    longest = max(14, *(cells(printable(gap.path)) for gap in gaps))
    room = width - longest - NUMBERS
    if all(cells(reasons_within(gap.why, 10_000)) <= room for gap in gaps):
        return _Layout(path=longest, reasons=room, below=False)
    return _Layout(path=max(14, min(longest, width - NUMBERS)), reasons=max(20, width - len(INDENT)), below=True)


def _row(gap: Gap, layout: _Layout) -> list[Line]:
    path = padded(cut_left(printable(gap.path), layout.path), layout.path)
    target = "-" if gap.target is None else shown_target(gap.target)
    numbers = f"  {shown_percent(gap.covered, gap.units):>6}  {target:>6}  {gap.to_reach:>8}  "
    style = BAND_STYLES[gap.band]
    words = reasons_within(gap.why, layout.reasons)
    if layout.below:
        return [(Span(path), Span(numbers, style), Span(gap.band, style)), (Span(INDENT + words),)]
    return [(Span(path), Span(numbers, style), Span(f"{gap.band:<8}", style), Span(f"  {words}"))]


def reasons_within(reasons: Sequence[Reason], width: int) -> str:
    """As many items as fit into `width` cells, each whole, and a count of the rest."""
    total = sum(max(1, len(reason.items)) for reason in reasons)
    for kept in range(total, 0, -1):
        text = _first_items(reasons, kept) + (f", +{total - kept} more" if kept < total else "")
        if cells(text) <= width:
            return text
    more = f", +{total - 1} more" if total > 1 else ""
    return cut_right(_first_items(reasons, 1), width - len(more)) + more


def _first_items(reasons: Sequence[Reason], count: int) -> str:
    parts = []
    for reason in reasons:
        if count <= 0:
            break
        parts.append(printable(str(Reason(reason.label, reason.items[:count]))))
        count -= max(1, len(reason.items))
    return "; ".join(parts)


def _verdict_line(verdict: Verdict, view: View) -> Line:
    mode = " (mode warn: the exit code is left alone)" if _is_warning(verdict) else ""
    text = f"{WORDS[verdict.status]} coverage gate{mode}: {_summary(verdict)}"
    notes = len(verdict.notes)
    if verdict.status == "passed" and verdict.has_targets and notes and view.verbosity < 1:
        text += f" ({counted(notes, 'note')}, -v shows)"
    return (Span(text, STATUS_STYLES[verdict.status]),)


def _is_warning(verdict: Verdict) -> bool:
    return verdict.mode == "warn" and verdict.status in ("failed", "error")


def _summary(verdict: Verdict) -> str:
    unmet = _unmet_in_words(verdict)
    if verdict.status == "error":
        errors = [check for check in verdict.checks if check.status == "error"]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        return f"no verdict, {printable(errors[0].reason.split('; ')[0])}{more}"
    if verdict.status == "advisory":
        return f"not judged, only a part of the tests ran ({printable(verdict.partial or '')}); {unmet}"
    if verdict.status == "failed":
        return unmet
    part = f", on a part of the tests ({printable(verdict.partial)})" if verdict.partial else ""
    return _met_in_words(verdict) + part


def _unmet_in_words(verdict: Verdict) -> str:
    failed = [check for check in verdict.checks if check.status == "failed"]
    below = [check.rule for check in failed if check.rule == "total"]
    below += ["the change" for check in failed if check.rule in ("changed-lines", "changed-module", "new-module")][:1]
    below += [f"component {printable(c.subject)}" for c in failed if c.rule == "component"]
    modules = len(_failing_modules(verdict))
    if modules:
        below.append(f"{modules} of {counted(len(_judged_modules(verdict)), 'module')}")
    plural = len(below) > 1 or modules > 1
    parts = [f"{_listed(below)} {'are' if plural else 'is'} below target"] if below else []
    dead = sum(check.rule == "dead-pattern" for check in failed)
    if dead:
        parts.append(f"{counted(dead, 'pattern')} in the settings {'matches' if dead == 1 else 'match'} no module")
    return "; ".join(parts) or "nothing is below target so far"


def _met_in_words(verdict: Verdict) -> str:
    measured = verdict.measured
    percent = f"{shown_percent(measured.covered, measured.units)} %"
    total = next((check for check in verdict.checks if check.rule == "total"), None)
    parts = [f"total {percent}"]
    if total is not None and total.target is not None:
        source = f", {total.source}" if not total.source.startswith("tool.covgate") else ""
        parts = [f"total {percent} (target {shown_target(total.target)}{source})"]
    parts += _change_met_in_words(verdict)
    reached = [counted(sum(check.rule == "component" for check in verdict.checks), "component")]
    reached.append(counted(len(_judged_modules(verdict)), "module"))
    named = [words for words in reached if not words.startswith("0 ")]
    if named:
        parts.append(f"{_listed(named)} at or above target")
    return ", ".join(parts)


def _change_met_in_words(verdict: Verdict) -> list[str]:
    check = next((check for check in verdict.checks if check.rule == "changed-lines"), None)
    if verdict.change is None:
        return ["change skipped"] if check is not None else []
    if check is None:
        return []
    if not check.units:
        return ["nothing to cover in the change"]
    since = f"against {printable(verdict.change.base_source)}"
    return [f"change {shown_percent(check.covered, check.units)} % {since} (target {_target(check)})"]


def _judged_modules(verdict: Verdict) -> set[str]:
    return {check.subject for check in verdict.checks if check.rule.startswith("module")}


def _failing_modules(verdict: Verdict) -> set[str]:
    return {
        check.subject
        for check in verdict.checks
        if check.rule.startswith("module") and check.status in ("failed", "error")
    }


def _listed(items: Sequence[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def _separated(blocks: Sequence[Sequence[Line]]) -> Iterable[Line]:
    for block in blocks:
        yield from block
        yield ()

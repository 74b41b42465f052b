"""The terminal summary: total, components and counts, the gaps as one table, one line of verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from covgate.model.percent import shown_percent, shown_target
from covgate.model.verdict import Check, Status, Verdict
from covgate.model.words import counted
from covgate.reports.accepted import accepted_lines, without_accepted
from covgate.reports.change_block import change_lines, excerpt_lines, shown_check_target
from covgate.reports.gap_table import gap_lines
from covgate.reports.loosened import is_failed_by_loosened, loosened_lines, loosened_summary
from covgate.reports.styled import Line, Span, Style, View
from covgate.reports.text import cells, padded, printable

WORDS: dict[Status, str] = {"passed": "PASSED", "failed": "FAILED", "advisory": "ADVISORY", "error": "ERROR"}
STATUS_STYLES: dict[Status, Style] = {"passed": "good", "failed": "bad", "advisory": "fair", "error": "bad"}
HOW_TO_SET = (
    "no target is set for modules or the total; in pyproject.toml: "
    '[tool.covgate] module = 80 (or targets = {"shop.payments" = 95})'
)


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
    lines += change_lines(change, verdict, width, view)
    judged = verdict.judged_modules
    if judged:
        reached = len(judged) - len(verdict.failing_modules)
        text = f"{padded('modules', width)}  {reached} of {len(judged)} reach their target"
        lines.append((Span(text),))
    return lines


def _share_line(check: Check, width: int) -> Line:
    assert check.target is not None
    share = f"{shown_percent(check.covered, check.units):>5} %"
    text = f"{padded(printable(check.subject), width)}  {share}  target {shown_target(check.target)} %"
    if not check.source.startswith("tool.covgate"):
        text += f" ({printable(check.source)})"
    if check.status == "passed":
        return (Span(f"{text}  "), Span("passed", "good"), Span(without_accepted(check.accepted)))
    reach = f"  {counted(check.to_reach, 'unit')} to reach it{without_accepted(check.accepted)}"
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
        elif check.rule == "accepted-gap":
            text = f"{printable(check.source)} ({printable(check.subject)}): {printable(check.reason)}"
            lines.append((Span("accepts nothing: ", "bad"), Span(text)))
    return lines


def _verdict_line(verdict: Verdict, view: View) -> Line:
    mode = " (mode warn: the exit code is left alone)" if _is_warning(verdict) else ""
    text = f"{WORDS[verdict.status]} coverage gate{mode}: {_summary(verdict)}"
    is_short = verdict.status == "passed" and verdict.has_targets and view.verbosity < 1
    loosened = loosened_summary(verdict)
    if loosened and not is_failed_by_loosened(verdict):
        text += f"; {loosened} ({view.notes_option} shows)" if is_short else f" (and {loosened})"
    notes = len(verdict.notes)
    if is_short and notes:
        text += f" ({counted(notes, 'note')}, {view.notes_option} shows)"
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
    modules = len(verdict.failing_modules)
    if modules:
        below.append(f"{modules} of {counted(len(verdict.judged_modules), 'module')}")
    plural = len(below) > 1 or modules > 1
    parts = [f"{_listed(below)} {'are' if plural else 'is'} below target"] if below else []
    dead = sum(check.rule == "dead-pattern" for check in failed)
    if dead:
        parts.append(f"{counted(dead, 'pattern')} in the settings {'matches' if dead == 1 else 'match'} no module")
    idle = sum(check.rule == "accepted-gap" for check in failed)
    if idle:
        parts.append(f"{counted(idle, 'accepted gap')} {'is' if idle == 1 else 'are'} none")
    parts += [loosened_summary(verdict)] if is_failed_by_loosened(verdict) else []
    return "; ".join(parts) or "nothing is below target so far"


def _met_in_words(verdict: Verdict) -> str:
    if verdict.change_only:
        return f"{'; '.join(_change_met_in_words(verdict))}; nothing else was judged"
    measured = verdict.measured
    percent = f"{shown_percent(measured.covered, measured.units)} %"
    total = next((check for check in verdict.checks if check.rule == "total"), None)
    parts = [f"total {percent}"]
    if total is not None and total.target is not None:
        source = f", {total.source}" if not total.source.startswith("tool.covgate") else ""
        parts = [f"total {percent} (target {shown_target(total.target)}{source})"]
    parts += _change_met_in_words(verdict)
    reached = [counted(sum(check.rule == "component" for check in verdict.checks), "component")]
    reached.append(counted(len(verdict.judged_modules), "module"))
    named = [words for words in reached if not words.startswith("0 ")]
    if named:
        parts.append(f"{_listed(named)} at or above target")
    if measured.accepted:
        parts.append(f"{counted(measured.accepted, 'unit')} accepted")
    return ", ".join(parts)


def _change_met_in_words(verdict: Verdict) -> list[str]:
    check = next((check for check in verdict.checks if check.rule == "changed-lines"), None)
    if verdict.change is None:
        return ["change skipped"] if check is not None else []
    if check is None:
        return []
    outside = len(verdict.change.unmeasured)
    left = [f"{counted(outside, 'changed file')} not measured"] if outside else []
    if not check.units:
        return ["nothing to cover in the change", *left]
    since = f"against {printable(verdict.change.base_source)}"
    share = f"change {shown_percent(check.covered, check.units)} % {since} (target {shown_check_target(check)})"
    return [share, *left]


def _listed(items: Sequence[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def _separated(blocks: Sequence[Sequence[Line]]) -> Iterable[Line]:
    for block in blocks:
        yield from block
        yield ()

"""The terminal summary: total, components and change, the gaps as one table, one line of verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from covgate.model.checks import Check
from covgate.model.comparison import Baseline
from covgate.model.listing import Listing
from covgate.model.percent import NOTHING, shown_percent
from covgate.model.verdict import Band, ChangeOutcome, Gap, SourceLine, Status, Verdict
from covgate.model.words import counted, counted_units
from covgate.reports.advice import advice_in_words
from covgate.reports.brief import brief_lines
from covgate.reports.known_tests import change_sentences
from covgate.reports.listing import listing_text
from covgate.reports.lost_tests import lost_test_lines
from covgate.reports.movement import moved_rows, no_baseline, since
from covgate.reports.progress import pace_in_words, progress_of_total, way_in_words
from covgate.reports.styled import Line, Span, Style, View
from covgate.reports.text import cells, cut_right, pad, printable, shorten_paths, wrap
from covgate.reports.wording import (
    GROUP_TITLES,
    HOW_TO_SET,
    acceptance_terms,
    aim_title,
    changed_files,
    component_of,
    goal_of_sum,
    goals_without_target,
    loosened_rows,
    module_counts,
    needed,
    number_title,
    reasons_within,
    shown_aim,
    target_in_words,
    troubles,
    verdict_line,
    without_accepted,
)

STATUS_STYLES: dict[Status, Style] = {"passed": "good", "failed": "bad", "advisory": "fair", "error": "bad"}
BAND_STYLES: dict[Band, Style] = {"critical": "bad", "high": "poor", "medium": "fair", "low": "plain"}
OUTCOMES = {True: Span("passed", "good"), False: Span("FAILED", "bad")}
"""What stands behind a row whose target is reached, or is not."""
ROWS = 10
"""Rows of a table, where not all are asked for."""
EXCERPT = 20
"""Source lines shown by default."""
MARK = "> "
PARTIAL = "~ "
"""Marks a line that ran, of which a branch is missing."""
NUMBERS = 38
"""Cells that the numbers and the band of a row take, with the space around them."""
PATH = 14
"""Cells that a path gets at least, and what stands above it."""
MOVED = 40
"""Cells that the numbers of a row of what moved take, and what it lost."""
INDENT = "    "
LONGEST = 60
"""Cells of an old and of a new value of a rule that the change loosens."""


def terminal_summary(verdict: Verdict, view: View, listing: Listing | None = None) -> tuple[Line, ...]:
    """The section's lines without its heading; the last one is the verdict. `listing` is of all modules."""
    if view.verbosity < -1 or _is_one_line(verdict, view):
        return (_verdict_line(verdict, view, is_alone=True),)
    last = (_verdict_line(verdict, view, is_alone=False),)
    if view.is_brief and view.verbosity < 1 and not view.all_rows:
        return (*((Span(line),) for line in brief_lines(verdict)), *last)
    is_shown = verdict.lost_note if verdict.lost else None
    notes = [(Span(f"note: {printable(note)}", "dim"),) for note in verdict.notes if note != is_shown]
    if verdict.change is not None and no_baseline(verdict):
        notes.append((Span(printable(no_baseline(verdict)), "dim"),))
    if not verdict.has_targets:
        notes.append((Span(HOW_TO_SET, "fair"),))
    blocks = (
        [*_project_lines(verdict, view), *_trouble_lines(verdict)],
        _moved_lines(verdict, view),
        _lost_lines(verdict, view),
        _gap_lines(verdict, view),
        _excerpt_lines(verdict, view),
        _loosened_lines(verdict, view),
        _accepted_lines(verdict, view),
        list(listing_text(listing, view.width)) if listing is not None and listing.rows else [],
        notes,
    )
    return (*_separated(block for block in blocks if block), *last)


def _is_one_line(verdict: Verdict, view: View) -> bool:
    """Whether there is nothing to do: with lost lines or gaps to a goal there is, and only -q hides them."""
    is_quiet = view.verbosity < 0
    return (
        verdict.status == "passed"
        and verdict.has_targets
        and view.verbosity < 1
        and not view.all_rows
        and not _has_skipped_request(verdict)
        and (is_quiet or not (verdict.ranks_by_goal or verdict.lost))
    )


def _has_skipped_request(verdict: Verdict) -> bool:
    """Whether a check of the change was asked for and could not be done."""
    return any(check.status == "skipped" and check.is_asked_for for check in verdict.checks)


def _project_lines(verdict: Verdict, view: View) -> list[Line]:
    rows = [check for check in verdict.checks if check.scope == "sum"]
    measured = verdict.measured
    lines: list[Line] = []
    only_goals = [(printable(goal.component or ""), goal) for goal in goals_without_target(verdict)]
    names = [*(printable(check.subject) for check in rows), *(name for name, _ in only_goals)]
    width = max([8 if progress_of_total(verdict) else 7, *map(cells, names)])
    if measured.files and verdict.check_of("total") is None:
        text = f"{pad('total', width)}  {shown_percent(measured.covered, measured.units):>5} %"
        goal = goal_of_sum(verdict, None)
        lines.append((Span(f"{text}  {goal}" if goal else text),))
    lines += [_sum_line(check, width, verdict) for check in rows]
    for name, one in only_goals:
        share = f"{pad(name, width)}  {shown_percent(one.share.covered, one.share.units):>5} %"
        lines.append((Span(f"{share}  {goal_of_sum(verdict, one.component)}".rstrip()),))
    lines += _progress_lines(verdict, width)
    lines += _change_lines(verdict, width, view)
    for count in module_counts(verdict):
        text = f"{pad(count.label, width)}  {count.reached} of {count.held} {count.words}  "
        lines.append((Span(text), OUTCOMES[count.is_met]))
    return lines


def _sum_line(check: Check, width: int, verdict: Verdict) -> Line:
    share = f"{shown_percent(check.covered, check.units):>5} %"
    text = f"{pad(printable(check.subject), width)}  {share}  target {target_in_words(check)} %"
    if check.is_adopted:
        text += f" ({printable(check.source)})"
    is_failing = check.status == "failed"
    parts = [needed(check.to_reach, branches=verdict.measured.branches)] if check.to_reach else []
    parts += filter(None, [goal_of_sum(verdict, component_of(check), is_failing=is_failing)])
    need = f"  {', '.join(parts)}" if parts else ""
    return (Span(f"{text}  "), OUTCOMES[not is_failing], Span(need + without_accepted(check.accepted)))


def _progress_lines(verdict: Verdict, width: int) -> list[Line]:
    """How much of the way to the goal of the total is done, and the pace."""
    progress = progress_of_total(verdict)
    if progress is None:
        return []
    lines: list[Line] = [(Span(f"{pad('progress', width)}  {way_in_words(progress)}"),)]
    if progress.pace is not None:
        lines.append((Span(f"{' ' * width}  {pace_in_words(progress.pace)}", "dim"),))
    return lines


def _trouble_lines(verdict: Verdict) -> list[Line]:
    return [(Span(f"{one.kind}: ", "bad"), Span(one.sentence), Span(one.mark, "dim")) for one in troubles(verdict)]


def _change_lines(verdict: Verdict, width: int, view: View) -> list[Line]:
    """The change's share, what it is compared with, and the modules that it touches."""
    check, change = verdict.check_of("changed-lines"), verdict.change
    label, indent = pad("change", width), " " * (width + 2)
    if change is None:
        if check is None or check.status == "error":
            return []
        return [(Span(f"{label}  skipped: {printable(check.explanation)}", "fair"),)]
    lines: list[Line] = [_change_share_line(check, change, label, branches=verdict.measured.branches)]
    lines.append((Span(f"{indent}{changed_files(change)}", "dim"),))
    touched = [file for file in change.files if file.units]
    shown = touched[: _limit(view)]
    shares = [
        f"{indent}{shown_percent(file.covered, file.units):>5} %  {file.share.missing} of {file.units} missing  "
        for file in shown
    ]
    room = max(PATH, view.width - max(map(cells, shares), default=0))
    paths = shorten_paths([printable(file.path) for file in shown], room)
    lines += [(Span(f"{share}{path}", "dim"),) for share, path in zip(shares, paths, strict=True)]
    lines += _rest(len(touched) - len(shown), "touched module", view, indent)
    return [*lines, *_change_tests_lines(verdict, view, indent)]


def _change_tests_lines(verdict: Verdict, view: View, indent: str) -> list[Line]:
    """Which tests run the covered changed lines: with -v, or where all of it is one line."""
    answers = verdict.change_tests[: _limit(view)]
    lines: list[Line] = [
        (Span(f"{indent}{printable(answer.subject.path)}: {sentence}", "dim"),)
        for answer in answers
        for sentence in change_sentences(answer)
    ]
    if view.verbosity < 1 and len(lines) > 1:
        return []
    return [*lines, *_rest(len(verdict.change_tests) - len(answers), "tested module", view, indent)]


def _change_share_line(check: Check | None, change: ChangeOutcome, label: str, *, branches: bool) -> Line:
    """`change.units` counts the excluded modules too, the check does not."""
    if not change.units or (check is not None and not check.units):
        return (Span(f"{label}  nothing to cover"),)
    if check is None:
        return (Span(f"{label}  {shown_percent(change.covered, change.units):>5} %"),)
    text = f"{label}  {shown_percent(check.covered, check.units):>5} %  target {target_in_words(check)} %"
    text += " (default)  " if check.is_default else "  "
    missing = f"  {check.share.missing} of {counted_units(check.units, 'changed', branches=branches)} missing"
    missing += without_accepted(check.accepted)
    return (Span(text), OUTCOMES[check.status == "passed"], Span(missing if check.share.missing else ""))


def _moved_lines(verdict: Verdict, view: View) -> list[Line]:
    """What moved since the baseline: before, now and the difference."""
    rows = list(moved_rows(verdict))
    if not rows or not isinstance(verdict.baseline, Baseline):
        return []
    sums = sum(row.kind == "sum" for row in rows)
    limit = _limit(view)
    shown = rows if limit is None else rows[: sums + limit]
    title = f"moved since {since(verdict.baseline)}"
    names = [printable(row.subject) for row in shown]
    width = max(cells(title), min(max(map(cells, names)), view.width - MOVED))
    lines: list[Line] = [(Span(f"{pad(title, width)}  before     now      +-", "strong"),)]
    for row, name in zip(shown, shorten_paths(names, width), strict=True):
        style: Style = "bad" if row.points.startswith("-") and row.points != NOTHING else "plain"
        what = f"  {printable(row.what)}" if row.what else ""
        numbers = f"  {row.before:>6}  {row.now:>6}  "
        lines.append((Span(f"{pad(name, width)}{numbers}"), Span(f"{row.points:>6}", style), Span(what, "dim")))
    return [*lines, *_rest(len(rows) - len(shown), "module", view)]


def _lost_lines(verdict: Verdict, view: View) -> list[Line]:
    """The unchanged lines that are no longer covered, as source."""
    shown = verdict.lost[: _limit(view)]
    if not shown:
        return []
    paths = shorten_paths([printable(line.path) for line in shown], view.width // 2)
    places = [f"{path}:{line.number}" for path, line in zip(paths, shown, strict=True)]
    width = max(map(cells, places))
    lines: list[Line] = [(Span("no longer covered, although unchanged", "strong"),)]
    for place, line in zip(places, shown, strict=True):
        mark = Span(PARTIAL, "fair") if line.is_partial else Span(MARK, "bad")
        lines.append((mark, Span(f"{pad(place, width)}  "), Span(printable(line.text.expandtabs(4).strip()), "code")))
    lost = sum(len(module.lost) for module in verdict.comparison.modules) if verdict.comparison else 0
    lines += _rest(lost - len(shown), "line", view)
    told = tuple(lost_test_lines(verdict.lost_tests[: _limit(view)]))
    lines += [(Span(part),) for sentence in told for part in wrap(sentence, view.width)]
    return [*lines, *_rest(len(verdict.lost_tests) - len(told), "place", view)]


def _gap_lines(verdict: Verdict, view: View) -> list[Line]:
    """The gaps, most urgent first. What is missing stands beside the numbers where all of it fits, else below."""
    shown = verdict.gaps[: _limit(view)]
    if not shown:
        return []
    paths = [printable(gap.path) for gap in shown]
    longest = max(PATH, *map(cells, paths))
    room = view.width - longest - NUMBERS
    is_below = any(cells(reasons_within(gap.why, 10_000)) > room for gap in shown)
    path_width = max(PATH, min(longest, view.width - NUMBERS)) if is_below else longest
    reasons_width = max(20, view.width - len(INDENT)) if is_below else room
    heading = f"{pad('top gaps', path_width)}  {'cover':>6}  {aim_title(verdict):>6}  {number_title(verdict):>8}"
    lines: list[Line] = [(Span(heading + ("" if is_below else "            what is missing"), "strong"),)]
    groups = {gap.group for gap in verdict.gaps}
    has_headings = "change" in groups or len(groups) > 1 or verdict.ranks_by_goal
    group = None
    for gap, path in zip(shown, shorten_paths(paths, path_width), strict=True):
        if has_headings and gap.group != group:
            group = gap.group
            lines.append((Span(GROUP_TITLES[gap.group], "dim"),))
        words = reasons_within(gap.why, reasons_width)
        lines += _gap_rows(gap, pad(path, path_width), words, is_below=is_below)
    lines += _rest(len(verdict.gaps) - len(shown), "module", view)
    advice = (line for where, text in advice_in_words(shown) for line in wrap(f"{where}: {text}", view.width))
    return [*lines, *((Span(line, "dim"),) for line in advice)]


def _gap_rows(gap: Gap, path: str, words: str, *, is_below: bool) -> list[Line]:
    numbers = f"  {shown_percent(gap.covered, gap.units):>6}  {shown_aim(gap):>6}  {gap.to_reach:>8}  "
    style = BAND_STYLES[gap.band]
    if is_below:
        return [(Span(path), Span(numbers, style), Span(gap.band, style)), (Span(INDENT + words),)]
    return [(Span(path), Span(numbers, style), Span(f"{gap.band:<8}", style), Span(f"  {words}"))]


def _excerpt_lines(verdict: Verdict, view: View) -> list[Line]:
    """The uncovered changed lines as source, worst file first."""
    if verdict.change is None:
        return []
    order = {gap.path: gap.rank for gap in verdict.gaps if gap.group == "change"}
    files = sorted((f for f in verdict.change.files if f.path in order), key=lambda f: order[f.path])
    uncovered = sum(line.is_missing for file in files for line in file.excerpt)
    room = sum(len(file.excerpt) for file in files) if view.all_rows else EXCERPT
    lines: list[Line] = []
    shown_lines: list[SourceLine] = []
    for file in files:
        shown = file.excerpt[: max(0, room - len(shown_lines))]
        shown_lines += shown
        if shown:
            lines += [(Span(printable(file.path), "strong"),), *map(_source_line, shown)]
    count = sum(line.is_missing for line in shown_lines)
    if count < uncovered:
        text = f"{count} of {uncovered} uncovered changed lines shown ({view.all_option} shows all)"
        lines.append((Span(text, "dim"),))
    return lines


def _source_line(line: SourceLine) -> Line:
    mark = PARTIAL if line.is_partial else MARK if line.is_missing else " " * len(MARK)
    style: Style = "fair" if line.is_partial else "bad" if line.is_missing else "dim"
    return (Span(f"{mark}{line.number:>5}  ", style), Span(printable(line.text.expandtabs(4).rstrip()), "code"))


def _loosened_lines(verdict: Verdict, view: View) -> list[Line]:
    """The rules that the change loosens; or why they were to be judged and are not known."""
    check = verdict.check_of("loosened")
    if check is not None and check.status == "skipped":
        return [(Span(f"loosened rules  skipped: {printable(check.explanation)}", "fair"),)]
    rows = [(what, cut_right(change, LONGEST), where) for what, change, where in loosened_rows(verdict)]
    shown = rows[: _limit(view)]
    if not shown:
        return []
    first, second = (max(cells(row[column]) for row in shown) for column in (0, 1))
    lines: list[Line] = [(Span("loosened by this change", "strong"),)]
    for what, change, where in shown:
        lines.append((Span(f"  {pad(what, first)}  {pad(change, second)}  ", "fair"), Span(where, "dim")))
    return [*lines, *_rest(len(rows) - len(shown), "rule", view, "  ")]


def _accepted_lines(verdict: Verdict, view: View) -> list[Line]:
    """How much is accepted, then where and why; entries that no longer accept anything stand in the notes."""
    gaps = [gap for gap in verdict.accepted if gap.state == "accepted"]
    if not gaps:
        return []
    units = counted_units(verdict.measured.accepted, "missing", branches=verdict.measured.branches)
    lines: list[Line] = [(Span(f"accepted: {units}, not required", "strong"),)]
    shown = gaps[: _limit(view)]
    for gap in shown:
        terms = f" ({printable(acceptance_terms(gap))})" if acceptance_terms(gap) else ""
        lines.append((Span(f"{printable(gap.title)}, {gap.units}: {printable(gap.reason)}{terms}", "dim"),))
    return [*lines, *_rest(len(gaps) - len(shown), "accepted gap", view)]


def _limit(view: View) -> int | None:
    return None if view.all_rows else ROWS


def _rest(count: int, noun: str, view: View, indent: str = "") -> list[Line]:
    """How many rows are not shown, counted as those that are."""
    if not count:
        return []
    text = f"... and {counted(count, f'more {noun}')}"
    text += "" if view.all_rows else f" ({_shown_by(view.all_option, count)})"
    return [(Span(f"{indent}{text}", "dim"),)]


def _shown_by(option: str, count: int) -> str:
    return f"{option} shows {'it' if count == 1 else 'them'}"


def _verdict_line(verdict: Verdict, view: View, *, is_alone: bool) -> Line:
    """The verdict; where nothing stands above it, with the option that shows its notes or the loosened rules."""
    text = verdict_line(verdict)
    if is_alone and verdict.status == "passed":
        if verdict.notes:
            text += f" ({counted(len(verdict.notes), 'note')}, {_shown_by(view.notes_option, len(verdict.notes))})"
        elif verdict.loosened:
            text += f" ({_shown_by(view.notes_option, len(verdict.loosened))})"
    return (Span(text, STATUS_STYLES[verdict.status]),)


def _separated(blocks: Iterable[Sequence[Line]]) -> Iterable[Line]:
    for block in blocks:
        yield from block
        yield ()

"""The pull-request comment and job summary: the verdict, the change, then what else is to close.

Every text of the project's stands in code, where Markdown, mentions and links mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from covgate.model.checks import Check
from covgate.model.comparison import Baseline
from covgate.model.context import ReportContext, quoted_path
from covgate.model.lines import LineRange
from covgate.model.missing import range_in_words
from covgate.model.percent import NOTHING, shown_percent
from covgate.model.verdict import AcceptedGap, ChangedModule, Gap, Status, Verdict
from covgate.model.words import counted, counted_units
from covgate.reports.advice import advice_in_words
from covgate.reports.format import Format
from covgate.reports.known_tests import change_sentences
from covgate.reports.lost_tests import lost_test_lines
from covgate.reports.movement import MovedRow, moved_rows, since
from covgate.reports.progress import pace_in_words, progress_of_total, way_in_words
from covgate.reports.text import cut_right, printable, shorten_path
from covgate.reports.wording import (
    WORDS,
    acceptance_terms,
    aim_title,
    changed_files,
    component_of,
    goal_of_sum,
    goals_without_target,
    loosened_rows,
    mode_in_words,
    module_counts,
    needed,
    number_title,
    reasons_within,
    shown_aim,
    summary,
    target_in_words,
    troubles,
)

LIMIT = 65_536
"""Characters of a comment, on GitHub."""
ROOM = LIMIT - 4_000
"""For rows; the rest is for headings, and for what is said of rows that were cut."""
FOLDED_FROM = 10
LONGEST_LINK = 1_000
NAME, REASON, LINKS = 200, 500, 40
"""Most characters of a path and of a reason, and most ranges of lines of one file."""
ICONS: dict[Status, str] = {
    "passed": ":white_check_mark:",
    "failed": ":x:",
    "advisory": ":warning:",
    "error": ":x:",
}


class _Section(NamedTuple):
    """Rows of one kind, most urgent first, between what opens and what closes them."""

    title: str
    head: str = ""
    rows: Sequence[str] = ()
    folded: bool = False
    is_list: bool = False


def markdown_comment(verdict: Verdict, context: ReportContext) -> str:
    """At most `LIMIT` characters. Its first line is a mark by which the comment is found again."""
    headline = f"### {ICONS[verdict.status]} Coverage gate: {WORDS[verdict.status]}"
    headline += " (mode warn)" if mode_in_words(verdict) else ""
    sentence = summary(verdict, _name_as_code)
    parts = [marker(context), "", headline, "", f"{sentence[0].upper()}{sentence[1:]}.", ""]
    left = ROOM
    for section in _sections(verdict, context):
        if section.rows:
            text, used = _fitted(section, left)
            left -= used
            parts.append(text)
    return "\n".join(parts).rstrip("\n") + "\n"


def marker(context: ReportContext) -> str:
    """An HTML comment that names the project: several of one repository keep their comments apart."""
    return f"<!-- covgate: {quoted_path(context.project).replace('--', '-%2D')[:NAME]} -->"


def code(text: str) -> str:
    """`text` as code in a paragraph or in a cell of a table, whatever it holds."""
    shown = printable(text)
    if not any(character in shown for character in "`|\\") and shown.strip() == shown and shown:
        return f"`{shown}`"
    return f"<code>{''.join(map(_entity, shown))}</code>"


def _entity(character: str) -> str:
    return character if character.isalnum() else f"&#{ord(character)};"


def _name_as_code(text: str) -> str:
    return code(cut_right(text, NAME))


def _sections(verdict: Verdict, context: ReportContext) -> Iterator[_Section]:
    branches = verdict.measured.branches
    yield _Section(title="", head="| | covered | target | |\n|---|--:|--:|---|", rows=list(_shares(verdict)))
    yield _Section(title="", rows=list(_troubles(verdict)), is_list=True)
    yield _moved(verdict, context)
    lost_tests = list(lost_test_lines(verdict.lost_tests, _name_as_code))
    yield _Section(title="Why lines are no longer covered", rows=lost_tests, is_list=True)
    changed = sorted(
        (file for file in (verdict.change.files if verdict.change else ()) if file.missing),
        key=lambda file: (file.covered - file.units, file.path),
    )
    yield _Section(
        title="Uncovered lines of the change",
        rows=[_changed_row(file, context, branches) for file in changed],
        is_list=True,
    )
    tests = [
        f"{_name(answer.subject.path, context)}: {'; '.join(change_sentences(answer, _name_as_code)[:LINKS])}"
        for answer in verdict.change_tests
    ]
    yield _Section(title="Tests of the change", rows=tests, folded=True, is_list=True)
    loosened = [
        f"{code(what)}: {code(cut_right(how, REASON))}, {code(where)}" for what, how, where in loosened_rows(verdict)
    ]
    yield _Section(title="Rules that this change loosens", rows=loosened, is_list=True)
    gaps = [_gap_row(gap, context) for gap in verdict.gaps]
    head = f"| | covered | {aim_title(verdict)} | {number_title(verdict)} | what is missing |\n|---|--:|--:|--:|---|"
    state = "to improve" if verdict.has_targets else "not fully covered"
    state = "below a goal" if verdict.ranks_by_goal else state
    title = f"Top gaps: {counted(len(gaps), 'module')} {state}"
    yield _Section(title=title, head=head, rows=gaps, folded=len(gaps) > FOLDED_FROM)
    advice = [f"{code(where)}: {code(cut_right(text, REASON))}" for where, text in advice_in_words(verdict.gaps)]
    yield _Section(title="Advice", rows=advice, is_list=True)
    accepted = [_accepted_row(gap, branches) for gap in verdict.accepted if gap.state == "accepted"]
    title = f"{counted_units(verdict.measured.accepted, 'missing', branches=branches)} accepted"
    yield _Section(title=title, rows=accepted, folded=True, is_list=True)
    notes = [code(cut_right(note, REASON)) for note in verdict.notes]
    yield _Section(title=counted(len(notes), "note"), rows=notes, folded=True, is_list=True)


def _moved(verdict: Verdict, context: ReportContext) -> _Section:
    """Return the table of before and after; without rows where nothing moved."""
    rows = []
    for row in moved_rows(verdict):
        what = f" {code(row.what)}" if row.what else ""
        rows.append(f"| {_moved_name(row, context)} | {row.before} | {row.now} | {row.points} |{what} |")
    title = f"Since {since(verdict.baseline, _name_as_code)}" if isinstance(verdict.baseline, Baseline) else ""
    return _Section(title=title, head="| | before | now | +- | |\n|---|--:|--:|--:|---|", rows=rows)


def _moved_name(row: MovedRow, context: ReportContext) -> str:
    is_there = row.kind == "module" and row.now != NOTHING
    return _name(row.subject, context) if is_there else _name_as_code(row.subject)


def _accepted_row(gap: AcceptedGap, branches: bool) -> str:
    terms = acceptance_terms(gap)
    units = counted_units(gap.units, branches=branches)
    return (
        f"{_name_as_code(gap.title)}, {units}: {code(cut_right(gap.reason, REASON))}{f', {code(terms)}' * bool(terms)}"
    )


def _shares(verdict: Verdict) -> Iterator[str]:
    measured, change = verdict.measured, verdict.change
    branches = measured.branches
    by_rule = {check.rule: check for check in verdict.checks}
    lines = by_rule.get("changed-lines")
    if change is not None:
        since = changed_files(change, _name_as_code)
        if lines is None:
            share = f"{shown_percent(change.covered, change.units)} %" if change.units else NOTHING
            yield f"| change | {share} | | {since} |"
        else:
            yield _share("change", lines, branches, [since])
    elif lines is not None:
        is_error = lines.status == "error"  # the reason then stands among the troubles
        words = f"{ICONS['error']} not judged" if is_error else f"skipped: {code(cut_right(lines.explanation, REASON))}"
        yield f"| change | | | {words} |"
    if "total" in by_rule:
        yield _share("total", by_rule["total"], branches, _goal(by_rule["total"], verdict))
    elif measured.files:
        goal = goal_of_sum(verdict, None)
        yield f"| total | {shown_percent(measured.covered, measured.units)} % | | {f'{goal} ' if goal else ''}|"
    progress = progress_of_total(verdict)
    if progress is not None:
        pace = f"; {pace_in_words(progress.pace)}" if progress.pace else ""
        yield f"| progress | | | {way_in_words(progress)}{pace} |"
    for check in verdict.checks:
        if check.rule == "component":
            yield _share(_name_as_code(check.subject), check, branches, _goal(check, verdict))
    for one in goals_without_target(verdict):
        share, name = shown_percent(one.share.covered, one.share.units), _name_as_code(one.component or "")
        yield f"| {name} | {share} % | | {goal_of_sum(verdict, one.component)} |"
    for count in module_counts(verdict):
        icon = ICONS["passed" if count.is_met else "failed"]
        yield f"| {count.label} | {count.reached} of {count.held} | | {icon} {count.words} |"


def _goal(check: Check, verdict: Verdict) -> list[str]:
    goal = goal_of_sum(verdict, component_of(check), is_failing=check.status == "failed")
    return [goal] if goal else []


def _share(label: str, check: Check, branches: bool, more: Sequence[str] = ()) -> str:
    share = f"{shown_percent(check.covered, check.units)} %" if check.units else NOTHING
    words = [] if check.units else ["nothing to cover"]
    words += [needed(check.to_reach, branches=branches)] if check.to_reach else []
    words += [f"{check.accepted} accepted"] if check.accepted else []
    words += more
    icon = ICONS["failed" if check.status == "failed" else "passed"]
    return f"| {label} | {share} | {target_in_words(check)} % | {icon} {'; '.join(words)}".rstrip() + " |"


def _troubles(verdict: Verdict) -> Iterator[str]:
    for one in troubles(verdict):
        yield f"{ICONS['error']} {one.kind}: {code(cut_right(one.sentence, REASON))}{one.mark}"


def _changed_row(file: ChangedModule, context: ReportContext, branches: bool) -> str:
    lines = ", ".join(_range(file.path, lines, context) for lines in file.missing[:LINKS])
    more = len(file.missing) - LINKS
    cut = f" and {counted(more, 'more range')}" if more > 0 else ""
    units = counted_units(file.units, "changed", branches=branches)
    missing = f"{file.units - file.covered - file.accepted} of {units} missing"
    return f"{_name(file.path, context)}: {missing}, {'line' if _is_one_line(file) else 'lines'} {lines}{cut}"


def _is_one_line(file: ChangedModule) -> bool:
    return len(file.missing) == 1 and file.missing[0][0] == file.missing[0][1]


def _gap_row(gap: Gap, context: ReportContext) -> str:
    aim = shown_aim(gap) if gap.aim is None else f"{shown_aim(gap)} %"
    why = code(reasons_within(gap.why, NAME)) if gap.why else ""
    share = f"{shown_percent(gap.covered, gap.units)} %"
    return f"| {_name(gap.path, context)} | {share} | {aim} | {gap.to_reach} | {why} |"


def _name(path: str, context: ReportContext) -> str:
    return _linked(code(shorten_path(printable(path), NAME)), context.link(path))


def _range(path: str, lines: LineRange, context: ReportContext) -> str:
    return _linked(range_in_words(lines), context.link(path, lines))


def _linked(text: str, link: str | None) -> str:
    """Without the link where that is longer than anybody's."""
    return f"[{text}]({link})" if link is not None and len(link) <= LONGEST_LINK else text


def _fitted(section: _Section, room: int) -> tuple[str, int]:
    """As many rows as fit, and a line that counts the rest; with the characters that the rows take."""
    bullet = "- " if section.is_list else ""
    rows, used = [], 0
    for row in section.rows:
        used += len(bullet) + len(row) + 1
        if used > room:
            break
        rows.append(f"{bullet}{row}")
    cut = len(section.rows) - len(rows)
    lines = [*([section.head] if section.head else []), *rows]
    lines += ["", f"... and {cut} more, which did not fit"] if cut else []
    if section.folded:
        lines = [f"<details><summary>{section.title}</summary>", "", *lines, "", "</details>"]
    elif section.title:
        lines = [f"**{section.title}**", "", *lines]
    return "\n".join(lines) + "\n", min(used, room)


FORMAT = Format(render=markdown_comment, path="covgate.md")
SUMMARY = Format(render=markdown_comment, path="", variable="GITHUB_STEP_SUMMARY")

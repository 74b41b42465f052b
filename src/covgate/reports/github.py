"""GitHub's workflow commands: annotations on the pull request, within what GitHub shows, spread over the files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from covgate.model.context import ReportContext
from covgate.model.verdict import Verdict
from covgate.model.words import counted
from covgate.reports.format import STDOUT, Format
from covgate.reports.remarks import Kind, Remark, remarks
from covgate.reports.text import printable
from covgate.reports.wording import check_in_words, verdict_line

TITLE = "title=Coverage gate"
SHOWN = 10
"""Annotations of one level that GitHub shows of a step."""
FAILING: dict[Kind, str] = {
    "uncovered-change": "error",
    "partial-change": "warning",
    "loosened": "error",
    "below-target": "notice",
}
PASSING: dict[Kind, str] = {**FAILING, "uncovered-change": "warning", "loosened": "warning"}
"""Levels where the run does not fail because of it."""


def workflow_commands(verdict: Verdict, context: ReportContext) -> str:
    """A command a line: first the verdict unless it passed, then places: of each file one, worst file first, and so on.

    What goes beyond the limit of a level is counted in one more.
    """
    places: dict[str, list[Remark]] = {"error": [], "warning": [], "notice": []}
    for remark in _of_concern(remarks(verdict), verdict):
        if remark.kind in FAILING and context.repository_path(remark.path):
            is_failing = remark.is_failing and verdict.fails_the_run
            places[(FAILING if is_failing else PASSING)[remark.kind]].append(remark)
    room = dict.fromkeys(places, SHOWN)
    lines = []
    if verdict.status != "passed":
        level = "error" if verdict.fails_the_run else "warning"
        room[level] -= 1
        lines.append(f"::{level} {TITLE}::{_data(_verdict_in_full(verdict))}")
    if any(len(places[level]) > room[level] for level in places):
        room["notice"] -= 1  # for the line that counts what is hidden
    hidden: list[str] = []
    for level, of_level in places.items():
        spread = _spread_over_files(of_level)
        lines += [_command(level, remark, context) for remark in spread[: room[level]]]
        hidden += [remark.path for remark in spread[room[level] :]]
    if hidden:
        lines.append(f"::notice {TITLE}::{_data(_rest(hidden))}")
    return "".join(f"{line}\n" for line in lines)


def _rest(hidden: Sequence[str]) -> str:
    """How many places are not shown, of which each is known by its path."""
    verb = "is" if len(hidden) == 1 else "are"
    places = f"{counted(len(hidden), 'more place')} in {counted(len(set(hidden)), 'file')} {verb} not annotated"
    return f"{places}: GitHub shows at most {SHOWN} errors, {SHOWN} warnings and {SHOWN} notices"


def _spread_over_files(places: Iterable[Remark]) -> list[Remark]:
    """The first remark of each file, then the second of each, and so on; files and remarks keep their order."""
    count: dict[str, int] = {}
    turns = []
    for remark in places:
        count[remark.path] = count.get(remark.path, 0) + 1
        turns.append((count[remark.path], remark))
    return [remark for _, remark in sorted(turns, key=lambda turn: turn[0])]


def _verdict_in_full(verdict: Verdict) -> str:
    """The verdict, and below it each check that does not pass."""
    unmet = [check for check in verdict.checks if check.status in ("failed", "error")]
    lines = [check_in_words(check, branches=verdict.measured.branches) for check in unmet[:SHOWN]]
    more = [f"... and {counted(len(unmet) - SHOWN, 'more check')}"] if len(unmet) > SHOWN else []
    return "\n".join([verdict_line(verdict), *lines, *more])


def _of_concern(every: Sequence[Remark], verdict: Verdict) -> list[Remark]:
    """Where a change is judged, modules that it leaves alone are no news, and those with marked lines need no more."""
    if verdict.change is None:
        return list(every)
    touched = {gap.path for gap in verdict.gaps if gap.group == "change"}
    marked = [remark for remark in every if remark.lines is not None or remark.kind == "loosened"]
    silent = {remark.path for remark in marked}
    return [remark for remark in every if remark in marked or remark.path in touched - silent]


def _command(level: str, remark: Remark, context: ReportContext) -> str:
    path = printable(context.repository_path(remark.path) or "")
    where = f"file={_property(path)}"
    if remark.lines is not None:
        first, last = remark.lines
        where += f",line={first},endLine={last}"
    return f"::{level} {where},{TITLE}::{_data(printable(remark.text))}"


def _data(text: str) -> str:
    """As the runner's own toolkit escapes what follows the second pair of colons."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Likewise, a property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format(render=workflow_commands, path=STDOUT)

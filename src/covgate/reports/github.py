"""GitHub's workflow commands: annotations on the pull request, within what GitHub shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from covgate.model.context import ReportContext
from covgate.model.verdict import Verdict
from covgate.reports.format import STDOUT, Format
from covgate.reports.remarks import KINDS, Kind, Remark, remarks
from covgate.reports.text import printable

SHOWN = 10
"""Annotations of one level that GitHub shows of a step."""
LEVELS: dict[Kind, str] = {
    "uncovered-change": "error",
    "partial-change": "warning",
    "loosened": "warning",
    "below-target": "notice",
}


def workflow_commands(verdict: Verdict, context: ReportContext) -> str:
    """A command a line, most urgent first; what goes beyond the limit is counted in one more."""
    lines: list[str] = []
    found = _of_concern(remarks(verdict), verdict)
    for kind, level in LEVELS.items():
        if level == "error" and not verdict.fails_the_run:
            level = "warning"
        places = [remark for remark in found if remark.kind == kind and context.repository_path(remark.path)]
        lines += [_command(level, remark, context) for remark in places[:SHOWN]]
        lines += _rest(kind, len(places) - SHOWN)
    return "".join(f"{line}\n" for line in lines)


def _of_concern(found: Sequence[Remark], verdict: Verdict) -> list[Remark]:
    """Where a change is judged, modules that it leaves alone are no news, and those with marked lines need no more."""
    if verdict.change is None:
        return list(found)
    touched = {gap.path for gap in verdict.gaps if gap.group == "change"}
    marked = [remark for remark in found if remark.lines is not None or remark.kind == "loosened"]
    silent = {remark.path for remark in marked}
    return [remark for remark in found if remark in marked or remark.path in touched - silent]


def _command(level: str, remark: Remark, context: ReportContext) -> str:
    path = printable(context.repository_path(remark.path) or "")
    where = f"file={_property(path)}"
    if remark.lines is not None:
        first, last = remark.lines
        where += f",line={first},endLine={last}"
    return f"::{level} {where},title={_property('Coverage gate')}::{_data(printable(remark.text))}"


def _rest(kind: Kind, count: int) -> Iterator[str]:
    if count > 0:
        yield f"::notice title={_property('Coverage gate')}::{_data(f'{KINDS[kind]}: {count} more places')}"


def _data(text: str) -> str:
    """As the runner's own toolkit escapes what follows the second pair of colons."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Likewise, a property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format(render=workflow_commands, path=STDOUT)

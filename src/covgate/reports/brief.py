"""The verdict in few lines, where a coding agent reads them: no columns, each line with what it is about."""

from __future__ import annotations

from collections.abc import Iterator

from covgate.model.percent import shown_percent
from covgate.model.verdict import Gap, Verdict
from covgate.reports.lost_tests import lost_test_lines
from covgate.reports.movement import no_baseline
from covgate.reports.text import printable
from covgate.reports.wording import needed, reasons_within, shown_aim, troubles

MOST = 10
"""Gaps and lost lines that are shown of each."""
WIDTH = 400
"""Cells of what is missing in one gap."""
NEXT = "covgate next --json names the test to write, covgate explain PATH what is missing"


def brief_lines(verdict: Verdict) -> Iterator[str]:
    """Yield what stands before the verdict's line."""
    yield from (f"{one.kind}: {printable(one.sentence)}{one.mark}" for one in troubles(verdict))
    branches = verdict.measured.branches
    yield from (_gap(gap, branches=branches) for gap in verdict.gaps[:MOST])
    if len(verdict.gaps) > MOST:
        yield f"{len(verdict.gaps) - MOST} more modules: covgate report"
    yield from (f"no longer covered: {printable(one.path)}:{one.number}" for one in verdict.lost[:MOST])
    if len(verdict.lost) > MOST:
        yield f"{len(verdict.lost) - MOST} more lines are no longer covered: covgate compare --json"
    yield from lost_test_lines(verdict.lost_tests[:MOST])
    if len(verdict.lost_tests) > MOST:
        yield f"what became of the tests of {len(verdict.lost_tests) - MOST} more places: covgate compare --json"
    if verdict.gaps:
        yield NEXT
    if verdict.status != "passed" and no_baseline(verdict):
        yield printable(no_baseline(verdict))


def _gap(gap: Gap, *, branches: bool) -> str:
    aim = f" of {shown_aim(gap)} %" if gap.aim is not None else " %"
    need = f", {needed(gap.to_reach, branches=branches)}" if gap.to_reach else ""
    share = f"{printable(gap.path)}: {shown_percent(gap.covered, gap.units)}{aim}{need}"
    advice = f" ({printable(gap.advice)})" if gap.advice else ""
    return f"{share}: {reasons_within(gap.why, WIDTH)}{advice}"

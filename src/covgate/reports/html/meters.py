"""Shares beside their targets: the total, the change, the modules and the components."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from covgate.model.checks import Check
from covgate.model.percent import NOTHING, shown_percent
from covgate.model.share import Share
from covgate.model.trend import Progress
from covgate.model.verdict import Verdict
from covgate.model.words import counted_units
from covgate.reports.progress import pace_in_words, progress_of_total, way_in_words
from covgate.reports.text import printable
from covgate.reports.wording import (
    ModuleCount,
    goal_of_sum,
    goals_without_target,
    module_counts,
    needed,
    target_in_words,
    without_accepted,
)

State: TypeAlias = Literal["passed", "failed", "none"]


class Meter(NamedTuple):
    """A share, its target and its result.

    `fill` is where its bar ends and `mark` where its target stands, both in tenths of a percent.
    """

    label: str
    share: str
    words: str
    state: State = "none"
    result: str = ""
    target: str = ""
    fill: int | None = None
    mark: int | None = None


def total_meters(verdict: Verdict) -> Iterator[Meter]:
    """Yield the total, the change, the touched modules and all modules, as far as they are known."""
    measured, branches = verdict.measured, verdict.measured.branches
    total = verdict.check_of("total")
    if total is not None:
        yield _with_goal(_judged_meter("Total", total, branches), verdict, None)
    elif measured.files:
        share = Share(measured.covered, measured.units, measured.accepted)
        yield _with_goal(_plain_meter("Total", share, branches), verdict, None)
    progress = progress_of_total(verdict)
    if progress is not None:
        yield _progress_meter(progress)
    yield from _change_meters(verdict)
    yield from map(_count_meter, module_counts(verdict))


def component_meters(verdict: Verdict) -> Iterator[Meter]:
    """Yield the components in the order of the settings."""
    for check in verdict.checks:
        if check.rule == "component":
            meter = _judged_meter(printable(check.subject), check, verdict.measured.branches)
            yield _with_goal(meter, verdict, check.subject)
    for goal in goals_without_target(verdict):
        meter = _plain_meter(printable(goal.component or ""), goal.share, verdict.measured.branches)
        yield _with_goal(meter, verdict, goal.component)


def _with_goal(meter: Meter, verdict: Verdict, component: str | None) -> Meter:
    goal = goal_of_sum(verdict, component, is_failing=meter.state == "failed")
    return meter._replace(words=f"{meter.words}; {goal}") if goal else meter


def _progress_meter(progress: Progress) -> Meter:
    words = way_in_words(progress)
    return Meter(
        label="Progress",
        share=f"{math.floor(100 * progress.way)} %",
        words=f"{words}; {pace_in_words(progress.pace)}" if progress.pace else words,
        fill=math.floor(1000 * progress.way),
    )


def _change_meters(verdict: Verdict) -> Iterator[Meter]:
    change, check = verdict.change, verdict.check_of("changed-lines")
    if change is None:
        if check is not None:
            yield Meter(label="Change", share=NOTHING, words="not judged" if check.status == "error" else "skipped")
    elif not (change if check is None else check).units:  # the check leaves out excluded modules
        yield Meter(label="Change", share=NOTHING, words="nothing to cover")
    elif check is None or check.target is None:
        yield _plain_meter("Change", change.share, verdict.measured.branches)
    else:
        yield _judged_meter("Change", check, verdict.measured.branches)


def _plain_meter(label: str, share: Share, branches: bool) -> Meter:
    percent = shown_percent(share.covered, share.units)
    units = counted_units(share.units, branches=branches)
    return Meter(
        label=label,
        share=f"{percent} %" if share.units else percent,
        words=f"{share.covered} of {units} covered{without_accepted(share.accepted)}",
        fill=1000 * share.covered // share.units if share.units else None,
    )


def _judged_meter(label: str, check: Check, branches: bool) -> Meter:
    assert check.target is not None
    plain = _plain_meter(label, check.share, branches)
    has_failed = check.status == "failed"
    adopted = f" ({printable(check.source)})" if check.is_adopted or check.is_default else ""
    return Meter(
        label=label,
        share=plain.share,
        words=f"{plain.words}; {needed(check.to_reach, branches=branches)}" if has_failed else plain.words,
        state="failed" if has_failed else "passed",
        result="missed" if has_failed else "reached",
        target=f"target {target_in_words(check)} %{adopted}",
        fill=plain.fill,
        mark=min(1000, int(check.target * 10)),
    )


def _count_meter(count: ModuleCount) -> Meter:
    return Meter(
        label=count.label.capitalize(),
        share=f"{count.reached} of {count.held}",
        words=count.words,
        state="passed" if count.is_met else "failed",
        result="none below target" if count.is_met else f"{count.held - count.reached} below target",
        fill=1000 * count.reached // count.held,
    )

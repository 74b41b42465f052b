"""What a run is held to against its baseline: drops, lost lines, and the time that the tests take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from covgate.judge.naming import named
from covgate.judge.targets import matches_any
from covgate.model.checks import Check, Rule
from covgate.model.comparison import Baseline, BaselineMissing, Comparison, Movement
from covgate.model.lines import Lines
from covgate.model.missing import range_in_words
from covgate.model.run_context import RunContext
from covgate.model.settings import HistorySettings, Settings, is_set
from covgate.model.share import NO_UNITS
from covgate.model.snapshot import Snapshot
from covgate.model.words import counted_units

FLAGGED = 2
"""Points above which a drop is always told."""
ALERT = 5
"""Points above which it is told as an alert."""
FEWEST = 20
"""Units below which a module is too small for its drop to say something."""
NOTICED = Fraction(8, 10)
"""The part of the budget from which on the time is told."""
FEWEST_RUNS = 10
"""Runs without which a slowdown is not looked for."""
DEVIATIONS = 3.5
"""Median absolute deviations above the median from which on a run is slow."""
SLOWER = 0.2
"""The part of the median that it must take longer as well."""
FEWEST_SECONDS = 1
"""Seconds that it must take longer as well: below, the time of a start decides."""
FEWEST_WITHOUT_TENTHS = 10
SOURCE = "tool.covgate.history"
UNCHANGED_CODE = "unchanged code"


def movement_checks(
    baseline: Baseline | BaselineMissing | None, comparison: Comparison | None, settings: Settings, snapshot: Snapshot
) -> Iterator[Check]:
    """Check what `max_drop` and `lost` ask for; skipped where there is no baseline."""
    history = settings.history
    if comparison is None:
        if isinstance(baseline, Baseline):
            baseline = BaselineMissing("only a part of the tests ran")
        if baseline is not None:
            yield from _skipped(baseline, history)
        return
    if is_set(history.max_drop):
        drops = list(_drops(comparison, settings, snapshot))
        failing = [drop for drop in drops if drop[1].drop > history.max_drop]
        for subject, movement in failing or drops[:1]:
            yield _drop_check(subject, movement, history.max_drop, branches=snapshot.has_branches)
    if history.lost == "fail":
        yield _lost_check(comparison, branches=snapshot.has_branches)


def budget_checks(seconds: float | None, history: HistorySettings) -> Iterator[Check]:
    """Check that the tests took no more seconds than `budget`."""
    if history.budget is None or seconds is None:
        return
    is_over = seconds > history.budget
    yield Check(
        rule="budget",
        subject="the tests",
        status="failed" if is_over else "passed",
        source=f"{SOURCE}.budget",
        reason=f"they took {seconds:.1f} seconds, {history.budget} are allowed" if is_over else "",
    )


def movement_notes(
    comparison: Comparison | None,
    checks: Iterable[Check],
    settings: Settings,
    snapshot: Snapshot,
    context: RunContext,
) -> Iterator[str]:
    """Say what nobody may miss, and no failing check says: drops, lost lines, and tests that take long."""
    failing = {(check.rule, check.subject) for check in checks if check.status == "failed"}
    if comparison is not None:
        drops = {subject: movement.drop for subject, movement in _drops(comparison, settings, snapshot)}
        told = {name: drop for name, drop in drops.items() if drop > FLAGGED and ("drop", name) not in failing}
        if told:
            each = named([f"{name} by {_points(drop)} points" for name, drop in told.items()])
            yield f"{'alert: ' if max(told.values()) > ALERT else ''}coverage dropped: {each}"
        yield from filter(None, [lost_note(comparison, settings, snapshot)])
        yield from _flaky_note(comparison, branches=snapshot.has_branches)
    budget, seconds = settings.history.budget, context.seconds
    if budget is not None and seconds is not None and NOTICED * budget < seconds <= budget:
        yield f"the tests took {seconds:.1f} of {budget} seconds (tool.covgate.history.budget)"
    if seconds is not None and context.partial is None and context.incomplete is None:
        yield from slowdown_note(seconds, context.earlier_seconds)


def slowdown_note(seconds: float, earlier: Sequence[float]) -> Iterator[str]:
    """Say that the tests took unusually long, judged by runs in the same environment; they are noticed, never failed.

    It takes at least `FEWEST_RUNS` of them. The distance from their median is measured in their median absolute
    deviation, which a few slow runs do not move.
    """
    if len(earlier) < FEWEST_RUNS:
        return
    median = _median(earlier)
    deviation = _median([abs(one - median) for one in earlier])
    more = seconds - median
    if more > DEVIATIONS * deviation and more > SLOWER * median and more >= FEWEST_SECONDS:
        percent = int(100 * more / median)
        yield (
            f"the suite took {_seconds(seconds)}, {percent} % more than the median {_seconds(median)} "
            f"of the last {len(earlier)} runs in this environment"
        )


def _median(values: Sequence[float]) -> float:
    in_order = sorted(values)
    middle = len(in_order) // 2
    return in_order[middle] if len(in_order) % 2 else (in_order[middle - 1] + in_order[middle]) / 2


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= FEWEST_WITHOUT_TENTHS else f"{seconds:.1f} s"


def lost_note(comparison: Comparison | None, settings: Settings, snapshot: Snapshot) -> str:
    """Say what is no longer covered; empty where nothing is, or a check says it."""
    if comparison is None or settings.history.lost == "fail" or not comparison.total.categories.LBC:
        return ""
    return _lost_in_words(comparison, branches=snapshot.has_branches)


def _flaky_note(comparison: Comparison, *, branches: bool) -> Iterator[str]:
    """Name the lines that would be lost, but are proven flaky."""
    count = comparison.total.categories.flaky
    if count:
        places = [_place(module.path, module.flaky) for module in comparison.modules if module.flaky]
        yield f"flaky lines left out: {named(places)} ({counted_units(count, branches=branches)} not covered this time)"


def _place(path: str, lines: Lines) -> str:
    return f"{path}:{', '.join(map(range_in_words, lines.ranges()))}"


def _drops(comparison: Comparison, settings: Settings, snapshot: Snapshot) -> Iterator[tuple[str, Movement]]:
    """Yield what a drop is looked for in: the total, the components, and each module that is large enough."""
    yield "total", comparison.total
    yield from ((component.name, component.movement) for component in comparison.components)
    excluded = {module.path for module in snapshot.modules if matches_any(settings.exclude, module)}
    for module in comparison.modules:
        before, now = module.movement.before or NO_UNITS, module.movement.now or NO_UNITS
        if min(before.units, now.units) >= FEWEST and module.path not in excluded:
            yield module.path, module.movement


def _drop_check(subject: str, movement: Movement, allowed: Decimal, *, branches: bool) -> Check:
    now = movement.now or NO_UNITS
    is_over = movement.drop > allowed
    return Check(
        rule="drop",
        subject=subject,
        status="failed" if is_over else "passed",
        covered=now.covered,
        units=now.units,
        source=f"{SOURCE}.max_drop",
        reason=f"{_drop_in_words(movement, branches=branches)}; {allowed} allowed" if is_over else "",
    )


def _drop_in_words(movement: Movement, *, branches: bool) -> str:
    """Say how many points were lost, and the parts of the drop."""
    counts = movement.categories
    parts = (
        (counts.LBC, "no longer covered"),
        (counts.UNC, "new and not covered"),
        (counts.UIC, "counted now and not covered"),
        (counts.no_longer_counted.covered, "covered ones deleted"),
    )
    told = [f"{counted_units(count, branches=branches)} {what}" for count, what in parts[:3] if count]
    told += [f"{count} {what}" for count, what in parts[3:] if count]
    return f"dropped by {_points(movement.drop)} points" + (f": {', '.join(told)}" if told else "")


def _points(points: Fraction) -> str:
    """Return points to two places, rounded up: a drop above a limit never reads as the limit."""
    hundredths = -(-100 * points.numerator // points.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _lost_check(comparison: Comparison, *, branches: bool) -> Check:
    lost = comparison.total.categories.LBC
    return Check(
        rule="lost",
        subject=UNCHANGED_CODE,
        status="failed" if lost else "passed",
        to_reach=lost,
        source=f"{SOURCE}.lost",
        reason=_lost_in_words(comparison, branches=branches) if lost else "",
    )


def _lost_in_words(comparison: Comparison, *, branches: bool) -> str:
    lost = counted_units(comparison.total.categories.LBC, "unchanged", branches=branches)
    verb = "is" if comparison.total.categories.LBC == 1 else "are"
    places = [_place(module.path, module.lost) for module in comparison.modules if module.lost]
    return f"{lost} {verb} no longer covered: {named(places)}"


def _skipped(missing: BaselineMissing, history: HistorySettings) -> Iterator[Check]:
    asked: list[tuple[Rule, str, str]] = []
    if is_set(history.max_drop):
        asked.append(("drop", "total", "max_drop"))
    if history.lost == "fail":
        asked.append(("lost", UNCHANGED_CODE, "lost"))
    for rule, subject, key in asked:
        yield Check(
            rule=rule,
            subject=subject,
            status="error" if missing.is_error else "skipped",
            source=f"{SOURCE}.{key}",
            reason=f"cannot be compared: {missing.reason}",
            remedy=missing.remedy,
            error=missing.error if missing.is_error else None,
            is_asked_for=True,
        )

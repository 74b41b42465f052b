"""The gaps in the order in which to close them, each with what is missing in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from covgate.judge.targets import advice_on, matches_any
from covgate.model.checks import Check, most_demanding
from covgate.model.judged import JudgedModule
from covgate.model.missing import Reason
from covgate.model.percent import shown_target
from covgate.model.settings import Component, Settings, is_set
from covgate.model.share import NO_UNITS
from covgate.model.verdict import Band, ChangedModule, ChangedShare, Gap, GapGroup

GROUPS: tuple[GapGroup, ...] = (
    "change",
    "module",
    "component",
    "total",
    "goal",
    "component-goal",
    "untargeted",
)
BANDS: tuple[tuple[Band, int], ...] = (("critical", 100), ("high", 25), ("medium", 5))
"""From how many units needed on a gap is called so; below the last it is low."""
WHOLE = Decimal(100)
LIMIT = "limit:"
NO_GOALS: Mapping[str, Decimal] = {}


def rank_gaps(
    measured: Iterable[JudgedModule],
    unmeasured: Iterable[JudgedModule],
    settings: Settings,
    checks: Sequence[Check],
    changed: Sequence[ChangedModule] = (),
    goals: Mapping[str, Decimal] = NO_GOALS,
) -> tuple[Gap, ...]:
    """One gap per module that falls short, most urgent first.

    First what the change leaves; then the modules below their own target; then, where a component
    or the total falls short, the modules that pull it down. Within a group: more units to reach the
    target first, then more points, then the path. While every check passes, the gaps are what the
    modules miss to their `goals`, and components to theirs. Without any target or goal the gaps are
    what is missing at all.
    """
    modules = [judged for judged in measured if not matches_any(settings.exclude, judged.module)]
    candidates = (
        *_change_gaps([*modules, *unmeasured], changed, checks),
        *_module_gaps(modules, checks),
        *_component_gaps(modules, settings.components, checks),
        *_total_gaps(modules, checks),
        *(_goal_gaps(modules, settings.components, goals) if _is_green(checks) else ()),
        *(() if settings.sets_a_target or settings.sets_a_goal else _untargeted_gaps(modules)),
    )
    by_path: dict[str, list[Gap]] = {}
    for gap in candidates:
        by_path.setdefault(gap.path, []).append(gap)
    held: dict[str, list[Check]] = {}
    for check in checks:
        held.setdefault(check.subject, []).append(check)
    ordered = sorted(
        (_one_gap(gaps, held.get(path, ()), goals.get(path)) for path, gaps in by_path.items()), key=_urgency
    )
    return tuple(
        gap._replace(rank=rank, advice=advice_on(gap.judged.module, settings))
        for rank, gap in enumerate(ordered, start=1)
    )


def _one_gap(gaps: Sequence[Gap], checks: Sequence[Check], goal: Decimal | None) -> Gap:
    """All that one module has to close, in its most urgent group. `checks` and `goal` are those of the module."""
    group = min((gap.group for gap in gaps), key=GROUPS.index)
    demands = [gap for gap in gaps if gap.group in (group, "module")]
    most = max(demands, key=lambda gap: gap.to_reach)
    missed = [gap for gap in demands if gap.target is not None]
    target = max(missed, key=lambda gap: (gap.to_reach, gap.target or 0)).target if missed else None
    met = most_demanding(checks)
    return most._replace(
        group=group,
        target=met.target if target is None and met else target,
        limits=tuple(sorted({limit for gap in demands for limit in gap.limits}, key=str)),
        changed=next((gap.changed for gap in demands if gap.changed), None),
        goal=goal if most.goal is None else most.goal,
    )


def band(needed: int) -> Band:
    """The word for so many units needed: as the rows of a group stand by that number, it only falls down the table."""
    return next((name for name, least in BANDS if needed >= least), "low")


def _change_gaps(
    modules: Sequence[JudgedModule], changed: Sequence[ChangedModule], checks: Sequence[Check]
) -> Iterable[Gap]:
    """What the touched modules miss as a whole, and what their changed lines miss."""
    by_path = {module.path: module for module in modules}
    for check in checks:
        if check.scope == "touched module" and check.status == "failed":
            yield _gap(by_path[check.subject], "change", check.target, check.to_reach)
        if check.rule == "changed-lines" and check.status == "failed" and check.target is not None:
            for share, file in _changed_shares(changed, check.target):
                yield _gap(by_path[file.path], "change", None, share.to_reach)._replace(changed=share)


def _changed_shares(changed: Iterable[ChangedModule], target: Decimal) -> Iterable[tuple[ChangedShare, ChangedModule]]:
    """Of each file whose changed lines fall short of `target`."""
    for file in changed:
        short = file.share.needed(target)
        if short:
            share = ChangedShare(
                covered=file.covered,
                units=file.units,
                accepted=file.accepted,
                target=target,
                to_reach=short,
                missing=file.missing,
            )
            yield share, file


def _module_gaps(modules: Sequence[JudgedModule], checks: Iterable[Check]) -> Iterable[Gap]:
    by_path = {module.path: module for module in modules}
    for check in checks:
        if check.status == "failed" and check.scope == "module" and check.subject in by_path:
            module = by_path[check.subject]
            if check.rule == "module":
                yield _gap(module, "module", check.target, check.to_reach)
            elif check.target is not None:
                gap = _gap(module, "module", None, check.to_reach)
                limit = f"{LIMIT} {check.reason}" if check.rule == "module-missing" else f"{LIMIT} branches below"
                target = () if check.rule == "module-missing" else (f"{shown_target(check.target)} %",)
                yield gap._replace(limits=(Reason(limit, target),))


def _component_gaps(
    modules: Sequence[JudgedModule], components: Iterable[Component], checks: Iterable[Check]
) -> Iterable[Gap]:
    failed = {check.subject: check for check in checks if check.rule == "component" and check.status == "failed"}
    for component in components:
        check = failed.get(component.name)
        if check is not None:
            members = (judged for judged in modules if matches_any(component.modules, judged.module))
            yield from _below(members, "component", check.target)


def _total_gaps(modules: Iterable[JudgedModule], checks: Iterable[Check]) -> Iterable[Gap]:
    for check in checks:
        if check.rule == "total" and check.status == "failed":
            yield from _below(modules, "total", check.target)


def _below(modules: Iterable[JudgedModule], group: GapGroup, target: Decimal | None) -> Iterable[Gap]:
    assert target is not None
    for module in modules:
        short = module.share.needed(target)
        if short:
            yield _gap(module, group, target, short)


def _is_green(checks: Iterable[Check]) -> bool:
    return all(check.status in ("passed", "skipped") for check in checks)


def _goal_gaps(
    modules: Sequence[JudgedModule], components: Iterable[Component], goals: Mapping[str, Decimal]
) -> Iterable[Gap]:
    """What the modules miss to their own goals; then what the members of a component below its goal miss to that."""
    for module in modules:
        if module.path in goals:
            yield from _below_goal(module, "goal", goals[module.path])
    for component in components:
        members = [judged for judged in modules if matches_any(component.modules, judged.module)]
        share = sum((judged.share for judged in members), NO_UNITS)
        if is_set(component.goal) and share.needed(component.goal):
            for module in members:
                yield from _below_goal(module, "component-goal", component.goal)


def _below_goal(module: JudgedModule, group: GapGroup, goal: Decimal) -> Iterable[Gap]:
    short = module.share.needed(goal)
    if short:
        yield _gap(module, group, None, short)._replace(goal=goal)


def _untargeted_gaps(modules: Iterable[JudgedModule]) -> Iterable[Gap]:
    for module in modules:
        short = module.share.required_missing
        if short:
            yield _gap(module, "untargeted", None, short)


def _gap(judged: JudgedModule, group: GapGroup, target: Decimal | None, short: int) -> Gap:
    share = judged.share
    return Gap(
        rank=0,
        group=group,
        path=judged.path,
        module=judged.module.name,
        covered=share.covered,
        units=share.units,
        target=target,
        to_reach=short,
        accepted=share.accepted,
        band=band(short),
        judged=judged,
    )


def _urgency(gap: Gap) -> tuple[int, int, Fraction, str]:
    points = gap.share.points_short(WHOLE if gap.aim is None else gap.aim)
    return GROUPS.index(gap.group), -gap.to_reach, -points, gap.path

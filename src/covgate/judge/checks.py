"""Every rule applied to every subject it governs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from covgate.judge.targets import dead_patterns, governing_rule, matches_any
from covgate.model.pattern import Pattern
from covgate.model.percent import reaches, to_reach
from covgate.model.settings import Component, Settings, is_set
from covgate.model.snapshot import Module, Snapshot
from covgate.model.verdict import Check
from covgate.model.words import counted_units

BRANCH_MODE_REMEDY = "measure with branch = true in coverage.py's settings, or --cov-branch"


class Share(NamedTuple):
    """Units of one subject: covered, all, and those missing that are accepted."""

    covered: int
    units: int
    accepted: int = 0


def share_of(module: Module) -> Share:
    return Share(module.covered, module.units, module.units_accepted)


def project_checks(snapshot: Snapshot, settings: Settings) -> Iterator[Check]:
    """The total, then the components, in the order in which they are written."""
    if is_set(settings.total):
        yield percent_check(
            "total",
            "total",
            Share(snapshot.covered, snapshot.units, snapshot.units_accepted),
            settings.total,
            settings.total_source,
        )
    for component in settings.components:
        if is_set(component.target):
            yield from _component_check(component, snapshot, settings)


def module_checks(snapshot: Snapshot, settings: Settings) -> Iterator[Check]:
    """What each module that is not excluded has to reach."""
    for module in snapshot.modules:
        if not matches_any(settings.exclude, module):
            yield from _checks_of(module, snapshot.has_branches, settings)


def settings_checks(snapshot: Snapshot, settings: Settings) -> Iterator[Check]:
    """Dead rules: a pattern that matches no module gates nothing."""
    for source, pattern in dead_patterns(settings, snapshot.modules):
        yield Check(
            rule="dead-pattern",
            subject=pattern.text,
            status="failed",
            source=source,
            reason=f"matches no measured module{_guess(pattern, snapshot.modules)}",
        )


def percent_check(
    rule: str, subject: str, share: Share, target: Decimal, source: str, module: str | None = None
) -> Check:
    """A share of units held to a percentage: that of those that are required."""
    covered, units, accepted = share
    passed = reaches(covered, units - accepted, target)
    return Check(
        rule=rule,
        subject=subject,
        module=module,
        covered=covered,
        units=units,
        accepted=accepted,
        target=target,
        to_reach=to_reach(covered, units - accepted, target),
        status="passed" if passed else "failed",
        source=source,
        reason="" if units else "nothing to cover",
    )


def _component_check(component: Component, snapshot: Snapshot, settings: Settings) -> Iterator[Check]:
    """None for a component without modules: its patterns are reported as dead."""
    members = [
        module
        for module in snapshot.modules
        if matches_any(component.modules, module) and not matches_any(settings.exclude, module)
    ]
    if not members or not is_set(component.target):
        return
    yield percent_check(
        "component",
        component.name,
        Share(
            sum(module.covered for module in members),
            sum(module.units for module in members),
            sum(module.units_accepted for module in members),
        ),
        component.target,
        f"{component.source}.target",
    )


def _checks_of(module: Module, has_branches: bool, settings: Settings) -> Iterator[Check]:
    governing = governing_rule(settings.targets, module)
    if governing.tied:
        first, second = governing.tied
        yield Check(
            rule="ambiguous-target",
            subject=module.path,
            module=module.name,
            status="error",
            source=first.source,
            reason=f"{first.source} and {second.source} match it equally well; "
            "keep one of them, or make it more specific",
        )
        return
    rule = governing.rule
    target, source = settings.module, "tool.covgate.module"
    if rule is not None and rule.target is not None:
        target, source = rule.target, rule.source
    if is_set(target):
        yield percent_check("module", module.path, share_of(module), target, source, module.name)
    if rule is not None and is_set(rule.branches):
        yield _branch_check(module, has_branches, rule.branches, rule.source)
    if rule is not None and rule.max_missing is not None:
        yield _missing_check(module, has_branches, rule.max_missing, rule.source)


def _branch_check(module: Module, has_branches: bool, target: Decimal, source: str) -> Check:
    if has_branches:
        covered = module.branch_units - module.branches_missing
        share = Share(covered, module.branch_units, module.branches_accepted)
        return percent_check("module-branches", module.path, share, target, source, module.name)
    return Check(
        rule="module-branches",
        subject=module.path,
        module=module.name,
        target=target,
        status="error",
        source=source,
        reason=f"branches were not measured; {BRANCH_MODE_REMEDY}",
    )


def _missing_check(module: Module, has_branches: bool, allowed: int, source: str) -> Check:
    missing = module.units_missing - module.units_accepted
    over = max(0, missing - allowed)
    return Check(
        rule="module-missing",
        subject=module.path,
        module=module.name,
        covered=module.covered,
        units=module.units,
        accepted=module.units_accepted,
        target=Decimal(allowed),
        to_reach=over,
        status="failed" if over else "passed",
        source=source,
        reason=f"{counted_units(missing, branches=has_branches)} missing, {allowed} allowed",
    )


def _guess(pattern: Pattern, modules: Iterable[Module]) -> str:
    """What the writer of a dead pattern may have meant."""
    below = f"{pattern.text.rstrip('/')}/" if pattern.is_path else f"{pattern.text}."
    subjects = [module.path if pattern.is_path else module.name or "" for module in modules]
    if pattern.is_exact and any(subject.startswith(below) for subject in subjects):
        return f"; for all below it write {below}**"
    near = difflib.get_close_matches(pattern.text, subjects, n=1)
    return f"; did you mean {near[0]}?" if near else ""

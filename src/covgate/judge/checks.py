"""Every rule applied to every subject it governs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from covgate.judge.targets import dead_patterns, governing_rule, is_member, matches_any
from covgate.model.checks import Check, Rule
from covgate.model.judged import JudgedModule
from covgate.model.pattern import Pattern
from covgate.model.settings import Component, Settings, is_set
from covgate.model.share import NO_UNITS, Share
from covgate.model.snapshot import Module
from covgate.model.words import counted_units

BRANCH_MODE_REMEDY = "measure with branch = true in coverage.py's settings, or --cov-branch"


def project_checks(modules: Sequence[JudgedModule], settings: Settings) -> Iterator[Check]:
    """Check the total, then the components, in the order in which they are written."""
    if is_set(settings.total):
        yield percent_check("total", "total", total_share(modules), settings.total, settings.total_source)
    for component in settings.components:
        share = component_share(component, modules, settings)
        if share is not None and is_set(component.target):
            yield percent_check("component", component.name, share, component.target, f"{component.source}.target")


def total_share(modules: Iterable[JudgedModule]) -> Share:
    """The share of the whole project; modules that are excluded count in it."""
    return sum((judged.share for judged in modules), NO_UNITS)


def component_share(component: Component, modules: Iterable[JudgedModule], settings: Settings) -> Share | None:
    """The share of a component; None for one without modules, whose patterns are reported as dead."""
    members = [judged.share for judged in modules if is_member(component, judged.module, settings)]
    return sum(members, NO_UNITS) if members else None


def module_checks(modules: Iterable[JudgedModule], settings: Settings, *, has_branches: bool) -> Iterator[Check]:
    """Check what each module that is not excluded has to reach."""
    for judged in modules:
        if not matches_any(settings.exclude, judged.module):
            yield from _checks_of(judged, has_branches, settings)


def settings_checks(modules: Sequence[Module], settings: Settings) -> Iterator[Check]:
    """Fail each pattern that matches no module: it gates nothing."""
    for source, pattern in dead_patterns(settings, modules):
        yield Check(
            rule="dead-pattern",
            subject=pattern.text,
            status="failed",
            source=source,
            reason="matches no measured module",
            remedy=_guess(pattern, modules),
            error="dead-pattern",
        )


def percent_check(
    rule: Rule, subject: str, share: Share, target: Decimal, source: str, module: str | None = None
) -> Check:
    """Check that of the required units in `share` at least `target` per cent are covered."""
    return Check(
        rule=rule,
        subject=subject,
        module=module,
        covered=share.covered,
        units=share.units,
        accepted=share.accepted,
        target=target,
        to_reach=share.needed(target),
        status="passed" if share.reaches(target) else "failed",
        source=source,
        reason="" if share.units else "nothing to cover",
    )


def _checks_of(judged: JudgedModule, has_branches: bool, settings: Settings) -> Iterator[Check]:
    module = judged.module
    governing = governing_rule(settings.targets, module)
    if governing.tied:
        first, second = governing.tied
        yield Check(
            rule="ambiguous-target",
            subject=module.path,
            module=module.name,
            status="error",
            source=first.source,
            reason=f"{first.source} and {second.source} match it equally well",
            remedy="keep one of them, or make it more specific",
            error="ambiguous-target",
        )
        return
    rule = governing.rule
    target, source = settings.module, "tool.covgate.module"
    if rule is not None and rule.target is not None:
        target, source = rule.target, rule.source
    if is_set(target):
        yield percent_check("module", module.path, judged.share, target, source, module.name)
    if rule is not None and is_set(rule.branches):
        yield _branch_check(judged, has_branches, rule.branches, rule.source)
    if rule is not None and rule.max_missing is not None:
        yield _missing_check(judged, has_branches, rule.max_missing, rule.source)


def _branch_check(judged: JudgedModule, has_branches: bool, target: Decimal, source: str) -> Check:
    module = judged.module
    if has_branches:
        return percent_check("module-branches", module.path, judged.branch_share, target, source, module.name)
    return Check(
        rule="module-branches",
        subject=module.path,
        module=module.name,
        target=target,
        status="error",
        source=source,
        reason="branches were not measured",
        remedy=BRANCH_MODE_REMEDY,
        error="branches-not-measured",
    )


def _missing_check(judged: JudgedModule, has_branches: bool, allowed: int, source: str) -> Check:
    module, share = judged.module, judged.share
    missing = share.required_missing
    over = max(0, missing - allowed)
    return Check(
        rule="module-missing",
        subject=module.path,
        module=module.name,
        covered=share.covered,
        units=share.units,
        accepted=share.accepted,
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
        return f"for all below it write {below}**"
    near = difflib.get_close_matches(pattern.text, subjects, n=1)
    return f"did you mean {near[0]}?" if near else ""

"""Targets raised to what is reached; never one lowered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from covgate.judge.targets import governing_rule, matches_any
from covgate.model.pattern import parse_pattern
from covgate.model.settings import Level, Settings, TargetRule, is_set
from covgate.model.snapshot import Module, Snapshot


class TargetIncrease(NamedTuple):
    """One target that can be stricter; `keys` lead to it from `[tool.covgate]`.

    Percentages rise; a number of units that may be missing falls.
    """

    keys: tuple[str, ...]
    old: Decimal
    new: Decimal

    @property
    def by(self) -> Decimal:
        """Points, or units."""
        return abs(self.new - self.old)


def find_increases(snapshot: Snapshot, settings: Settings) -> tuple[TargetIncrease, ...]:
    """What the settings could ask for today: the total, the components, and every entry of `targets`.

    `module` and `changed` stay: they speak of modules that are still to come. What is reached is the
    true percentage, accepted gaps or not, floored as precisely as the target is written; of the
    modules of one pattern the lowest counts.
    """
    judged = [module for module in snapshot.modules if not matches_any(settings.exclude, module)]
    return tuple(_find_all(snapshot, judged, settings))


def entries_without_module(settings: Settings, modules: Sequence[Module]) -> tuple[TargetRule, ...]:
    """Entries that name one module, which is not there."""
    return tuple(
        rule
        for rule in settings.targets
        if rule.pattern.is_exact and not any(rule.pattern.matches(m.path, m.name) for m in modules)
    )


def move_entries(settings: Settings, dropped: Iterable[str], renamed: Mapping[str, str]) -> Settings:
    """The settings after entries of `targets` were dropped and renamed."""
    taken = frozenset(dropped)
    kept = (rule for rule in settings.targets if rule.pattern.text not in taken)
    return settings._replace(targets=tuple(_renamed(rule, renamed) for rule in kept))


def _renamed(rule: TargetRule, renamed: Mapping[str, str]) -> TargetRule:
    new = renamed.get(rule.pattern.text)
    return rule if new is None else rule._replace(pattern=parse_pattern(new))


def _find_all(snapshot: Snapshot, judged: Sequence[Module], settings: Settings) -> Iterator[TargetIncrease]:
    if settings.total_source == "tool.covgate.total":  # else it is coverage.py's
        yield from _percentage(
            ("total",), settings.total, [(snapshot.share.covered, snapshot.share.units)], settings.goal
        )
    for component in settings.components:
        members = [module for module in judged if matches_any(component.modules, module)]
        covered, units = sum(module.covered for module in members), sum(module.units for module in members)
        yield from _percentage(
            ("components", component.name, "target"), component.target, [(covered, units)], component.goal
        )
    governed: dict[str, list[Module]] = {}
    for module in judged:
        rule = governing_rule(settings.targets, module).rule
        if rule is not None:
            governed.setdefault(rule.pattern.text, []).append(module)
    for rule in settings.targets:
        yield from _of_entry(rule, governed.get(rule.pattern.text, ()), snapshot.has_branches)


def _of_entry(rule: TargetRule, modules: Sequence[Module], has_branches: bool) -> Iterator[TargetIncrease]:
    keys = ("targets", rule.pattern.text)
    yield from _percentage((*keys, "target"), rule.target, [(m.covered, m.units) for m in modules], rule.goal)
    if has_branches:
        shares = [(m.branch_units - m.branches_missing, m.branch_units) for m in modules]
        yield from _percentage((*keys, "branches"), rule.branches, shares)
    if rule.max_missing is not None and modules:
        most = max(module.units_missing for module in modules)
        if most < rule.max_missing:
            yield TargetIncrease(keys=(*keys, "max_missing"), old=Decimal(rule.max_missing), new=Decimal(most))


def _percentage(
    keys: tuple[str, ...], target: Level, shares: Iterable[tuple[int, int]], goal: Level = None
) -> Iterator[TargetIncrease]:
    """No target rises above the goal beside it: the settings would contradict themselves."""
    if not is_set(target):
        return
    scale = 10 ** max(0, -int(target.as_tuple().exponent))
    reached = [Decimal(100 * scale * covered // units) / scale for covered, units in shares if units]
    new = min([*reached, *([goal] if is_set(goal) else [])], default=target)
    if reached and new > target and new >= 1:  # the settings take less than 1 for a mistake
        yield TargetIncrease(keys=keys, old=target, new=new)

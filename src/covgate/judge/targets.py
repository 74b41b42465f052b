"""Which target governs which module: the most specific pattern wins, whatever the order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from covgate.model.pattern import Pattern
from covgate.model.settings import Component, Settings, TargetRule
from covgate.model.snapshot import Module


class Named(Protocol):
    """A module, measured now or recorded earlier: what the settings name it by."""

    @property
    def path(self) -> str: ...

    @property
    def name(self) -> str | None: ...


class Governing(NamedTuple):
    """The rule that applies to a module and the ones that lost; `tied` names an unresolvable pair."""

    rule: TargetRule | None
    losers: tuple[TargetRule, ...] = ()
    tied: tuple[TargetRule, TargetRule] | None = None


def governing_rule(rules: Iterable[TargetRule], module: Named) -> Governing:
    """Exact path or name first, then more literal segments, then more literal characters."""
    matching = [rule for rule in rules if rule.pattern.matches(module.path, module.name)]
    if not matching:
        return Governing(rule=None)
    matching.sort(key=lambda rule: (rule.pattern.specificity, rule.pattern.text), reverse=True)
    best = matching[0]
    for other in matching[1:]:
        same_rank = other.pattern.specificity == best.pattern.specificity
        if same_rank and other.demand != best.demand:
            return Governing(rule=None, losers=tuple(matching), tied=(best, other))
    return Governing(rule=best, losers=tuple(matching[1:]))


def advice_on(module: Named, settings: Settings) -> str:
    """Return the sentence of the most specific entry of `tool.covgate.advice`; empty where none matches."""
    matching = [one for one in settings.advice if one.pattern.matches(module.path, module.name)]
    best = max(matching, key=lambda one: (one.pattern.specificity, one.pattern.text), default=None)
    return best.text if best else ""


def matches_any(patterns: Iterable[Pattern], module: Named) -> bool:
    return any(pattern.matches(module.path, module.name) for pattern in patterns)


def is_member(component: Component, module: Named, settings: Settings) -> bool:
    """Whether a module is judged in the sum of a component: excluded ones are not."""
    return matches_any(component.modules, module) and not matches_any(settings.exclude, module)


def dead_patterns(settings: Settings, modules: Sequence[Module]) -> list[tuple[str, Pattern]]:
    """Patterns that match no module, each with the key path of the setting it stands in."""
    written = [(rule.source, rule.pattern) for rule in settings.targets]
    written += [("tool.covgate.exclude", pattern) for pattern in settings.exclude]
    for component in settings.components:
        written += [(f"{component.source}.modules", pattern) for pattern in component.modules]
    written += [(one.source, one.pattern) for one in settings.advice]
    exact = {module.path for module in modules} | {module.name for module in modules}
    return [
        (source, pattern)
        for source, pattern in written
        if not (pattern.is_exact and pattern.text in exact)
        and not any(pattern.matches(module.path, module.name) for module in modules)
    ]

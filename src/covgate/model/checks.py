"""Checks: one rule applied to one subject. The table of rules says what each rule is about."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from covgate.errors import ErrorName
from covgate.model.share import Share

Rule: TypeAlias = Literal[
    "total",
    "component",
    "module",
    "module-branches",
    "module-missing",
    "ambiguous-target",
    "changed-lines",
    "changed-module",
    "new-module",
    "dead-pattern",
    "accepted-gap",
    "loosened",
    "drop",
    "lost",
    "budget",
    "data",
    "readable",
]
Scope: TypeAlias = Literal["sum", "module", "touched module", "change", "movement", "settings", "measurement"]
CheckStatus: TypeAlias = Literal["passed", "failed", "skipped", "error"]


class RuleTraits(NamedTuple):
    """What a rule is about, and whether its target is a percentage of the whole subject's units."""

    scope: Scope
    is_percentage: bool = False


# How each rule is worded stands in reports/wording.py.
RULES: dict[Rule, RuleTraits] = {
    "total": RuleTraits("sum", is_percentage=True),
    "component": RuleTraits("sum", is_percentage=True),
    "module": RuleTraits("module", is_percentage=True),
    "module-branches": RuleTraits("module"),
    "module-missing": RuleTraits("module"),
    "ambiguous-target": RuleTraits("module"),
    "changed-lines": RuleTraits("change"),
    "changed-module": RuleTraits("touched module", is_percentage=True),
    "new-module": RuleTraits("touched module", is_percentage=True),
    "dead-pattern": RuleTraits("settings"),
    "accepted-gap": RuleTraits("settings"),
    "loosened": RuleTraits("settings"),
    "drop": RuleTraits("movement"),
    "lost": RuleTraits("movement"),
    "budget": RuleTraits("measurement"),
    "data": RuleTraits("measurement"),
    "readable": RuleTraits("measurement"),
}


class Check(NamedTuple):
    """One rule applied to one subject.

    `target` is a percentage; for the rule `module-missing` it is a number of units. Of `units`,
    `accepted` are missing and not required: the target is one of the others.
    """

    rule: Rule
    subject: str
    status: CheckStatus
    module: str | None = None
    covered: int = 0
    units: int = 0
    accepted: int = 0
    target: Decimal | None = None
    to_reach: int = 0
    source: str = ""
    """The setting that asks for it, as a key path, or another tool's setting; empty where nothing does."""
    reason: str = ""
    """Why it could not be met or judged; empty where the numbers say it all."""
    remedy: str = ""
    """What to do about the reason."""
    error: ErrorName | None = None
    """The name of what is wrong, for docs/errors.md; None where only a target is missed, or nothing is wrong."""
    is_asked_for: bool = False
    """Whether somebody asked for a check that could not be done."""

    @property
    def scope(self) -> Scope:
        return RULES[self.rule].scope

    @property
    def share(self) -> Share:
        return Share(self.covered, self.units, self.accepted)

    @property
    def explanation(self) -> str:
        """The reason and what to do about it."""
        return "; ".join(filter(None, (self.reason, self.remedy)))

    @property
    def is_data_error(self) -> bool:
        """Whether it says that the data cannot be judged at all."""
        return self.rule == "data" and self.status == "error"

    @property
    def is_of_a_module(self) -> bool:
        return self.scope in ("module", "touched module")

    @property
    def is_default(self) -> bool:
        """Whether its target is ours, where no setting names one."""
        return self.source == "default"

    @property
    def is_adopted(self) -> bool:
        """Whether its target comes from another tool's settings."""
        return bool(self.source) and not self.is_default and not self.source.startswith("tool.covgate")


def most_demanding(checks: Iterable[Check]) -> Check | None:
    """Return the check that asks for most, of the percentages that one module as a whole is held to."""
    held = [
        check
        for check in checks
        if check.is_of_a_module and RULES[check.rule].is_percentage and check.target is not None
    ]
    return max(held, key=lambda check: (check.to_reach, check.target or 0), default=None)

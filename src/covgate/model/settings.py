"""`[tool.covgate]` as values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from covgate.model.lines import LineRange
from covgate.model.pattern import Pattern

if TYPE_CHECKING:
    from typing_extensions import TypeIs

Mode: TypeAlias = Literal["fail", "warn", "off"]
MODES: tuple[Mode, ...] = ("fail", "warn", "off")
RunMode: TypeAlias = Literal["fail", "warn", "off", "measure"]
"""A mode of one run: `measure` measures a shard and judges nothing."""
MODE_VARIABLE = "COVGATE_MODE"

OnLoosened: TypeAlias = Literal["note", "fail"]
ON_LOOSENED: tuple[OnLoosened, ...] = ("note", "fail")

OnLost: TypeAlias = Literal["note", "fail"]
ON_LOST: tuple[OnLost, ...] = ("note", "fail")

Level: TypeAlias = Decimal | Literal[False] | None
"""A percentage from 0 to 100; `False` where a check is switched off; `None` where nothing is set."""


def is_set(level: Level) -> TypeIs[Decimal]:
    """Whether `level` is a percentage to reach: 0 is one, False and None are not."""
    return level is not None and level is not False


class TargetRule(NamedTuple):
    """What one entry of `[tool.covgate.targets]` asks of the modules it governs."""

    pattern: Pattern
    source: str
    """The setting's key path, for the reader."""
    target: Level = None
    branches: Level = None
    max_missing: int | None = None
    changed: Level = None
    goal: Level = None
    """What the modules work towards; missing it never fails."""

    @property
    def demand(self) -> tuple[Level, Level, int | None, Level, Level]:
        """What is asked, without who asks: two rules that agree are no conflict."""
        return self.target, self.branches, self.max_missing, self.changed, self.goal


class Component(NamedTuple):
    """A named set of modules judged as one sum."""

    name: str
    modules: tuple[Pattern, ...]
    target: Level
    source: str
    goal: Level = None
    by: date | None = None
    """The day by which the goal is to be reached."""


class Acceptance(NamedTuple):
    """One entry of `[[tool.covgate.accept]]`: a function or lines of a module, or all of it, that need no test."""

    module: Pattern
    """Exact: no pattern of several."""
    function: str | None
    """Its qualified name; what is defined within it belongs to it."""
    lines: tuple[LineRange, ...]
    reason: str
    until: date | None
    """The first day on which it is required again."""
    owner: str | None
    fingerprint: str | None
    """Of the code that was accepted; None accepts whatever stands there."""
    source: str


class Advice(NamedTuple):
    """What somebody who closes a gap of these modules should know."""

    pattern: Pattern
    text: str
    """One sentence, on one line."""
    source: str


class ChangedSettings(NamedTuple):
    """`[tool.covgate.changed]`: what a change is held to."""

    lines: Level = None
    module: Level = None
    new_module: Level = None
    base: str | None = None
    loosened: OnLoosened | None = None
    """Whether rules that the change itself loosens fail the run; None is "note"."""


class HistorySettings(NamedTuple):
    """`[tool.covgate.history]`: what a run is held to against its baseline."""

    max_drop: Level = None
    """Points that the total, a component or a module may lose."""
    lost: OnLost | None = None
    """Whether unchanged lines that are no longer covered fail the run; None is "note"."""
    budget: int | None = None
    """Seconds that the tests may take."""

    @property
    def needs_a_baseline(self) -> bool:
        return is_set(self.max_drop) or self.lost == "fail"


class Settings(NamedTuple):
    """The whole table; every part of it is optional."""

    source: tuple[str, ...] = ()
    total: Level = None
    total_source: str = "tool.covgate.total"
    module: Level = None
    goal: Level = None
    """What the total works towards, and every module without a goal of its own; missing it never fails."""
    by: date | None = None
    """The day by which the total's goal is to be reached."""
    exclude: tuple[Pattern, ...] = ()
    mode: Mode | None = None
    targets: tuple[TargetRule, ...] = ()
    components: tuple[Component, ...] = ()
    changed: ChangedSettings = ChangedSettings()
    history: HistorySettings = HistorySettings()
    accept: tuple[Acceptance, ...] = ()
    advice: tuple[Advice, ...] = ()
    map: bool = True
    """Whether a run records which test runs what."""

    @property
    def asks_about_the_change(self) -> bool:
        """Whether a setting wants the change judged, beyond the default."""
        named = self.changed.base is not None or self.changed.loosened == "fail"
        return named or any(is_set(level) for level in self._change_levels)

    @property
    def judges_the_change(self) -> bool:
        """Whether a change is held to anything: by default its lines are."""
        return self.changed.lines is None or any(is_set(level) for level in self._change_levels)

    @property
    def sets_a_target(self) -> bool:
        """Whether anything is asked for, beyond the change's default."""
        own = any(is_set(level) for rule in self.targets for level in (rule.target, rule.branches))
        counted = any(rule.max_missing is not None for rule in self.targets)
        levels = (self.total, self.module, *(component.target for component in self.components))
        return own or counted or self.asks_about_the_change or any(is_set(level) for level in levels)

    @property
    def sets_a_goal(self) -> bool:
        """Whether anything works towards a goal."""
        goals = (self.goal, *(rule.goal for rule in self.targets), *(component.goal for component in self.components))
        return any(is_set(goal) for goal in goals)

    @property
    def _change_levels(self) -> tuple[Level, ...]:
        changed = self.changed
        return (changed.lines, changed.module, changed.new_module, *(rule.changed for rule in self.targets))

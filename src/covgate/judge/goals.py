"""What the total, the components and the modules work towards; nothing here fails a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from covgate.judge.checks import component_share, total_share
from covgate.judge.targets import governing_rule, matches_any
from covgate.model.goal import Goal
from covgate.model.judged import JudgedModule
from covgate.model.percent import shown_target
from covgate.model.settings import Settings, is_set
from covgate.model.snapshot import Module


def project_goals(modules: Sequence[JudgedModule], settings: Settings) -> Iterator[Goal]:
    """The goal of the total, then those of the components, in the order in which they are written."""
    if is_set(settings.goal):
        yield Goal(None, total_share(modules), settings.goal, settings.by, "tool.covgate")
    for component in settings.components:
        share = component_share(component, modules, settings)
        if share is not None and is_set(component.goal):
            yield Goal(component.name, share, component.goal, component.by, component.source)


def module_goals(modules: Iterable[Module], settings: Settings) -> Mapping[str, Decimal]:
    """The goal of each module that has one, by path: that of its entry in `targets`, else the one of all modules."""
    if not settings.sets_a_goal:
        return {}
    goals: dict[str, Decimal] = {}
    for module in modules:
        if not matches_any(settings.exclude, module):
            rule = governing_rule(settings.targets, module).rule
            goal = settings.goal if rule is None or rule.goal is None else rule.goal
            if is_set(goal):
                goals[module.path] = goal
    return goals


def goal_notes(goals: Iterable[Goal], today: date) -> Iterator[str]:
    """A note for each goal that is not reached although its day has passed."""
    for goal in goals:
        if goal.by is not None and goal.by < today and goal.needed:
            yield (
                f"{goal.source}.by: the day {goal.by} has passed, and the goal of {shown_target(goal.percent)} % "
                "is not reached; choose a later day, or remove by"
            )

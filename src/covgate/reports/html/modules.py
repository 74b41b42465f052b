"""Every module as one row: its numbers, its target, and what is missing in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from covgate.model.checks import Check, most_demanding
from covgate.model.comparison import Movement
from covgate.model.judged import JudgedModule
from covgate.model.missing import Reason, missing_in_words
from covgate.model.percent import shown_percent, shown_target
from covgate.model.snapshot import Module, SourceText, lines_within
from covgate.model.verdict import ChangedModule, Gap, Verdict, in_the_whole_module
from covgate.reports.html.excerpts import Marks
from covgate.reports.text import printable
from covgate.reports.wording import reasons_within

WHOLE = Decimal(100)
POINTS = (5, 15, 30)
"""Where the next level of distance to the target begins."""
NO_TARGET = len(POINTS) + 2
WORDS = 150
"""Characters of what is missing in a row; the module's own page has more."""


class ModuleRow(NamedTuple):
    """`target` is that of the whole module; `short` are the units that it needs, None where it has no target.
    While the gaps are what is missing to goals, goals stand in the place of targets.

    `distance` is what the map shows: the units needed for `target`, or for the target that all modules share there.
    `to_goal` are the units needed for the module's goal. `movement` says where it was at the baseline and is now; None
    where one of the two does not have it.
    """

    judged: JudgedModule
    text: SourceText
    gap: Gap | None
    checks: tuple[Check, ...]
    changed: ChangedModule | None
    target: Decimal | None
    short: int | None
    distance: int | None
    to_goal: int | None
    movement: Movement | None
    reasons: tuple[Reason, ...]
    """Limits besides a percentage, what the change needs, and what is missing."""

    @property
    def module(self) -> Module:
        return self.judged.module

    @property
    def folder(self) -> str:
        """Return the path up to and with the last slash."""
        return printable(self.module.path[: self.module.path.rfind("/") + 1])

    @property
    def file(self) -> str:
        return printable(self.module.path[self.module.path.rfind("/") + 1 :])

    @property
    def percent(self) -> str:
        return shown_percent(self.module.covered, self.module.units)

    @property
    def twentieth(self) -> int:
        """Return how far a bar of 20 steps is filled."""
        return 20 * self.module.covered // self.module.units if self.module.units else 0

    @property
    def shown_target(self) -> str:
        return "-" if self.target is None else shown_target(self.target)

    @property
    def is_changed(self) -> bool:
        """Whether the change touches a unit of it."""
        return self.changed is not None and self.changed.units > 0

    def mark_lines(self) -> Marks:
        changed = self.changed.changed if self.changed else ()
        return Marks(self.judged, self.text, lines_within(changed, len(self.text.lines)))

    @property
    def words(self) -> str:
        return reasons_within(self.reasons, WORDS) if self.reasons else ""


def list_modules(verdict: Verdict) -> tuple[ModuleRow, ...]:
    """Return the gaps in their order, then all other modules by path."""
    gaps = {gap.path: gap for gap in verdict.gaps}
    checks: dict[str, list[Check]] = {}
    for check in verdict.checks:
        if check.is_of_a_module:
            checks.setdefault(check.subject, []).append(check)
    changed = {file.path: file for file in verdict.change.files} if verdict.change else {}
    modules = {module.path: verdict.judge_module(module) for module in verdict.snapshot.all_modules}
    ordered = [*gaps, *sorted(modules.keys() - gaps.keys())]
    common = common_target(verdict)
    moved = {one.path: one.movement for one in verdict.comparison.modules} if verdict.comparison else {}
    texts = verdict.snapshot.text_of
    rows = (_make_row(modules[p], texts(p), gaps.get(p), checks.get(p, ()), changed.get(p), common) for p in ordered)
    rows = (_beside(row, verdict.module_goals.get(row.module.path), moved.get(row.module.path)) for row in rows)
    if verdict.ranks_by_goal:
        rows = (_toward_goal(row, verdict.module_goals.get(row.module.path)) for row in rows)
    return tuple(rows)


def _beside(row: ModuleRow, goal: Decimal | None, movement: Movement | None) -> ModuleRow:
    needed = None if goal is None else row.judged.share.needed(goal)
    is_on_both_sides = movement is not None and movement.before is not None and movement.now is not None
    return row._replace(to_goal=needed, movement=movement if is_on_both_sides else None)


def _toward_goal(row: ModuleRow, goal: Decimal | None) -> ModuleRow:
    goal = row.gap.goal if row.gap else goal
    needed = None if goal is None else row.judged.share.needed(goal)
    return row._replace(target=goal, short=needed, distance=needed)


def _make_row(
    judged: JudgedModule,
    text: SourceText,
    gap: Gap | None,
    checks: Sequence[Check],
    changed: ChangedModule | None,
    common: Decimal | None,
) -> ModuleRow:
    held = most_demanding(checks)
    short = gap.to_reach if gap else 0 if checks else None
    if common is not None:
        distance: int | None = judged.share.needed(common)
    elif held is not None:
        distance = held.to_reach
    else:
        distance = short if gap is not None and gap.target is not None else None
    return ModuleRow(
        judged=judged,
        text=text,
        gap=gap,
        checks=tuple(checks),
        changed=changed,
        target=gap.target if gap else held.target if held else None,
        short=short,
        distance=distance,
        to_goal=None,
        movement=None,
        reasons=_reasons(judged, gap),
    )


def common_target(verdict: Verdict) -> Decimal | None:
    """Return the target that the map shows for all modules where none has its own: the total's target, or 100 %."""
    if most_demanding(verdict.checks) is not None:
        return None
    total = verdict.check_of("total")
    return WHOLE if total is None or total.target is None else total.target


def encode_row(row: ModuleRow, levels: Sequence[int]) -> list[object]:
    """Return what the script sorts, filters and draws by; -1 stands for nothing, `levels` are its colours."""
    module = row.module
    return [
        printable(module.path),
        1000 * module.covered // module.units if module.units else -1,
        module.units,
        module.units_missing,
        "" if row.target is None else row.shown_target,
        -1 if row.short is None else row.short,
        list(levels),
        int(row.gap is not None),
        int(row.is_changed),
    ]


def level(short: int | None, units: int) -> int:
    """Return 0 where the target is reached, 1 to 4 by points below it, 5 where there is no target."""
    if short is None:
        return NO_TARGET
    return sum(100 * short >= points * units for points in POINTS) + 1 if short else 0


def _reasons(judged: JudgedModule, gap: Gap | None) -> tuple[Reason, ...]:
    limits = gap.limits if gap else ()
    changed = (gap.changed.in_words(branches=bool(judged.module.branches)),) if gap and gap.changed else ()
    accepted = (Reason(f"{count} accepted"),) if (count := judged.share.accepted) else ()
    missing = missing_in_words(judged)
    return (*limits, *changed, *(in_the_whole_module(missing) if changed else missing), *accepted)

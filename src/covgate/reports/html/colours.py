"""What the colours of the map tell: how far modules are from their target or goal, and how they moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from covgate.model.comparison import Baseline, Movement
from covgate.model.percent import shown_target
from covgate.model.share import NO_UNITS, Share
from covgate.model.verdict import Verdict
from covgate.reports.html.modules import NO_TARGET, ModuleRow, common_target, level
from covgate.reports.movement import since
from covgate.reports.wording import aim_title

SHORT = ("reached", "less than 5 points below", "5 to 15", "15 to 30", "30 or more")
MOVED = ("higher than before", "less than 1 point lower", "1 to 5", "5 to 15", "15 or more", "unchanged, or new")
LOWER = (1, 5, 15)
"""Points lost at which the next level begins."""
STAYED = len(LOWER) + 2


class Colour(NamedTuple):
    """One choice; `level` is that of a module, or of a folder with these modules, and `legend` says what each means."""

    name: str
    words: str
    legend: tuple[tuple[int, str], ...]
    level: Callable[[Sequence[ModuleRow]], int]


def list_colours(verdict: Verdict, rows: Sequence[ModuleRow]) -> Iterator[Colour]:
    """Yield the choices: the target (while goals take its place, the goal), the goal beside it, and the movement."""
    aim = aim_title(verdict)
    yield Colour(aim, _aim_in_words(verdict), _legend(aim, rows, _level_by_aim), _level_by_aim)
    if not verdict.ranks_by_goal and any(row.to_goal is not None for row in rows):
        words = "percentage points below the module's goal"
        yield Colour("goal", words, _legend("goal", rows, _level_by_goal), _level_by_goal)
    if verdict.comparison is not None and isinstance(verdict.baseline, Baseline):
        words = f"percentage points lost since {since(verdict.baseline)}"
        yield Colour("before and now", words, tuple(enumerate(MOVED)), _level_by_movement)


def _legend(
    aim: str, rows: Sequence[ModuleRow], level_of: Callable[[Sequence[ModuleRow]], int]
) -> tuple[tuple[int, str], ...]:
    has_all = all(level_of([row]) != NO_TARGET for row in rows)
    return tuple(enumerate((*SHORT, *([] if has_all else [f"no {aim}"]))))


def _level_by_aim(rows: Sequence[ModuleRow]) -> int:
    return _level([row.distance for row in rows], rows)


def _level_by_goal(rows: Sequence[ModuleRow]) -> int:
    return _level([row.to_goal for row in rows], rows)


def _level(needed: Sequence[int | None], rows: Sequence[ModuleRow]) -> int:
    known = [count for count in needed if count is not None]
    return level(sum(known) if known else None, sum(row.module.units for row in rows))


def _level_by_movement(rows: Sequence[ModuleRow]) -> int:
    """Return 0 for a rise, 1 to 4 by points lost, 5 where nothing moved; new modules are left out."""
    moved = [row.movement for row in rows if row.movement is not None]
    before, now = (_sum(getattr(one, side) for one in moved) for side in ("before", "now"))
    points = Movement(before, now).points
    if not points:
        return STAYED
    return 0 if points > 0 else 1 + sum(-points >= Fraction(step) for step in LOWER)


def _sum(shares: Iterator[Share]) -> Share:
    return sum(shares, NO_UNITS)


def _aim_in_words(verdict: Verdict) -> str:
    """Say which target the colours are about."""
    if verdict.ranks_by_goal:
        return "percentage points below the module's goal"
    common = common_target(verdict)
    if common is None:
        return "percentage points below the module's target"
    if verdict.check_of("total") is not None:
        return f"percentage points below the total's target, {shown_target(common)} %"
    return "percentage points below 100 %, because neither the total nor any module has a target"

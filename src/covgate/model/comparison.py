"""What moved between a baseline and now: unit by unit, module by module, in all."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

from covgate.errors import ErrorName
from covgate.model.change import ChangedFile
from covgate.model.lines import Lines
from covgate.model.record import Record
from covgate.model.share import Share
from covgate.model.snapshot import NO_LINES

Category: TypeAlias = Literal[
    "GNC",
    "UNC",
    "GBC",
    "LBC",
    "GIC",
    "UIC",
    "CBC",
    "UBC",
    "EUB",
    "ECB",
    "DUB",
    "DCB",
    "flaky",
    "unknown_before",
    "unknown_now",
]


class Categories(NamedTuple):
    """How many units fall into each category of differential coverage, as genhtml of lcov 2 defines them.

    The first eight are units of now, the next four units of the baseline that are gone. Source: genhtml(1),
    "Differential coverage". The last three are ours: units that genhtml would count as LBC, on lines that are proven
    flaky, and units where the content of the baseline cannot be mapped.
    """

    GNC: int = 0
    """New code that is covered."""
    UNC: int = 0
    """New code that is not."""
    GBC: int = 0
    """Unchanged code that was not covered, and is now."""
    LBC: int = 0
    """Unchanged code that was covered, and is not now."""
    GIC: int = 0
    """Unchanged code that did not count before, and is covered."""
    UIC: int = 0
    """Unchanged code that did not count before, and is not covered."""
    CBC: int = 0
    """Unchanged code, covered before and now."""
    UBC: int = 0
    """Unchanged code, covered neither before nor now."""
    EUB: int = 0
    """Unchanged code that was not covered, and does not count now."""
    ECB: int = 0
    """Unchanged code that was covered, and does not count now."""
    DUB: int = 0
    """Deleted code that was not covered."""
    DCB: int = 0
    """Deleted code that was covered."""
    flaky: int = 0
    """Unchanged code that was covered, and is not now, on lines that are proven flaky."""
    unknown_before: int = 0
    """Units of the baseline that cannot be mapped."""
    unknown_now: int = 0
    """Units of now that cannot be mapped."""

    def plus(self, other: Categories) -> Categories:
        return Categories(*(one + two for one, two in zip(self, other, strict=True)))

    @property
    def units_now(self) -> int:
        new = self.GNC + self.UNC + self.GIC + self.UIC
        return self.units_of_both + new + self.unknown_now

    @property
    def units_before(self) -> int:
        gone = self.EUB + self.ECB + self.DUB + self.DCB
        return self.units_of_both + gone + self.unknown_before

    @property
    def units_of_both(self) -> int:
        """The unchanged units that count on both sides."""
        return self.GBC + self.LBC + self.CBC + self.UBC + self.flaky

    @property
    def no_longer_counted(self) -> Share:
        """The units of the baseline that were deleted, or that do not count any more."""
        covered = self.DCB + self.ECB
        return Share(covered, covered + self.DUB + self.EUB)


NO_CATEGORIES = Categories()


class Movement(NamedTuple):
    """One subject before and now; None where it was not, or is not, there. `categories` are those of its units."""

    before: Share | None
    now: Share | None
    categories: Categories = NO_CATEGORIES

    @property
    def points(self) -> Fraction | None:
        """The difference in percentage points; None where one of the two has no units."""
        if not self.before or not self.now or not self.before.units or not self.now.units:
            return None
        return _percent(self.now) - _percent(self.before)

    @property
    def drop(self) -> Fraction:
        """The points lost against a baseline without the code that is gone: deleting covered code is no drop.

        Neither is code that is not covered now because it is flaky.
        """
        if not self.before or not self.now:
            return Fraction(0)
        gone = self.categories.no_longer_counted
        kept = Share(self.before.covered - gone.covered, self.before.units - gone.units)
        if kept.units <= 0 or not self.now.units:
            return Fraction(0)
        stable = Share(self.now.covered + self.categories.flaky, self.now.units)
        return max(Fraction(0), _percent(kept) - _percent(stable))


class ModuleMovement(NamedTuple):
    """One module before and now. `old_path` is its path in the baseline where that is another one."""

    path: str
    movement: Movement
    old_path: str | None = None
    lost: Lines = NO_LINES
    """Unchanged statements, by their line of now, that are no longer covered, or lost a branch."""
    lost_before: Lines = NO_LINES
    """The same by their line in the baseline."""
    gained: Lines = NO_LINES
    """Unchanged statements that are covered now, or gained a branch."""
    flaky: Lines = NO_LINES
    """Those that would be among `lost`, but are proven flaky."""

    @property
    def has_moved(self) -> bool:
        return self.movement.before != self.movement.now or bool(self.lost or self.gained)


class LostLine(NamedTuple):
    """An unchanged line that was covered at the baseline; `is_partial` where it still runs, and a branch does not."""

    path: str
    number: int
    text: str
    is_partial: bool = False


class ComponentMovement(NamedTuple):
    """One component of the settings before and now."""

    name: str
    movement: Movement


class Comparison(NamedTuple):
    """The total, the components in the order of the settings, and all modules of both sides by path."""

    total: Movement
    components: tuple[ComponentMovement, ...]
    modules: tuple[ModuleMovement, ...]

    @property
    def moved(self) -> tuple[ModuleMovement, ...]:
        return tuple(module for module in self.modules if module.has_moved)


class Baseline(NamedTuple):
    """The record that a run is compared with.

    `source` says what it is of, as a reviewer calls it: `main`, `the previous commit`, a file's name. `distance` counts
    the commits from the base back to it. `files` are those that differ since; None where git cannot tell. `records` are
    those of its commit and of the commits before it, in its environment: they tell which lines are flaky.
    """

    record: Record
    source: str
    distance: int = 0
    files: tuple[ChangedFile, ...] | None = None
    records: tuple[Record, ...] = ()


class BaselineMissing(NamedTuple):
    """Why there is nothing to compare with, and what to do about it.

    `is_error` where the change itself takes it away, so that a pass would mislead.
    """

    reason: str
    remedy: str = ""
    is_error: bool = False
    error: ErrorName = "no-record"
    """The name of the error, where it is one."""


def _percent(share: Share) -> Fraction:
    return Fraction(100 * share.covered, share.units)

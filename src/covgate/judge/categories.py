"""Which category of differential coverage each unit of one module falls into (genhtml's twelve, of lcov 2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from covgate.model.comparison import NO_CATEGORIES, Categories
from covgate.model.flaky import NO_FLAKY_UNITS, FlakyUnits
from covgate.model.line_map import UNCHANGED, LineMap
from covgate.model.lines import Lines
from covgate.model.record import RecordedModule
from covgate.model.snapshot import NO_LINES, Branch


class ModuleCategories(NamedTuple):
    """The units of one module by category, and the unchanged lines (of now) that lost or gained.

    `flaky` are those that lost nothing but what is proven flaky.
    """

    categories: Categories
    lost: Lines = NO_LINES
    gained: Lines = NO_LINES
    flaky: Lines = NO_LINES


def categorize(
    before: RecordedModule | None,
    now: RecordedModule | None,
    line_map: LineMap | None,
    flaky: FlakyUnits = NO_FLAKY_UNITS,
) -> ModuleCategories:
    """Compare a module's units; a side is None where the module did not, or does not, count.

    `line_map` leads from the lines of `before` to those of `now`, None where nobody knows. Of the units, each statement
    is taken by its own line, and each branch by the line that it leaves. `flaky` names units of now.
    """
    old, new = before or _NOTHING, now or _NOTHING
    if line_map is None:
        return ModuleCategories(Categories(unknown_before=old.share.units, unknown_now=new.share.units))
    statements = _categorize_statements(old, new, line_map, flaky)
    if not (old.branches or new.branches):
        return statements
    if line_map is UNCHANGED and old.branches == new.branches:
        missing = sum(len(branch.missing) for branch in new.branches)
        covered = sum(branch.total for branch in new.branches) - missing
        return statements._replace(categories=statements.categories.plus(Categories(CBC=covered, UBC=missing)))
    branches = _categorize_branches(old, new, line_map, flaky)
    lost = statements.lost | branches.lost
    return ModuleCategories(
        categories=statements.categories.plus(branches.categories),
        lost=lost,
        gained=statements.gained | branches.gained,
        flaky=(statements.flaky | branches.flaky) - lost,
    )


_NOTHING = RecordedModule(path="", name=None, blob="", statements=NO_LINES, missing=NO_LINES)


def _categorize_statements(
    before: RecordedModule, now: RecordedModule, line_map: LineMap, flaky: FlakyUnits
) -> ModuleCategories:
    if line_map is UNCHANGED:  # most modules of most runs
        old, old_missing, kept, new_code = before.statements, before.missing, before.statements, NO_LINES
    else:
        old, kept = _moved(before.statements, line_map)
        old_missing, _ = _moved(before.missing, line_map)
        new_code = Lines.of(line for line in now.statements if line_map.old_line(line) is None)
    both, included = old & now.statements, now.statements - old - new_code
    excluded = old - now.statements
    deleted = before.statements - kept
    uncovered = (both - old_missing) & now.missing
    lost, by_chance = uncovered - flaky.statements, uncovered & flaky.statements
    gained = (both & old_missing) - now.missing
    categories = Categories(
        GNC=len(new_code - now.missing),
        UNC=len(new_code & now.missing),
        GBC=len(gained),
        LBC=len(lost),
        GIC=len(included - now.missing),
        UIC=len(included & now.missing),
        CBC=len(both - old_missing - now.missing),
        UBC=len(both & old_missing & now.missing),
        EUB=len(excluded & old_missing),
        ECB=len(excluded - old_missing),
        DUB=len(deleted & before.missing),
        DCB=len(deleted - before.missing),
        flaky=len(by_chance),
    )
    return ModuleCategories(categories, lost, gained, by_chance)


def _moved(lines: Lines, line_map: LineMap) -> tuple[Lines, Lines]:
    """Return where these lines are now, and which of them are still there."""
    now = {line: line_map.new_line(line) for line in lines}
    there = {old: new for old, new in now.items() if new is not None}
    return Lines.of(there.values()), Lines.of(there)


def _categorize_branches(
    before: RecordedModule, now: RecordedModule, line_map: LineMap, flaky: FlakyUnits
) -> ModuleCategories:
    left = {branch.line: branch for branch in now.branches}
    total = NO_CATEGORIES
    lost, gained, by_chance = [], [], []
    for old in before.branches:
        line = line_map.new_line(old.line)
        new = None if line is None else left.pop(line, None)
        if new is None:
            counts = _gone(old, is_deleted=line is None)
        else:
            counts = _compare_branch(old, new, line_map, flaky)
            lost += [new.line] if counts.LBC else []
            gained += [new.line] if counts.GBC else []
            by_chance += [new.line] if counts.flaky else []
        total = total.plus(counts)
    for new in left.values():
        total = total.plus(_come(new, is_new=line_map.old_line(new.line) is None))
    return ModuleCategories(total, Lines.of(lost), Lines.of(gained), Lines.of(by_chance))


def _gone(old: Branch, *, is_deleted: bool) -> Categories:
    missing = len(old.missing)
    covered = old.total - missing
    return Categories(DUB=missing, DCB=covered) if is_deleted else Categories(EUB=missing, ECB=covered)


def _come(new: Branch, *, is_new: bool) -> Categories:
    missing = len(new.missing)
    covered = new.total - missing
    return Categories(UNC=missing, GNC=covered) if is_new else Categories(UIC=missing, GIC=covered)


def _compare_branch(old: Branch, new: Branch, line_map: LineMap, flaky: FlakyUnits) -> Categories:
    """Compare the destinations of an unchanged line: those that are missing by name, the others by their number."""
    if old.total != new.total:
        return _pair_by_number(old, new)
    old_missing = set(_destinations_now(old.missing, line_map))
    same = len(old_missing & set(new.missing))
    # Where a destination itself was edited its name differs: never more are apart than there are destinations.
    both = max(same, len(old.missing) + len(new.missing) - new.total)
    gained, lost = len(old.missing) - both, len(new.missing) - both
    by_chance = min(lost, sum((new.line, end) in flaky.branches for end in set(new.missing) - old_missing))
    covered = new.total - both - gained - lost
    return Categories(UBC=both, GBC=gained, LBC=lost - by_chance, CBC=covered, flaky=by_chance)


def _destinations_now(missing: Iterable[int], line_map: LineMap) -> Iterable[int | None]:
    """Negative ones are exits of the code that starts at that line."""
    for destination in missing:
        line = line_map.new_line(abs(destination))
        yield line if line is None or destination > 0 else -line


def _pair_by_number(old: Branch, new: Branch) -> Categories:
    """Compare a line that has another number of destinations than before: like is paired with like."""
    old_missing, new_missing = len(old.missing), len(new.missing)
    uncovered = min(old_missing, new_missing)
    covered = min(old.total - old_missing, new.total - new_missing)
    mixed = min(old.total, new.total) - uncovered - covered
    has_gained = old_missing > uncovered
    gained, lost = (mixed, 0) if has_gained else (0, mixed)
    return Categories(
        UBC=uncovered,
        CBC=covered,
        GBC=gained,
        LBC=lost,
        EUB=old_missing - uncovered - gained,
        ECB=old.total - old_missing - covered - lost,
        UIC=new_missing - uncovered - lost,
        GIC=new.total - new_missing - covered - gained,
    )

"""Compares what is measured now with a baseline: each unit in one category, so that the sums add up to both totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from covgate.judge.categories import categorize
from covgate.judge.flaky import find_flaky, proven_units
from covgate.judge.targets import is_member
from covgate.model.change import ChangedFile
from covgate.model.comparison import (
    NO_CATEGORIES,
    Baseline,
    Comparison,
    ComponentMovement,
    ModuleMovement,
    Movement,
)
from covgate.model.flaky import NO_FLAKY_UNITS, FlakyUnits, FlakyVersions, Version
from covgate.model.line_map import NOTHING_IN_COMMON, UNCHANGED, LineMap
from covgate.model.lines import Lines
from covgate.model.record import RecordedModule
from covgate.model.settings import Settings
from covgate.model.share import NO_UNITS


def compare(baseline: Baseline, now: Iterable[RecordedModule], settings: Settings) -> Comparison:
    """Compare `now` (all modules of a measurement) with the baseline.

    The components are those of `settings`, on both sides. Lost lines that the records of the baseline prove flaky are
    not lost, but flaky.
    """
    pairs = [_compare_pair(*sides) for sides in _pairs(baseline, now)]
    lost = frozenset(version for pair in pairs if pair.module.lost for version in pair.versions)
    flaky = proven_units(find_flaky(baseline.records, lost)) if lost else {}
    if flaky:
        pairs = [pair if flaky.keys().isdisjoint(pair.versions) else _leave_out(flaky, pair) for pair in pairs]
    components = []
    for component in settings.components:
        members = [pair for pair in pairs if is_member(component, pair.module_now, settings)]
        components.append(ComponentMovement(component.name, _sum(members)))
    return Comparison(
        total=_sum(pairs),
        components=tuple(components),
        modules=tuple(sorted((pair.module for pair in pairs), key=lambda module: module.path)),
    )


class _Pair(NamedTuple):
    before: RecordedModule | None
    now: RecordedModule | None
    line_map: LineMap | None
    module: ModuleMovement

    @property
    def module_now(self) -> RecordedModule:
        """The module as the settings name it: as it is now, or as it was where it is gone."""
        side = self.now or self.before
        assert side is not None
        return side

    @property
    def versions(self) -> frozenset[Version]:
        """Both contents of the module."""
        return frozenset((side.path, side.blob) for side in (self.before, self.now) if side is not None)


def _pairs(
    baseline: Baseline, modules: Iterable[RecordedModule]
) -> Iterator[tuple[RecordedModule | None, RecordedModule | None, LineMap | None]]:
    """Yield each module with what it was and the map of its lines. Every module of both sides comes once."""
    new = {module.path: module for module in modules}
    files = baseline.files
    changed = {file.path: file for file in files or ()}
    new_paths = {file.old_path: file.path for file in changed.values() if file.old_path is not None}
    left = {module.path: module for module in baseline.record.modules}
    for path, now in new.items():
        file = changed.get(path)
        old_path = path if file is None or file.old_path is None else file.old_path
        is_replaced = old_path == path and path in new_paths  # its old content is another file now
        before = None if is_replaced else left.pop(old_path, None)
        yield before, now, _line_map(before, now, file, is_known=files is not None)
    for path, before in left.items():
        file = changed.get(new_paths.get(path, path))
        yield before, None, _line_map(before, None, file, is_known=files is not None)


def _line_map(
    before: RecordedModule | None, now: RecordedModule | None, file: ChangedFile | None, *, is_known: bool
) -> LineMap | None:
    """Return the map of a module's lines; None where nobody knows what of a file's content stayed."""
    if before is not None and now is not None and before.blob and before.blob == now.blob:
        return UNCHANGED
    if not is_known:
        return None
    if file is None:  # git sees no difference; but of a file that it does not track, it sees nothing
        has_other_content = before is not None and now is not None and before.blob and now.blob
        return None if has_other_content else UNCHANGED
    return file.line_map if file.status in ("modified", "renamed") else NOTHING_IN_COMMON


def _compare_pair(
    before: RecordedModule | None,
    now: RecordedModule | None,
    line_map: LineMap | None,
    flaky: FlakyUnits = NO_FLAKY_UNITS,
) -> _Pair:
    side = now or before
    assert side is not None
    found = categorize(before, now, line_map, flaky)
    module = ModuleMovement(
        path=side.path,
        movement=Movement(before and before.share, now and now.share, found.categories),
        old_path=before.path if before is not None and before.path != side.path else None,
        lost=found.lost,
        lost_before=_old_lines(found.lost, line_map),
        gained=found.gained,
        flaky=found.flaky,
    )
    return _Pair(before, now, line_map, module)


def _old_lines(unchanged: Lines, line_map: LineMap | None) -> Lines:
    old = map(line_map.old_line, unchanged) if line_map is not None else ()
    return Lines.of(line for line in old if line is not None)


def _leave_out(flaky: FlakyVersions, pair: _Pair) -> _Pair:
    """Compare a module again, without the lines that are proven flaky in its content of then or of now."""
    before, now, line_map, _ = pair
    if before is None or now is None or line_map is None:
        return pair
    own = flaky.get((now.path, now.blob), NO_FLAKY_UNITS)
    earlier = _move(flaky.get((before.path, before.blob), NO_FLAKY_UNITS), line_map)
    units = FlakyUnits(own.statements | earlier.statements, own.branches | earlier.branches)
    return _compare_pair(before, now, line_map, units)


def _move(units: FlakyUnits, line_map: LineMap) -> FlakyUnits:
    """Return the units by their lines of now; those of lines that were edited are gone."""
    statements = Lines.of(new for new in map(line_map.new_line, units.statements) if new is not None)
    branches = set()
    for line, end in units.branches:
        leaves, reaches = line_map.new_line(line), line_map.new_line(abs(end))
        if leaves is not None and reaches is not None:
            branches.add((leaves, reaches if end > 0 else -reaches))
    return FlakyUnits(statements, frozenset(branches))


def _sum(pairs: Sequence[_Pair]) -> Movement:
    """Return the sum of these modules; a side without any of them is None."""
    movements = [pair.module.movement for pair in pairs]
    before = [movement.before for movement in movements if movement.before is not None]
    now = [movement.now for movement in movements if movement.now is not None]
    categories = NO_CATEGORIES
    for movement in movements:
        categories = categories.plus(movement.categories)
    return Movement(sum(before, NO_UNITS) if before else None, sum(now, NO_UNITS) if now else None, categories)

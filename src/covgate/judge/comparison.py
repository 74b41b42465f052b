"""Compares what is measured now with a baseline: each unit in one category, so that the sums add up to both totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from covgate.judge.categories import categorize
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
from covgate.model.line_map import NOTHING_IN_COMMON, UNCHANGED, LineMap
from covgate.model.record import RecordedModule
from covgate.model.settings import Settings
from covgate.model.share import NO_UNITS


def compare(baseline: Baseline, now: Iterable[RecordedModule], settings: Settings) -> Comparison:
    """Compare `now` (all modules of a measurement) with the baseline.

    The components are those of `settings`, on both sides.
    """
    old = {module.path: module for module in baseline.record.modules}
    new = {module.path: module for module in now}
    pairs = [_Pair(*sides, _compare_pair(*sides)) for sides in _pairs(old, new, baseline.files)]
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


def _pairs(
    old: Mapping[str, RecordedModule], new: Mapping[str, RecordedModule], files: tuple[ChangedFile, ...] | None
) -> Iterator[tuple[RecordedModule | None, RecordedModule | None, LineMap | None]]:
    """Yield each module with what it was and the map of its lines. Every module of both sides comes once."""
    changed = {file.path: file for file in files or ()}
    new_paths = {file.old_path: file.path for file in changed.values() if file.old_path is not None}
    left = dict(old)
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
    before: RecordedModule | None, now: RecordedModule | None, line_map: LineMap | None
) -> ModuleMovement:
    side = now or before
    assert side is not None
    found = categorize(before, now, line_map)
    return ModuleMovement(
        path=side.path,
        movement=Movement(before and before.share, now and now.share, found.categories),
        old_path=before.path if before is not None and before.path != side.path else None,
        lost=found.lost,
        gained=found.gained,
    )


def _sum(pairs: Sequence[_Pair]) -> Movement:
    """Return the sum of these modules; a side without any of them is None."""
    movements = [pair.module.movement for pair in pairs]
    before = [movement.before for movement in movements if movement.before is not None]
    now = [movement.now for movement in movements if movement.now is not None]
    categories = NO_CATEGORIES
    for movement in movements:
        categories = categories.plus(movement.categories)
    return Movement(sum(before, NO_UNITS) if before else None, sum(now, NO_UNITS) if now else None, categories)

"""Puts two comparable records beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from covgate.judge.comparison import compare
from covgate.model.change import ChangedFile
from covgate.model.compared import Compared, FileCounts, Side
from covgate.model.comparison import Baseline, Comparison
from covgate.model.record import Record
from covgate.model.settings import Settings


def compare_sides(
    before: Side,
    now: Side,
    files: tuple[ChangedFile, ...] | None,
    settings: Settings,
    earlier: Iterable[Record] = (),
) -> Compared:
    """Compare two records; `files` differ between them, None where git cannot tell.

    `earlier` are the records up to `before`: those in its environment tell which lines are flaky.
    """
    records = tuple(record for record in earlier if record.environment == before.record.environment)
    baseline = Baseline(before.record, before.title, files=files, records=records)
    comparison = compare(baseline, now.record.modules, settings)
    return Compared(before, now, comparison, count_files(before, now, files, comparison))


def count_files(before: Side, now: Side, files: tuple[ChangedFile, ...] | None, comparison: Comparison) -> FileCounts:
    """Count what became of each source file of the two records."""
    old = {module.path: module.blob for module in before.record.modules}
    new = {module.path: module.blob for module in now.record.modules}
    changed = None if files is None else {file.path for file in files}
    counts: Counter[str] = Counter()
    for module in comparison.modules:
        if module.movement.before is None:
            counts["new"] += 1
        elif module.movement.now is None:
            counts["deleted"] += 1
        elif module.old_path is not None:
            counts["edited"] += 1
        elif old[module.path] and new[module.path]:
            counts["unchanged" if old[module.path] == new[module.path] else "edited"] += 1
        elif changed is None:
            counts["unknown"] += 1
        else:
            counts["edited" if module.path in changed else "unchanged"] += 1
    return FileCounts(**counts)

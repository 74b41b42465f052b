"""Where the lines of one version of a file are in another version."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from covgate.model.lines import LineRange

LAST_LINE = 2**31 - 1
"""No file has more lines."""


class Hunk(NamedTuple):
    """One run of changed lines, without context, as `git diff --unified=0` counts it; numbers start at 1.

    `old_count` lines from `old_start` on gave way to `new_count` lines from `new_start` on. Where a count is 0, its
    start is the line before.
    """

    old_start: int
    old_count: int
    new_start: int
    new_count: int


WHOLE_FILE_HUNK = Hunk(1, LAST_LINE, 1, LAST_LINE)
"""Every line was replaced, or nobody knows which were not."""


class UnchangedRun(NamedTuple):
    """`length` lines that both versions have: from line `old` on in the old one, from `new` on in the new one."""

    old: int
    new: int
    length: int


class LineMap(NamedTuple):
    """The lines that two versions share, in ascending order; the last run goes on beyond the end of the file.

    Two maps are equal where they map every line alike.
    """

    runs: tuple[UnchangedRun, ...] = (UnchangedRun(1, 1, LAST_LINE),)

    @classmethod
    def from_hunks(cls, hunks: Iterable[Hunk]) -> LineMap:
        """Return the map of a file with these changes, which are in ascending order."""
        runs = []
        old = new = 1
        for hunk in hunks:
            length = hunk.old_start + (not hunk.old_count) - old
            runs.append(UnchangedRun(old, new, length))
            old, new = old + length + hunk.old_count, new + length + hunk.new_count
        runs.append(UnchangedRun(old, new, LAST_LINE + 1 - max(old, new)))
        return cls(tuple(_join_runs(runs)))

    def new_line(self, old: int) -> int | None:
        """Return the number of an old line in the new version, None where it was edited or deleted."""
        index = bisect.bisect_right(self.runs, old, key=lambda run: run.old)
        if not index:
            return None
        run = self.runs[index - 1]
        return run.new + old - run.old if old < run.old + run.length else None

    def old_line(self, new: int) -> int | None:
        """Return the number that a new line had in the old version, None where it was added or edited."""
        index = bisect.bisect_right(self.runs, new, key=lambda run: run.new)
        if not index:
            return None
        run = self.runs[index - 1]
        return run.old + new - run.new if new < run.new + run.length else None

    def reverse(self) -> LineMap:
        """Return the map from the new version to the old one."""
        return LineMap(tuple(UnchangedRun(new, old, length) for old, new, length in self.runs))

    def then(self, later: LineMap) -> LineMap:
        """Return the map over both steps: `later` starts from the version to which this one leads."""
        return LineMap(tuple(_join_runs(_overlaps(self.runs, later.runs))))

    def hunks(self) -> tuple[Hunk, ...]:
        """Return what lies between the runs; changes that touch each other are one hunk."""
        hunks = []
        old = new = 1
        for run in (*self.runs, UnchangedRun(LAST_LINE + 1, LAST_LINE + 1, 0)):
            gone, come = run.old - old, run.new - new
            if max(old, new) <= LAST_LINE and (gone or come):
                hunks.append(Hunk(old - (not gone), gone, new - (not come), come))
            old, new = run.old + run.length, run.new + run.length
        return tuple(hunks)


UNCHANGED = LineMap()
NOTHING_IN_COMMON = LineMap(())


def added_lines(hunks: Iterable[Hunk]) -> tuple[LineRange, ...]:
    """Return the new lines of these hunks in ascending order, neighbouring runs joined."""
    ranges: list[LineRange] = []
    for hunk in hunks:
        if hunk.new_count:
            first, last = hunk.new_start, hunk.new_start + hunk.new_count - 1
            if ranges and ranges[-1][1] == first - 1:
                first = ranges.pop()[0]
            ranges.append((first, last))
    return tuple(ranges)


def _join_runs(runs: Iterable[UnchangedRun]) -> Iterator[UnchangedRun]:
    """Yield the runs that hold a line, those joined that follow each other in both versions."""
    current: UnchangedRun | None = None
    for run in runs:
        if run.length <= 0:
            continue
        if current is not None and run[:2] == (current.old + current.length, current.new + current.length):
            current = current._replace(length=current.length + run.length)
            continue
        if current is not None:
            yield current
        current = run
    if current is not None:
        yield current


def _overlaps(first: tuple[UnchangedRun, ...], second: tuple[UnchangedRun, ...]) -> Iterator[UnchangedRun]:
    """Yield what a run of the first step and one of the second share in the version between."""
    position = 0
    for run in first:
        while position < len(second) and second[position].old < run.new + run.length:
            other = second[position]
            start = max(run.new, other.old)
            end = min(run.new + run.length, other.old + other.length)
            yield UnchangedRun(run.old + start - run.new, other.new + start - other.old, end - start)
            if other.old + other.length > run.new + run.length:
                break
            position += 1

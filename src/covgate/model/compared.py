"""Two records beside each other: what moved, and how the project grew."""

from __future__ import annotations

from typing import NamedTuple

from covgate.model.comparison import Comparison
from covgate.model.lost_tests import LostTests
from covgate.model.record import Record


class FileCounts(NamedTuple):
    """The source files of two records, each counted once.

    `edited` may also be renamed. `unknown` are in both records, and nobody knows whether they are equal.
    """

    unchanged: int = 0
    edited: int = 0
    deleted: int = 0
    new: int = 0
    unknown: int = 0

    @property
    def before(self) -> int:
        return self.unchanged + self.edited + self.unknown + self.deleted

    @property
    def now(self) -> int:
        return self.unchanged + self.edited + self.unknown + self.new


class Side(NamedTuple):
    """One of the two: its record, and what it is called."""

    title: str
    record: Record


class Compared(NamedTuple):
    """What two comparable records come to."""

    before: Side
    now: Side
    comparison: Comparison
    files: FileCounts
    lost_tests: tuple[LostTests, ...] = ()
    """The tests that used to run what is no longer covered, where the history knows them."""

    @property
    def branches(self) -> bool:
        return self.now.record.environment.branches

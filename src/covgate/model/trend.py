"""How coverage went from commit to commit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from covgate.model.share import Share

HIGH = 80
"""Percent that a module has at least to count as well covered."""
LOW = 50
"""Percent below which a module counts as hardly covered."""

MONTH = 30
"""Days over which a pace is told."""


class TrendPoint(NamedTuple):
    """What one commit came to; outside of a repository, what one run came to and `commit` is None.

    `share` is None where the subject was not there. `high` and `low` count its modules of at least `HIGH` and below
    `LOW` per cent. `not_comparable` says why the numbers cannot be compared with those of the point before.
    """

    time: datetime
    commit: str | None
    share: Share | None
    modules: int = 0
    high: int = 0
    low: int = 0
    tests: int | None = None
    seconds: float | None = None
    not_comparable: str | None = None

    @property
    def has_percent(self) -> bool:
        return self.share is not None and self.share.units > 0


class Pace(NamedTuple):
    """Points gained in `MONTH` days, and those needed to reach the goal on its day; None where that day has passed."""

    gained: Fraction
    needed: Fraction | None
    by: date


class Start(NamedTuple):
    """The oldest record from which a line leads to a run: what it measured, and the time of its commit.

    `now` is the time of the commit of the run, and `records` counts the records on the line, the run's included.
    """

    share: Share
    time: datetime
    now: datetime
    records: int


class Progress(NamedTuple):
    """The way from the first comparable record to the goal; `way` is the part of it that is done, 1 for all of it."""

    first: Share
    last: Share
    since: date
    """The day of the first record."""
    goal: Decimal
    way: Fraction
    pace: Pace | None = None


class Trend(NamedTuple):
    """The points of one subject, oldest first; the first one is where the subject is there for the first time."""

    title: str
    points: tuple[TrendPoint, ...]
    is_one_module: bool = False
    earlier: int = 0
    """How many older records do not have the subject yet."""
    target: Decimal | None = None
    goal: Decimal | None = None
    by: date | None = None
    """The day by which the goal is to be reached."""
    progress: Progress | None = None

    @property
    def epochs(self) -> tuple[tuple[TrendPoint, ...], ...]:
        """The points in groups that are comparable."""
        groups: list[list[TrendPoint]] = []
        for point in self.points:
            if not groups or point.not_comparable is not None:
                groups.append([])
            groups[-1].append(point)
        return tuple(map(tuple, groups))

    @property
    def lines(self) -> Iterator[tuple[TrendPoint, ...]]:
        """Yield the points that a line may join: it neither crosses an epoch nor a time without the subject."""
        for epoch in self.epochs:
            line: list[TrendPoint] = []
            for point in epoch:
                if point.has_percent:
                    line.append(point)
                elif line:
                    yield tuple(line)
                    line = []
            if line:
                yield tuple(line)

    @property
    def has_a_line(self) -> bool:
        return any(len(line) > 1 for line in self.lines)

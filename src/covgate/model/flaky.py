"""Lines whose coverage flips between runs: which units they are, and between which records they flipped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias

from covgate.model.lines import Lines
from covgate.model.snapshot import NO_LINES

Unit: TypeAlias = tuple[int, int]
"""A statement as its line and 0, or a branch as the line that it leaves and its destination."""
Version: TypeAlias = tuple[str, str]
"""A module's path, and git's id of its content."""


class FlakyUnits(NamedTuple):
    """The units of one content of a module that are proven flaky."""

    statements: Lines = NO_LINES
    branches: frozenset[Unit] = frozenset()


NO_FLAKY_UNITS = FlakyUnits()
FlakyVersions: TypeAlias = Mapping[Version, FlakyUnits]


class Sighting(NamedTuple):
    """The record that has seen a line covered, or not covered; `commit` is None outside of a repository."""

    run: str
    time: datetime
    commit: str | None = None


class FlakyLine(NamedTuple):
    """A line that flips. `units` are those of it that do; `before` and `now` are the two records of its last flip."""

    line: int
    units: tuple[Unit, ...]
    is_proven: bool
    """Whether the two records have equal source, tests and environment; else only the module is equal."""
    flips: int
    """How often a record differs from the one before it that has the same module and environment."""
    before: Sighting
    now: Sighting


class FlakyModule(NamedTuple):
    """One content of a module and its flaky lines, in ascending order."""

    path: str
    name: str | None
    blob: str
    lines: tuple[FlakyLine, ...]


class FlakyReport(NamedTuple):
    """What the records tell of lines that flip. Only complete, passing runs count."""

    modules: tuple[FlakyModule, ...]
    records: int
    without_digest: int
    """Records that hold no digest of their tests: they prove nothing."""
    older: int
    """Flaky lines of contents that a module no longer has, which were left out."""

"""Line-level coverage of a project at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from covgate.model.lines import LineRange, Lines

NO_LINES = Lines()


class Branch(NamedTuple):  # a project has tens of thousands, as of functions: cheap to make
    """The destinations of one line that has several.

    `missing` holds the lines never jumped to (negative: the exit of the code that starts there).
    """

    line: int
    total: int
    missing: tuple[int, ...]


class Function(NamedTuple):
    """A function or method: its qualified name, its `def` line, its last line, and the statements in its own body."""

    name: str
    line: int
    last: int
    statements: Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One measured source file. Line numbers start at 1 and are those of coverage.py."""

    path: str
    name: str | None
    statements: Lines
    missing: Lines
    excluded: Lines = NO_LINES
    branches: tuple[Branch, ...] = ()
    functions: Sequence[Function] = ()
    error_lines: Lines = NO_LINES
    """Statements that only run when something failed: handlers and `raise`."""
    accepted: Lines = NO_LINES
    """Statements whose gaps somebody accepts: what is missing of them is not required."""
    extents: tuple[LineRange, ...] = ()
    """First and last line of each statement of several lines; known where the change touches the file."""
    source: tuple[str, ...] = ()
    """The file's lines; known where the change touches the file."""

    @property
    def branch_units(self) -> int:
        return sum(branch.total for branch in self.branches)

    @property
    def branches_missing(self) -> int:
        return sum(len(branch.missing) for branch in self.branches)

    @property
    def units(self) -> int:
        """Statements, and in branch mode also branch destinations: coverage.py's denominator."""
        return len(self.statements) + self.branch_units

    @property
    def units_missing(self) -> int:
        return len(self.missing) + self.branches_missing

    @property
    def covered(self) -> int:
        return self.units - self.units_missing

    @property
    def owed(self) -> Lines:
        """The missing statements that nobody accepts."""
        return self.missing - self.accepted

    def accepts(self, branch: Branch, destination: int) -> bool:
        """Whether a missing jump is accepted: it leaves an accepted statement, or leads to a missing one."""
        return branch.line in self.accepted or (destination > 0 and destination in self.accepted & self.missing)

    @property
    def branches_accepted(self) -> int:
        """The missing destinations that somebody accepts."""
        if not self.accepted:
            return 0
        return sum(self.accepts(branch, end) for branch in self.branches for end in branch.missing)

    @property
    def units_accepted(self) -> int:
        """The missing units that somebody accepts."""
        return len(self.missing & self.accepted) + self.branches_accepted

    @property
    def never_ran(self) -> bool:
        """True when not one of its statements ran."""
        return bool(self.statements) and len(self.missing) == len(self.statements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All measured modules, sorted by path."""

    modules: tuple[Module, ...]
    has_branches: bool
    unmeasured: tuple[Module, ...] = ()
    """Changed files below the measured source that the data does not know: nothing of them ran."""
    unreadable: tuple[str, ...] = ()
    """What could not be analysed, a sentence a file."""
    unreadable_ok: bool = False
    """True where coverage.py's `ignore_errors` accepts such files."""
    unmeasured_files: tuple[str, ...] = ()
    """Paths of all Python files below the measured source that the data does not hold."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """Of the content of each module, by its path; equal contents have equal digests, whatever their line ends."""
    stale: tuple[str, ...] = ()
    """Source files that were added or edited after the measurement, and files of its tests that are gone."""
    notes: tuple[str, ...] = ()

    @property
    def units(self) -> int:
        return sum(module.units for module in self.modules)

    @property
    def covered(self) -> int:
        return sum(module.covered for module in self.modules)

    @property
    def units_accepted(self) -> int:
        return sum(module.units_accepted for module in self.modules)

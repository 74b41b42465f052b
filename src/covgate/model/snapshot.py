"""What a measurement says of a project: numbers, line by line, and text where somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from covgate.model.lines import LineRange, Lines
from covgate.model.share import NO_UNITS, Share

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


class Module(NamedTuple):
    """The numbers of one measured source file. Line numbers start at 1 and are those of coverage.py."""

    path: str
    name: str | None
    statements: Lines
    missing: Lines
    excluded: Lines = NO_LINES
    branches: tuple[Branch, ...] = ()
    functions: Sequence[Function] = ()
    error_lines: Lines = NO_LINES
    """Statements that only run when something failed: handlers and `raise`."""

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
    def never_ran(self) -> bool:
        """True when not one of its statements ran."""
        return bool(self.statements) and len(self.missing) == len(self.statements)


class SourceText(NamedTuple):
    """The text of one source file.

    `extents` are the first and last line of each statement that stands on several lines; of a compound
    statement that is its header.
    """

    lines: tuple[str, ...]
    extents: tuple[LineRange, ...] = ()

    def all_lines_of(self, statements: Lines) -> Lines:
        """Return every line of these statements."""
        lines = statements
        if statements:
            for first, last in self.extents:
                if first in statements:
                    lines |= Lines.between(first, last)
        return lines

    def statements_at(self, ranges: Iterable[LineRange], statements: Lines) -> Lines:
        """Return those of `statements` that have a line in `ranges`."""
        end = max([statements.bits.bit_length(), *(last for _, last in self.extents)])
        wanted = lines_within(ranges, end)
        held = Lines.of(first for first, last in self.extents if wanted & Lines.between(first, last))
        return (wanted | held) & statements


NO_TEXT = SourceText(lines=())
"""The text of a file that was not asked for, or lies outside the project."""


def lines_within(ranges: Iterable[LineRange], end: int) -> Lines:
    """Return the lines of `ranges` up to the line `end`."""
    lines = NO_LINES
    for first, last in ranges:
        lines |= Lines.between(first, min(last, end))
    return lines


class Snapshot(NamedTuple):
    """All measured modules, sorted by path. Equal data and sources give equal snapshots."""

    modules: tuple[Module, ...]
    has_branches: bool
    unmeasured: tuple[Module, ...] = ()
    """Changed files below the measured source that the data does not know: nothing of them ran."""
    texts: Mapping[str, SourceText] = {}
    """The text of the modules that somebody asked for, by path."""
    unreadable: tuple[str, ...] = ()
    """What could not be analysed, a sentence a file."""
    unreadable_ok: bool = False
    """True where coverage.py's `ignore_errors` accepts such files."""
    unmeasured_files: tuple[str, ...] = ()
    """Paths of all Python files below the measured source that the data does not hold."""
    lacking: tuple[str, ...] = ()
    """Of these, those that coverage.py's `source` would have put into the data; where no record names its files."""
    beyond: tuple[str, ...] = ()
    """Measured files of the project outside of the source; as above."""
    digests: Mapping[str, str] = {}
    """Of the content of each module, by its path; equal contents have equal digests, whatever their line ends."""
    stale: tuple[str, ...] = ()
    """Source files that were added or edited after the measurement, and files of its tests that are gone."""
    notes: tuple[str, ...] = ()

    @property
    def share(self) -> Share:
        return sum((Share(module.covered, module.units) for module in self.modules), NO_UNITS)

    @property
    def all_modules(self) -> tuple[Module, ...]:
        """The measured modules, after the changed files that the data does not know."""
        return (*self.unmeasured, *self.modules)

    def text_of(self, path: str) -> SourceText:
        return self.texts.get(path, NO_TEXT)

"""The change as the page shows it: its modules, and its uncovered lines as source, of which the first are open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from covgate.model.known_tests import KnownTests
from covgate.model.percent import shown_percent
from covgate.model.verdict import ChangedModule, ChangeOutcome
from covgate.model.words import counted
from covgate.reports.html.excerpts import Place, SourceRow, split_into_places
from covgate.reports.html.modules import ModuleRow
from covgate.reports.known_tests import change_sentences
from covgate.reports.wording import changed_files, without_accepted

LISTED = 10
"""Modules, and files with source, that are listed at once; the others are folded."""
OPEN_LINES = 60
"""Lines of source that are open; the others are folded."""
MOST_LINES = 4_000
"""Lines of source in the page."""


class TouchedModule(NamedTuple):
    """One module of the change that has units in its changed lines; `row` is its number in the table of modules."""

    row: int
    status: str
    covered: str
    missing: str


class ChangedSource(NamedTuple):
    """The uncovered changed lines of one module, with some lines around them; `folded_count` counts those folded."""

    row: int
    open: tuple[Place, ...]
    folded: tuple[Place, ...]
    folded_count: int

    @property
    def folded_words(self) -> str:
        return _count_in_words(self.folded_count, "more " if self.open else "")


class ChangeSection(NamedTuple):
    """The change; `left_out` counts the uncovered lines that are not in the page."""

    since: str
    state: str
    modules: tuple[TouchedModule, ...]
    sources: tuple[ChangedSource, ...]
    left_out: int
    tests: tuple[tuple[int, str], ...] = ()
    """The row of a module, and which tests run its covered changed lines."""
    listed: int = LISTED

    @property
    def more_modules(self) -> str:
        return counted(len(self.modules) - LISTED, "more touched module")

    @property
    def more_sources(self) -> str:
        folded = self.sources[LISTED:]
        lines = _count_in_words(sum(source.folded_count for source in folded))
        return f"{counted(len(folded), 'more module')} with {lines}"

    @property
    def left_out_words(self) -> str:
        return f"{_count_in_words(self.left_out, 'more ')} of the change, not on this page"


def build_change(change: ChangeOutcome, rows: Sequence[ModuleRow], tests: Sequence[KnownTests] = ()) -> ChangeSection:
    """Return the change's section; its modules stand in the order of `rows`. `tests` are those of its lines."""
    numbers = {row.module.path: number for number, row in enumerate(rows)}
    touched = sorted((file for file in change.files if file.units), key=lambda file: numbers[file.path])
    open_room, room = OPEN_LINES, MOST_LINES
    sources: list[ChangedSource] = []
    left_out = 0
    for file in touched:
        row = numbers[file.path]
        lines, cut = _source_rows(file, rows[row], room)
        room -= len(lines)
        left_out += cut
        if lines:
            at = _end_of_open(lines, open_room if len(sources) < LISTED else 0)
            open_room = max(0, open_room - at)
            sources.append(_changed_source(row, lines, at))
    return ChangeSection(
        since=changed_files(change),
        state=_state_in_words(touched),
        modules=tuple(_touched_module(file, numbers[file.path]) for file in touched),
        sources=tuple(sources),
        left_out=left_out,
        tests=tuple(
            (numbers[answer.subject.path], sentence) for answer in tests for sentence in change_sentences(answer)
        ),
    )


def _state_in_words(touched: Sequence[ChangedModule]) -> str:
    """Say why no source is shown; empty where some is."""
    if not touched:
        return "The change has no code that coverage counts."
    if any(file.missing for file in touched):
        return ""
    is_accepted = any(file.accepted for file in touched)
    return f"Every changed line is covered{' or accepted' if is_accepted else ''}."


def _touched_module(file: ChangedModule, row: int) -> TouchedModule:
    missing = f"{file.share.missing} of {file.units}{without_accepted(file.accepted)}"
    return TouchedModule(
        row=row, status=file.status, covered=f"{shown_percent(file.covered, file.units)} %", missing=missing
    )


def _source_rows(file: ChangedModule, row: ModuleRow, room: int) -> tuple[list[SourceRow], int]:
    """Return the first `room` lines of a file's excerpt, and how many uncovered lines follow.

    Only what is missing of changed lines is marked.
    """
    marks = row.mark_lines()
    lines = []
    for line in file.excerpt[:room]:
        shown = marks.show(line.number)
        if line.is_missing:
            lines.append(shown._replace(mark="partial" if line.is_partial else "missing"))
        else:
            lines.append(shown._replace(mark="covered", jumps=""))
    return lines, sum(line.is_missing for line in file.excerpt[room:])


def _end_of_open(lines: Sequence[SourceRow], room: int) -> int:
    """Return how many of `lines` are open, so that both parts have uncovered lines or one has all lines."""
    if not _count_uncovered(lines[:room]):
        return 0
    return room if _count_uncovered(lines[room:]) else len(lines)


def _changed_source(row: int, lines: Sequence[SourceRow], at: int) -> ChangedSource:
    return ChangedSource(
        row=row,
        open=tuple(split_into_places(lines[:at])),
        folded=tuple(split_into_places(lines[at:])),
        folded_count=_count_uncovered(lines[at:]),
    )


def _count_uncovered(lines: Sequence[SourceRow]) -> int:
    return sum(line.mark != "covered" for line in lines)


def _count_in_words(count: int, more: str = "") -> str:
    return counted(count, f"{more}uncovered line")

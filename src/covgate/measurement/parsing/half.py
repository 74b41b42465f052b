"""One source's static half: taken from coverage.py's reporter, and joined with what ran."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from coverage.parser import PythonParser
from coverage.plugin import FileReporter
from coverage.python import PythonFileReporter

from covgate.measurement.parsing.outline import outline
from covgate.model.lines import LineRange, Lines
from covgate.model.snapshot import Branch, Function

Arc: TypeAlias = tuple[int, int]

# How the installed coverage.py calls what translates recorded lines and jumps, which has no public name.
_PARSER = PythonParser(text="\n")
_EXTENTS = next((name for name in ("multiline_map", "_multiline") if hasattr(_PARSER, name)), None)
_FIXES = "_with_jump_fixers"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticHalf:
    """What a Python source holds: all that its coverage depends on besides what ran.

    `branches` hold every destination that counts where it is missing; None outside branch mode.
    """

    statements: Lines
    excluded: Lines
    extents: tuple[LineRange, ...]
    """First and last line of what stands on several lines."""
    error_lines: Lines
    functions: Sequence[Function]
    branches: tuple[Branch, ...] | None = None
    jump_fixes: tuple[tuple[Any, Any], ...] = ()
    """coverage.py's corrections of jumps that leave `with` statements: the recorded one, and its own value."""
    only: tuple[Arc, ...] = ()
    """Where there are corrections: the jumps from lines that have one destination."""


def is_known_parser() -> bool:
    """Whether the installed coverage.py has what a static half is taken from."""
    return _EXTENTS is not None and hasattr(_PARSER, _FIXES)


def static_half(reporter: FileReporter, *, branches: bool) -> StaticHalf:
    """Parse one source; raises what the reporter raises where it is gone or cannot be parsed."""
    assert isinstance(reporter, PythonFileReporter)
    statements = Lines.of(reporter.lines())
    excluded = reporter.excluded_lines()
    tree = getattr(reporter.parser, "_ast_root", None)  # not there after the jumps were asked for
    regions, errors = outline(ast.parse(reporter.source()) if tree is None else tree)
    del tree
    extents = _ranges(getattr(reporter.parser, _EXTENTS or ""))
    functions = tuple(
        Function(name=region.name, line=region.line, last=region.last, statements=statements & region.lines)
        for region in regions
    )
    found: tuple[Branch, ...] | None = None
    fixes: tuple[tuple[Any, Any], ...] = ()
    only: tuple[Arc, ...] = ()
    if branches:
        possible = reporter.arcs()
        found = _branches(reporter, possible, excluded)
        fixes = tuple(getattr(reporter.parser, _FIXES).items())
        only = tuple(_only_destinations(possible).items()) if fixes else ()
    return StaticHalf(
        statements=statements,
        excluded=Lines.of(excluded),
        extents=extents,
        error_lines=errors & statements,
        functions=functions,
        branches=found,
        jump_fixes=fixes,
        only=only,
    )


def executed_lines(half: StaticHalf, recorded: Lines) -> Lines:
    """The statements that ran: a recorded line within a longer statement counts for its first line."""
    executed = recorded
    for first, last in half.extents:
        if recorded & Lines.between(first + 1, last):
            executed |= Lines(1 << first)
    return executed & half.statements


def taken_jumps(half: StaticHalf, recorded: Iterable[Arc]) -> set[Arc]:
    """The recorded jumps between first lines, corrected as `coverage.results` corrects them."""
    if not half.jump_fixes:  # then only lines are translated, and only those within longer statements
        first = {line: start for start, last in half.extents for line in range(start + 1, last + 1)}
        return {(_first(first, a), _first(first, b)) for a, b in recorded} if first else set(recorded)
    parser = PythonParser(text="\n")
    lines = {line: first for first, last in half.extents for line in range(first, last + 1)}
    setattr(parser, _EXTENTS or "", lines)
    setattr(parser, _FIXES, dict(half.jump_fixes))
    only = dict(half.only)
    jumps = parser.translate_arcs(recorded)
    return parser.translate_arcs({(a, only[a] if a == b else b) for a, b in jumps if a != b or a in only})


def _branches(reporter: PythonFileReporter, possible: Iterable[Arc], excluded: set[int]) -> tuple[Branch, ...]:
    """Lines with more than one exit, counted as `coverage.results.Analysis` counts them."""
    excused = reporter.no_branch_lines()
    counting: dict[int, list[int]] = {}
    for line, destination in sorted(possible):
        if line not in excused and destination not in excluded:
            counting.setdefault(line, []).append(destination)
    return tuple(
        Branch(line=line, total=exits, missing=tuple(counting.get(line, ())))
        for line, exits in sorted(reporter.exit_counts().items())
        if exits > 1
    )


def _only_destinations(possible: Iterable[Arc]) -> dict[int, int]:
    destinations: dict[int, set[int]] = {}
    for line, destination in possible:
        destinations.setdefault(line, set()).add(destination)
    return {line: next(iter(found)) for line, found in destinations.items() if len(found) == 1}


def _ranges(first_lines: Mapping[int, int]) -> tuple[LineRange, ...]:
    last: dict[int, int] = {}
    for line, first in first_lines.items():
        last[first] = max(line, last.get(first, line))
    return tuple(sorted((first, end) for first, end in last.items() if end > first))


def _first(first_lines: Mapping[int, int], line: int) -> int:
    return first_lines.get(line, line) if line >= 0 else -first_lines.get(-line, -line)

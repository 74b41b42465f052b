"""What one Python source holds, whatever ran: how it is parsed, joined with what ran, and kept as bytes."""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, overload

import coverage
from coverage.parser import PythonParser
from coverage.plugin import FileReporter
from coverage.python import PythonFileReporter

import covgate
from covgate.measurement.parsing.outline import outline
from covgate.model.lines import LineRange, Lines
from covgate.model.snapshot import Branch, Function

FORMAT = 3
"""Raise it whenever a record changes its form."""

Arc: TypeAlias = tuple[int, int]

# The attributes of coverage.py's parser that translate recorded lines and arcs: they have no public names.
_PARSER = PythonParser(text="\n")
_EXTENTS = next((name for name in ("multiline_map", "_multiline") if hasattr(_PARSER, name)), None)
_CORRECTIONS = "_with_jump_fixers"
_TREE = "_ast_root"


class ParseSettings(NamedTuple):
    """The settings of coverage.py on which parsing depends: its regular expressions, and the mode."""

    exclude: tuple[str, ...]
    partial: tuple[str, ...]
    partial_always: tuple[str, ...]
    branches: bool

    @classmethod
    def of(cls, cov: coverage.Coverage, *, branches: bool) -> ParseSettings:
        config = cov.config
        return cls(
            exclude=tuple(config.exclude_list),
            partial=tuple(config.partial_list),
            partial_always=tuple(config.partial_always_list),
            branches=branches,
        )

    def apply(self) -> coverage.Coverage:
        """Make a `Coverage` that parses by these settings, without any settings file."""
        cov = coverage.Coverage(data_file=None, config_file=False)
        cov.set_option("report:exclude_lines", list(self.exclude))
        cov.set_option("report:partial_branches", list(self.partial))
        cov.set_option("report:partial_branches_always", list(self.partial_always))
        return cov

    def fingerprint(self) -> bytes:
        """Digest these settings, and the versions of Python, of coverage.py and of covgate."""
        depends_on: tuple[Any, ...] = (
            FORMAT,
            covgate.__version__,
            sys.version,
            sys.flags.optimize,  # asserts are statements only without -O
            coverage.__version__,
            self.exclude,
            self.partial if self.branches else (),
            self.partial_always if self.branches else (),
            self.branches,
        )
        return hashlib.blake2b(repr(depends_on).encode(), digest_size=16).digest()


def is_released() -> bool:
    """Whether coverage.py's version says what its parser does: one under development keeps it for weeks."""
    return coverage.version_info[3] == "final"


def key_of(content: bytes, fingerprint: bytes) -> bytes:
    """The key under which a parsed source is kept: `content`, and all else that its parsing depends on."""
    return hashlib.sha256(fingerprint + content).digest()[:16]


class ParsedSource(NamedTuple):  # a project has thousands: cheap to make
    """All that the coverage of a Python source depends on besides what ran."""

    statements: Lines
    excluded: Lines
    extents: tuple[LineRange, ...]
    """First and last line of what stands on several lines."""
    error_lines: Lines
    functions: Sequence[Function]
    branches: tuple[Branch, ...] | None = None
    """With every destination that counts where it is missing; None outside branch mode."""
    arc_corrections: tuple[tuple[Any, Any], ...] = ()
    """coverage.py's corrections of arcs that leave `with` statements: the recorded one, and its own value."""
    only: tuple[Arc, ...] = ()
    """Where there are corrections: the arcs from lines that have one destination."""


def is_known_parser() -> bool:
    """Whether the installed coverage.py has the attributes that `parse_source` reads."""
    return _EXTENTS is not None and hasattr(_PARSER, _CORRECTIONS)


def parse_source(reporter: FileReporter, *, branches: bool) -> ParsedSource:
    """Parse one source; raises what the reporter raises where it is gone or cannot be parsed."""
    assert isinstance(reporter, PythonFileReporter)
    statements = Lines.of(reporter.lines())
    excluded = reporter.excluded_lines()
    tree = getattr(reporter.parser, _TREE, None)  # the parser drops it once it is asked for arcs
    regions, errors = outline(ast.parse(reporter.source()) if tree is None else tree)
    del tree
    parsed = ParsedSource(
        statements=statements,
        excluded=Lines.of(excluded),
        extents=_ranges(getattr(reporter.parser, _EXTENTS or "")),
        error_lines=errors & statements,
        functions=tuple(
            Function(name=region.name, line=region.line, last=region.last, statements=statements & region.lines)
            for region in regions
        ),
    )
    if not branches:
        return parsed
    possible = reporter.arcs()
    corrections = tuple(getattr(reporter.parser, _CORRECTIONS).items())
    return parsed._replace(
        branches=_branches(reporter, possible, excluded),
        arc_corrections=corrections,
        only=tuple(_only_destinations(possible).items()) if corrections else (),
    )


def executed_lines(parsed: ParsedSource, recorded: Lines) -> Lines:
    """The statements that ran: a recorded line within a longer statement counts for its first line."""
    executed = recorded
    for first, last in parsed.extents:
        if recorded & Lines.between(first + 1, last):
            executed |= Lines(1 << first)
    return executed & parsed.statements


def taken_arcs(parsed: ParsedSource, recorded: Iterable[Arc]) -> set[Arc]:
    """The recorded arcs between first lines, corrected as `coverage.results` corrects them."""
    if not parsed.arc_corrections:  # then only lines are translated, and only those within longer statements
        first = {line: start for start, last in parsed.extents for line in range(start + 1, last + 1)}
        return {(_first(first, a), _first(first, b)) for a, b in recorded} if first else set(recorded)
    parser = PythonParser(text="\n")
    lines = {line: first for first, last in parsed.extents for line in range(first, last + 1)}
    setattr(parser, _EXTENTS or "", lines)
    setattr(parser, _CORRECTIONS, dict(parsed.arc_corrections))
    only = dict(parsed.only)
    arcs = parser.translate_arcs(recorded)
    return parser.translate_arcs({(a, only[a] if a == b else b) for a, b in arcs if a != b or a in only})


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


def to_record(parsed: ParsedSource) -> bytes:
    """Write `parsed` as two lines of ASCII, the second its functions: nothing of a record is executed."""
    document = [
        f"{parsed.statements.bits:x}",
        f"{parsed.excluded.bits:x}",
        parsed.extents,
        f"{parsed.error_lines.bits:x}",
        parsed.branches,
        parsed.arc_corrections,
        parsed.only,
    ]
    # Shifted, so that a function late in a long file is no longer than an early one.
    functions = [(f.name, f.line, f.last, f"{f.statements.bits >> f.line:x}") for f in parsed.functions]
    return b"\n".join(json.dumps(part, separators=(",", ":")).encode("ascii") for part in (document, functions))


def from_record(record: bytes) -> ParsedSource:
    """Read what `to_record` wrote; raises `ValueError`, `TypeError` or the like for what is no record."""
    first, functions = record.decode("ascii").split("\n")
    statements, excluded, extents, errors, branches, corrections, only = json.loads(first)
    return ParsedSource(
        Lines(int(statements, 16)),
        Lines(int(excluded, 16)),
        tuple((first, last) for first, last in extents),
        Lines(int(errors, 16)),
        FunctionsOfRecord(functions),
        None if branches is None else tuple(Branch(line, total, tuple(missing)) for line, total, missing in branches),
        tuple((_tuples(arc), _tuples(correction)) for arc, correction in corrections),
        tuple((line, destination) for line, destination in only),
    )


class FunctionsOfRecord(Sequence[Function]):
    """The functions of a record, read each time somebody asks: of most modules nobody does.

    Equal to any sequence of the same functions, whether parsed or read.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def _read(self) -> tuple[Function, ...]:
        return tuple(
            Function(name, line, last, Lines(int(bits, 16) << line))
            for name, line, last, bits in json.loads(self._text)
        )

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FunctionsOfRecord) and self._text == other._text:
            return True
        return isinstance(other, Sequence) and self._read() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._read())

    def __repr__(self) -> str:
        return repr(self._read())

    def __iter__(self) -> Iterator[Function]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, at: int) -> Function: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Function, ...]: ...
    def __getitem__(self, at: int | slice) -> Function | tuple[Function, ...]:
        return self._read()[at]


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value

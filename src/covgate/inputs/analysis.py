"""One measured file: coverage.py's static half joined with what ran."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from coverage.plugin import FileReporter

from covgate.inputs.tree import Place
from covgate.model.snapshot import Branch, Function, Module


def analysed(
    place: Place, reporter: FileReporter, lines: Iterable[int], arcs: Iterable[tuple[int, int]] | None
) -> Module:
    """The coverage of one file, in the numbers of coverage.py's own reports.

    `lines` are the recorded lines, `arcs` the recorded jumps (None outside branch mode). Raises what
    the reporter raises for a source that is gone or cannot be parsed.
    """
    statements = reporter.lines()
    missing = statements - reporter.translate_lines(lines)
    ordered = tuple(sorted(statements))
    return Module(
        path=place.path,
        name=place.name,
        statements=ordered,
        missing=tuple(sorted(missing)),
        excluded=tuple(sorted(reporter.excluded_lines())),
        branches=() if arcs is None else _branches(reporter, arcs),
        functions=_functions(reporter, statements),
        error_lines=_error_lines(reporter, statements),
    )


def with_source(module: Module, reporter: FileReporter) -> Module:
    """`module` with its lines and the extents of its statements, which only a change asks for."""
    source = tuple(reporter.source().removesuffix("\n").split("\n"))
    statements = set(module.statements)
    last: dict[int, int] = {}
    for number in range(1, len(source) + 1):
        for first in reporter.translate_lines((number,)):
            if first != number and first in statements:
                last[first] = number
    return replace(module, source=source, extents=tuple(sorted(last.items())))


def merged(one: Module, other: Module) -> Module:
    """The same source measured in two places: what ran in either has run."""
    never = {branch.line: set(branch.missing) for branch in other.branches}
    return replace(
        one,
        missing=tuple(sorted(set(one.missing) & set(other.missing))),
        branches=tuple(
            Branch(
                line=branch.line,
                total=branch.total,
                missing=tuple(d for d in branch.missing if d in never.get(branch.line, ())),
            )
            for branch in one.branches
        ),
    )


def _branches(reporter: FileReporter, arcs: Iterable[tuple[int, int]]) -> tuple[Branch, ...]:
    """Lines with more than one exit, counted as `coverage.results.Analysis` counts them."""
    possible = reporter.arcs()
    excused = reporter.no_branch_lines()
    excluded = reporter.excluded_lines()
    executed = reporter.translate_arcs(_unfolded(reporter.translate_arcs(arcs), possible))
    missing: dict[int, list[int]] = defaultdict(list)
    for line, destination in sorted(possible - executed):
        if line not in excused and destination not in excluded:
            missing[line].append(destination)
    return tuple(
        Branch(line=line, total=exits, missing=tuple(missing[line]))
        for line, exits in sorted(reporter.exit_counts().items())
        if exits > 1
    )


def _unfolded(arcs: Iterable[tuple[int, int]], possible: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """A jump recorded within one line is the jump to that line's only destination, if it has one."""
    destinations: dict[int, set[int]] = defaultdict(set)
    for line, destination in possible:
        destinations[line].add(destination)
    unfolded = set()
    for line, destination in arcs:
        if line != destination:
            unfolded.add((line, destination))
        elif len(destinations.get(line, ())) == 1:
            unfolded.add((line, next(iter(destinations[line]))))
    return unfolded


def _functions(reporter: FileReporter, statements: set[int]) -> tuple[Function, ...]:
    found = [
        Function(
            name=region.name,
            line=region.start,
            statements=tuple(sorted(statements & region.lines)),
        )
        for region in reporter.code_regions()
        if region.kind == "function"
    ]
    return tuple(sorted(found, key=lambda function: (function.line, function.name)))


def _error_lines(reporter: FileReporter, statements: set[int]) -> tuple[int, ...]:
    """Statements that run only after something failed: those in handlers, and `raise`."""
    try:
        tree = ast.parse(reporter.source())
    except (SyntaxError, ValueError):  # a template or another language that a plugin reports on
        return ()
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler | ast.Raise):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return tuple(sorted(lines & statements))

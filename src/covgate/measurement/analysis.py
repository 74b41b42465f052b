"""One measured file: what it holds joined with what ran."""

from __future__ import annotations

from collections.abc import Iterable

from coverage.plugin import CodeRegion, FileReporter

from covgate.measurement.parsing.parsed_source import Arc, ParsedSource, executed_lines, taken_arcs
from covgate.measurement.tree import ModuleId
from covgate.model.lines import LineRange, Lines
from covgate.model.snapshot import Branch, Function, Module, SourceText


def join(place: ModuleId, parsed: ParsedSource, lines: Lines, arcs: Iterable[Arc]) -> Module:
    """The coverage of one Python file, in the numbers of coverage.py's own reports."""
    missing = parsed.statements - executed_lines(parsed, lines) if lines else parsed.statements
    branches = parsed.branches or ()
    if branches and arcs:
        taken = taken_arcs(parsed, arcs)
        branches = tuple(
            Branch(
                line=branch.line,
                total=branch.total,
                missing=tuple(end for end in branch.missing if (branch.line, end) not in taken),
            )
            for branch in branches
        )
    return Module(
        path=place.path,
        name=place.name,
        statements=parsed.statements,
        missing=missing,
        excluded=parsed.excluded,
        branches=branches,
        functions=parsed.functions,
        error_lines=parsed.error_lines,
    )


def analyse(place: ModuleId, reporter: FileReporter, lines: Lines, arcs: Iterable[Arc] | None) -> Module:
    """The same of any file, by asking its reporter: those of plugins are not parsed here.

    `arcs` are None outside branch mode.
    """
    statements = reporter.lines()
    missing = statements - reporter.translate_lines(lines)
    return Module(
        path=place.path,
        name=place.name,
        statements=Lines.of(statements),
        missing=Lines.of(missing),
        excluded=Lines.of(reporter.excluded_lines()),
        branches=() if arcs is None else _branches(reporter, arcs),
        functions=_functions(reporter, statements),
    )


def read_text(module: Module, reporter: FileReporter, extents: Iterable[LineRange] | None) -> SourceText:
    """Return the text of `module`, which is read only where somebody asks for it.

    `extents` are those of everything on several lines; None asks the reporter line by line.
    """
    lines = tuple(reporter.source().removesuffix("\n").split("\n"))
    if extents is None:
        extents = _asked_extents(reporter, len(lines))
    counted = module.statements | module.excluded
    return SourceText(lines=lines, extents=tuple(found for found in extents if found[0] in counted))


def _asked_extents(reporter: FileReporter, lines: int) -> list[LineRange]:
    last: dict[int, int] = {}
    for number in range(1, lines + 1):
        for first in reporter.translate_lines((number,)):
            if 0 < first < number:
                last[first] = number
    return sorted(last.items())


def merge(one: Module, other: Module) -> Module:
    """The same source measured in two places: what ran in either has run."""
    never = {branch.line: set(branch.missing) for branch in other.branches}
    return one._replace(
        missing=one.missing & other.missing,
        branches=tuple(
            Branch(
                line=branch.line,
                total=branch.total,
                missing=tuple(d for d in branch.missing if d in never.get(branch.line, ())),
            )
            for branch in one.branches
        ),
    )


def _branches(reporter: FileReporter, arcs: Iterable[Arc]) -> tuple[Branch, ...]:
    """Lines with more than one exit, counted as `coverage.results.Analysis` counts them."""
    possible = reporter.arcs()
    excused = reporter.no_branch_lines()
    excluded = reporter.excluded_lines()
    only: dict[int, set[int]] = {}
    for line, destination in possible:
        only.setdefault(line, set()).add(destination)
    unfolded = set()
    for line, destination in reporter.translate_arcs(arcs):
        if line != destination:
            unfolded.add((line, destination))
        elif len(only.get(line, ())) == 1:  # a jump within one line is the one to its only destination
            (destination,) = only[line]
            unfolded.add((line, destination))
    missing: dict[int, list[int]] = {}
    for line, destination in sorted(possible - reporter.translate_arcs(unfolded)):
        if line not in excused and destination not in excluded:
            missing.setdefault(line, []).append(destination)
    return tuple(
        Branch(line=line, total=exits, missing=tuple(missing.get(line, ())))
        for line, exits in sorted(reporter.exit_counts().items())
        if exits > 1
    )


def _functions(reporter: FileReporter, statements: set[int]) -> tuple[Function, ...]:
    regions = [region for region in reporter.code_regions() if region.kind == "function"]
    found = [
        Function(
            name=region.name,
            line=region.start,
            last=_last_line(region, regions),
            statements=Lines.of(statements & region.lines),
        )
        for region in regions
    ]
    return tuple(sorted(found, key=lambda function: (function.line, function.name)))


def _last_line(function: CodeRegion, regions: Iterable[CodeRegion]) -> int:
    """The functions within have lines of their own, which may be the last."""
    inside = [r for r in regions if r.name.startswith(f"{function.name}.") and r.start > function.start]
    return max([function.start, *function.lines, *(line for region in inside for line in region.lines)])

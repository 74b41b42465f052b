"""What is missing of one module: function by function, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from covgate.model.lines import LineRange, Lines
from covgate.model.snapshot import Branch, Function, Module


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionGap:
    """A function with missing units; `entered` is False when none of its statements ran.

    Of the `missing` units, `accepted` are not required.
    """

    name: str
    line: int
    units: int
    missing: int
    accepted: int
    entered: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of what is missing: a label, and what it applies to (functions, lines, jumps)."""

    label: str
    items: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.label} {', '.join(self.items)}" if self.items else self.label


def function_gaps(module: Module) -> tuple[FunctionGap, ...]:
    """The functions of `module` with missing units that are required, in source order."""
    return tuple(gap for gap in all_functions(module) if gap.missing > gap.accepted)


def all_functions(module: Module) -> tuple[FunctionGap, ...]:
    """Every function of `module` with what is missing of it, in source order."""
    branches = {branch.line: branch for branch in module.branches}
    return tuple(_function_gap(module, function, branches) for function in module.functions)


def missing_in_words(module: Module) -> tuple[Reason, ...]:
    """What is missing and required, most telling first: never imported, functions, lines, jumps."""
    if module.never_ran:
        return (Reason("never imported"),)
    left = module.owed
    never = [f for f in module.functions if f.statements and f.statements <= left]
    for function in never:
        left -= function.statements
    errors = module.error_lines & left
    reasons = (
        Reason("never called:", tuple(dict.fromkeys(f"{function.name}()" for function in never))),
        Reason("lines", _ranges_in_words(left - errors, module)),
        Reason("except/raise lines", _ranges_in_words(errors, module)),
        Reason("jumps", _jumps_in_words(module)),
    )
    return tuple(reason for reason in reasons if reason.items)


def range_in_words(lines: LineRange) -> str:
    first, last = lines
    return str(first) if first == last else f"{first}-{last}"


def _function_gap(module: Module, function: Function, branches: Mapping[int, Branch]) -> FunctionGap:
    own = function.statements
    inside = [branches[line] for line in own if line in branches] if branches else ()
    missing = len(own & module.missing)
    ends = [module.accepts(branch, end) for branch in inside for end in branch.missing]
    return FunctionGap(
        name=function.name,
        line=function.line,
        units=len(own) + sum(branch.total for branch in inside),
        missing=missing + len(ends),
        accepted=len(own & module.missing & module.accepted) + sum(ends),
        entered=not own or missing < len(own),
    )


def _jumps_in_words(module: Module) -> tuple[str, ...]:
    """Jumps never taken from lines that ran, written as coverage.py writes them."""
    return tuple(
        f"{branch.line}->{destination if destination > 0 else 'exit'}"
        for branch in module.branches
        if branch.missing and branch.line not in module.missing
        for destination in branch.missing
        if (destination < 0 or destination not in module.missing) and not module.accepts(branch, destination)
    )


def _ranges_in_words(lines: Lines, module: Module) -> tuple[str, ...]:
    return tuple(map(range_in_words, lines.runs(module.statements)))

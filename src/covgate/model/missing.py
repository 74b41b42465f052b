"""What is missing of one module: in words, and function by function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from covgate.model.judged import JudgedModule
from covgate.model.lines import LineRange, Lines
from covgate.model.snapshot import Branch, Function


class FunctionGap(NamedTuple):
    """A function with missing units; `entered` is False when none of its statements ran.

    Of the `missing` units, `accepted` are not required.
    """

    name: str
    line: int
    units: int
    missing: int
    accepted: int
    entered: bool


class Reason(NamedTuple):
    """One part of what is missing: a label, and what it applies to (functions, lines, branches)."""

    label: str
    items: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.label} {', '.join(self.items)}" if self.items else self.label


class MissingPart(NamedTuple):
    """A function, or the code outside of all functions (then without a name), and what is missing of it in words."""

    gap: FunctionGap
    reasons: tuple[Reason, ...]


def missing_by_part(judged: JudgedModule) -> tuple[MissingPart, ...]:
    """Return the parts of a module of which something is missing, accepted or not, in source order."""
    module = judged.module
    outside = module.statements
    for function in module.functions:
        outside -= function.statements
    branches = {branch.line: branch for branch in module.branches}
    parts = []
    for function in (Function("", 1, 1, outside), *module.functions):
        gap = _function_gap(judged, function, branches)
        if gap.missing:
            left = judged.required_missing & function.statements
            never = function.name and function.statements and function.statements <= left
            reasons = (Reason("never called"),) if never else _lines_in_words(judged, left, function.statements)
            parts.append(MissingPart(gap, reasons))
    return tuple(parts)


def function_gaps(judged: JudgedModule) -> tuple[FunctionGap, ...]:
    """Return the functions with missing units that are required, in source order."""
    return tuple(gap for gap in all_functions(judged) if gap.missing > gap.accepted)


def all_functions(judged: JudgedModule) -> tuple[FunctionGap, ...]:
    """Return every function with what is missing of it, in source order."""
    branches = {branch.line: branch for branch in judged.module.branches}
    return tuple(_function_gap(judged, function, branches) for function in judged.module.functions)


def missing_in_words(judged: JudgedModule) -> tuple[Reason, ...]:
    """Return what is missing and required, most telling first: never imported, functions, lines, branches."""
    module = judged.module
    if module.never_ran:
        return (Reason("never imported"),)
    left = judged.required_missing
    never = [f for f in module.functions if f.statements and f.statements <= left]
    for function in never:
        left -= function.statements
    names = Reason("never called:", tuple(dict.fromkeys(f"{function.name}()" for function in never)))
    return (*([names] if never else []), *_lines_in_words(judged, left, module.statements))


def _lines_in_words(judged: JudgedModule, left: Lines, own: Lines) -> tuple[Reason, ...]:
    """Say which lines in `left` are missing, and which branches that leave a line in `own`."""
    statements = judged.module.statements
    errors = judged.module.error_lines & left
    reasons = (
        lines_reason("", tuple((left - errors).runs(statements))),
        lines_reason("except/raise ", tuple(errors.runs(statements))),
        Reason("branches", _branches_in_words(judged, own)),
    )
    return tuple(reason for reason in reasons if reason.items)


def range_in_words(lines: LineRange) -> str:
    first, last = lines
    return str(first) if first == last else f"{first}-{last}"


def _function_gap(judged: JudgedModule, function: Function, branches: Mapping[int, Branch]) -> FunctionGap:
    own = function.statements
    inside = [branches[line] for line in own if line in branches] if branches else ()
    missing = len(own & judged.module.missing)
    ends = sum(len(branch.missing) for branch in inside)
    required_ends = sum(len(judged.required_ends(branch)) for branch in inside)
    return FunctionGap(
        name=function.name,
        line=function.line,
        units=len(own) + sum(branch.total for branch in inside),
        missing=missing + ends,
        accepted=len(own & judged.accepted_missing) + ends - required_ends,
        entered=not own or missing < len(own),
    )


def _branches_in_words(judged: JudgedModule, own: Lines) -> tuple[str, ...]:
    """Return the branches never taken from lines that ran, written as coverage.py writes them."""
    missing = judged.module.missing
    return tuple(
        f"{branch.line}->{destination if destination > 0 else 'exit'}"
        for branch in judged.module.branches
        if branch.missing and branch.line in own and branch.line not in missing
        for destination in judged.required_ends(branch)
        if destination < 0 or destination not in missing
    )


def lines_reason(kind: str, ranges: Sequence[LineRange]) -> Reason:
    """Return a reason that names lines: `line 12`, or `lines 12-15, 20`."""
    is_one = len(ranges) == 1 and ranges[0][0] == ranges[0][1]
    return Reason(f"{kind}{'line' if is_one else 'lines'}", tuple(map(range_in_words, ranges)))

"""Accepted gaps: which code each entry means, and whether it still stands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from covgate.errors import UsageError
from covgate.judge.change import touched_statements
from covgate.judge.fingerprint import fingerprint
from covgate.model.lines import LineRange, Lines
from covgate.model.settings import Acceptance, Settings
from covgate.model.snapshot import Module, Snapshot
from covgate.model.verdict import AcceptedGap, Check
from covgate.model.words import counted

SOON = timedelta(days=14)
MEANINGLESS = ("gone", "covered")
"""States of entries that accept nothing, and should be taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an entry means in a module: the statements, and the lines of source they stand on."""

    statements: Lines
    lines: tuple[LineRange, ...]


def accepted_gaps(snapshot: Snapshot, settings: Settings, today: date) -> tuple[AcceptedGap, ...]:
    """Every entry with its state; the modules they name come with their source."""
    return tuple(_accepted_gap(entry, snapshot, today) for entry in settings.accept)


def with_accepted(snapshot: Snapshot, gaps: Sequence[AcceptedGap]) -> Snapshot:
    """`snapshot` in which the modules know what of them is accepted."""
    statements: dict[str, Lines] = {}
    for gap in gaps:
        if gap.state == "accepted":
            statements[gap.path] = statements.get(gap.path, Lines()) | gap.statements

    def known(module: Module) -> Module:
        return replace(module, accepted=statements[module.path]) if module.path in statements else module

    if not statements:
        return snapshot
    return replace(
        snapshot, modules=tuple(map(known, snapshot.modules)), unmeasured=tuple(map(known, snapshot.unmeasured))
    )


def acceptance_checks(gaps: Iterable[AcceptedGap]) -> Iterator[Check]:
    """Entries that accept nothing, failed: for those who asked for it."""
    for gap in gaps:
        if gap.state in MEANINGLESS:
            yield Check(
                rule="accepted-gap",
                subject=gap.path,
                module=gap.module,
                status="failed",
                source=gap.source,
                reason=gap.problem,
            )


def acceptance_notes(gaps: Iterable[AcceptedGap], checks: Iterable[Check], today: date) -> Iterator[str]:
    """Entries that end soon, have ended, or accept nothing, unless one of `checks` says so."""
    told = {check.source for check in checks if check.rule == "accepted-gap"}
    for gap in gaps:
        if gap.source in told:
            continue
        if gap.state != "accepted":
            yield f"{gap.source} ({gap.title}): {gap.problem}"
        elif gap.until is not None and gap.until - today <= SOON:
            days = counted((gap.until - today).days, "day")
            yield f"{gap.source} ({gap.title}): ends in {days}, on {gap.until}{_by(gap)}"


def place_of(module: Module, function: str | None, lines: Sequence[LineRange]) -> Place:
    """The code that an entry means in a module that comes with its source and extents.

    Raises `UsageError` where it is not there.
    """
    if function is None:
        last = len(module.source)
        beyond = next((first for first, end in lines if end > last), None)
        if beyond is not None:
            raise UsageError(f"{module.path} has no line {beyond}", f"it has {last}")
        return Place(statements=touched_statements(module, lines), lines=tuple(lines))
    found = [f for f in module.functions if f.name == function]
    if not found:
        raise UsageError(f"{module.path} has no function {function}", _nearest(module, function))
    within = [f for f in module.functions if f.name == function or f.name.startswith(f"{function}.")]
    return Place(
        statements=Lines.of(line for f in within for line in f.statements),
        lines=tuple((f.line, f.last) for f in found),
    )


def code_of(module: Module, lines: Iterable[LineRange]) -> list[str]:
    """The source lines of these ranges."""
    return [line for first, last in lines for line in module.source[first - 1 : last]]


def units_missing_at(place: Place, module: Module) -> int:
    """What accepting it would take from the required units."""
    return replace(module, accepted=place.statements).units_accepted


def _accepted_gap(entry: Acceptance, snapshot: Snapshot, today: date) -> AcceptedGap:
    modules = (*snapshot.modules, *snapshot.unmeasured)
    module = next((m for m in modules if entry.module.matches(m.path, m.name)), None)
    gap = AcceptedGap(
        path=module.path if module else entry.module.text,
        module=module.name if module else None,
        function=entry.function,
        lines=entry.lines,
        reason=entry.reason,
        until=entry.until,
        owner=entry.owner,
        source=entry.source,
    )
    if module is None:
        return replace(gap, state="gone", problem="no measured module is called that; take the entry out")
    try:
        place = place_of(module, entry.function, entry.lines)
    except UsageError as error:
        problem = f"{error.message}; {error.remedy}; correct the entry, or take it out"
        return replace(gap, state="gone", problem=problem)
    if entry.fingerprint is not None and entry.fingerprint != fingerprint(code_of(module, place.lines)):
        moved = _moved(module, entry)
        if moved is None:
            problem = "the code changed since it was accepted, and is required again; test it, or accept it anew"
            return replace(gap, state="changed", problem=problem)
        place = moved
    marked = replace(module, accepted=place.statements)
    gap = replace(
        gap,
        lines=tuple((marked.missing & marked.accepted).runs(marked.statements)),
        units=marked.units_accepted,
        statements=place.statements,
    )
    if entry.until is not None and today >= entry.until:
        again = f"{counted(gap.units, 'unit')} {'is' if gap.units == 1 else 'are'} required again"
        return replace(gap, state="ended", problem=f"ended on {entry.until}{_by(gap)}: {again}")
    if not gap.units:
        return replace(gap, state="covered", problem="nothing of it is missing; take the entry out")
    return gap


def _moved(module: Module, entry: Acceptance) -> Place | None:
    """Where lines that were accepted stand now, if in one place."""
    if entry.function is not None or len(entry.lines) != 1:
        return None
    ((first, last),) = entry.lines
    length = last - first + 1
    starts = range(1, len(module.source) - length + 2)
    found = [at for at in starts if fingerprint(module.source[at - 1 : at + length - 1]) == entry.fingerprint]
    if len(found) != 1:
        return None
    return place_of(module, None, ((found[0], found[0] + length - 1),))


def _nearest(module: Module, function: str) -> str:
    names = [f.name for f in module.functions]
    near = difflib.get_close_matches(function, names, n=3, cutoff=0.5)
    near = near or [name for name in names if name.rpartition(".")[2] == function][:3]
    return f"did you mean {', '.join(near)}?" if near else "name one as covgate explain does"


def _by(gap: AcceptedGap) -> str:
    return f" ({gap.owner})" if gap.owner else ""

"""Accepted gaps: which code each entry means, and whether it still stands."""

from __future__ import annotations

import difflib
import hashlib
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from covgate.errors import UsageError
from covgate.model.checks import Check
from covgate.model.judged import JudgedModule, judge_module
from covgate.model.lines import LineRange, Lines
from covgate.model.settings import Acceptance, Settings
from covgate.model.snapshot import Module, Snapshot, SourceText, lines_within
from covgate.model.verdict import AcceptedGap
from covgate.model.words import counted, counted_units

SOON = timedelta(days=14)
FINGERPRINT_LENGTH = 16
MEANINGLESS = ("gone", "covered")
"""States of entries that accept nothing, and should be taken out."""


class Place(NamedTuple):
    """What an entry means in a module: whole statements on these lines (none: all), and what they are known by."""

    statements: Lines
    lines: tuple[LineRange, ...]
    fingerprint: str


def accepted_gaps(snapshot: Snapshot, settings: Settings, today: date) -> tuple[AcceptedGap, ...]:
    """Every entry with its state; the modules they name come with their source."""
    return tuple(_accepted_gap(entry, snapshot, today) for entry in settings.accept)


def accepted_lines(gaps: Iterable[AcceptedGap]) -> dict[str, Lines]:
    """Return the statements whose gaps are accepted, by the path of their module."""
    statements: dict[str, Lines] = {}
    for gap in gaps:
        if gap.state == "accepted":
            statements[gap.path] = statements.get(gap.path, Lines()) | gap.statements
    return statements


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
                error="accepted-gap",
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


def place_of(module: Module, text: SourceText, function: str | None, lines: Sequence[LineRange]) -> Place:
    """Find the code that an entry means in a module with this text.

    A function is known by its code; lines by theirs, the lines of code next to them, and the function
    they stand in; with neither the whole module by all of its code. Raises `UsageError` where it is not there.
    """
    if function is not None:
        return _function_place(module, function, code_lines(text.lines))
    if lines:
        return _lines_place(module, text, lines)
    return Place(statements=module.statements, lines=(), fingerprint=fingerprint(code_lines(text.lines)))


def _function_place(module: Module, function: str, code: Sequence[str]) -> Place:
    ranges = tuple((f.line, f.last) for f in module.functions if f.name == function)
    if not ranges:
        raise UsageError("unknown-module", f"{module.path} has no function {function}", _nearest(module, function))
    within = [f for f in module.functions if any(first <= f.line and f.last <= last for first, last in ranges)]
    return Place(
        statements=Lines.of(line for f in within for line in f.statements),
        lines=ranges,
        fingerprint=fingerprint(_between(code, ranges)),
    )


def _lines_place(module: Module, text: SourceText, lines: Sequence[LineRange]) -> Place:
    """Find whole statements: of one that stands on several lines all belong to the place."""
    count = len(text.lines)
    beyond = next((last for _, last in lines if last > count), None)
    if beyond is not None:
        raise UsageError("option-value", f"{module.path} has no line {beyond}", f"it has {count}")
    statements = text.statements_at(lines, module.statements)
    whole = lines_within(lines, count) | text.all_lines_of(statements)
    ranges = tuple(whole.runs(Lines.between(1, count)))
    fingerprint_of_lines = _lines_fingerprint(module, ranges, code_lines(text.lines))
    return Place(statements=statements, lines=ranges, fingerprint=fingerprint_of_lines)


def _lines_fingerprint(module: Module, ranges: Sequence[LineRange], code: Sequence[str]) -> str:
    first, last = ranges[0][0], ranges[-1][1]
    before = next((line for line in reversed(code[: first - 1]) if line), "")
    after = next((line for line in code[last:] if line), "")
    inside = [f for f in module.functions if f.line <= first <= f.last]
    name = max(inside, key=lambda f: f.line).name if inside else ""
    return fingerprint(_between(code, ranges), name, before.strip(), after.strip())


def _between(code: Sequence[str], ranges: Iterable[LineRange]) -> list[str]:
    return [line for first, last in ranges for line in code[first - 1 : last]]


def units_missing_at(place: Place, module: Module) -> int:
    """What accepting it would take from the required units."""
    return judge_module(module, place.statements).share.accepted


def _accepted_gap(entry: Acceptance, snapshot: Snapshot, today: date) -> AcceptedGap:
    modules = (*snapshot.modules, *snapshot.unmeasured)
    module = next((m for m in modules if entry.module.matches(m.path, m.name)), None)
    gap = AcceptedGap(
        path=module.path if module else entry.module.text,
        module=module.name if module else None,
        function=entry.function,
        place=entry.lines,
        lines=entry.lines,
        reason=entry.reason,
        until=entry.until,
        owner=entry.owner,
        source=entry.source,
    )
    if module is None:
        return gap._replace(state="gone", problem="no measured module has this name; remove the entry")
    try:
        place = _standing(module, snapshot.text_of(module.path), entry)
    except UsageError as error:
        problem = f"{error.message}; {error.remedy}; correct the entry, or remove it"
        return gap._replace(state="gone", problem=problem)
    if place is None:
        problem = "the code changed since it was accepted, and is required again; test it, or accept it again"
        return gap._replace(state="changed", problem=problem)
    judged = judge_module(module, place.statements)
    gap = gap._replace(
        place=() if entry.function else place.lines,
        lines=tuple(_missing_lines(judged).runs(module.statements)),
        units=judged.share.accepted,
        statements=place.statements,
    )
    if entry.until is not None and today >= entry.until:
        units = counted_units(gap.units, branches=snapshot.has_branches)
        again = f"{units} {'is' if gap.units == 1 else 'are'} required again"
        return gap._replace(state="ended", problem=f"ended on {entry.until}{_by(gap)}: {again}")
    if not gap.units:
        return gap._replace(state="covered", problem="all of it is covered; remove the entry")
    return gap


def _standing(module: Module, text: SourceText, entry: Acceptance) -> Place | None:
    """Where the accepted code stands, None where it is no longer there; raises `UsageError` as `place_of`."""
    if entry.fingerprint is None:
        return place_of(module, text, entry.function, entry.lines)
    try:
        place = place_of(module, text, entry.function, entry.lines)
    except UsageError:
        if not entry.lines:
            raise
        return _moved(module, text, entry)
    return place if place.fingerprint == entry.fingerprint else _moved(module, text, entry)


def _missing_lines(judged: JudgedModule) -> Lines:
    """Return the accepted lines that did not run, and those that ran and of which a branch is accepted."""
    module = judged.module
    partial = (b.line for b in module.branches if len(judged.required_ends(b)) < len(b.missing))
    return judged.accepted_missing | (Lines.of(partial) - module.missing)


def same_lines(
    module: Module, text: SourceText, lines: Sequence[LineRange], known_by: str
) -> list[tuple[LineRange, ...]]:
    """Wherever these lines, all moved by as much, have this fingerprint."""
    code = code_lines(text.lines)
    room = range(1 - lines[0][0], len(code) - lines[-1][1] + 1)
    shifted = (tuple((first + by, last + by) for first, last in lines) for by in room)
    return [ranges for ranges in shifted if _lines_fingerprint(module, ranges, code) == known_by]


def _moved(module: Module, text: SourceText, entry: Acceptance) -> Place | None:
    """Where lines that were accepted stand now, if in one place."""
    if not entry.lines or entry.fingerprint is None:
        return None
    found = same_lines(module, text, entry.lines, entry.fingerprint)
    return place_of(module, text, None, found[0]) if len(found) == 1 else None


def _nearest(module: Module, function: str) -> str:
    names = list(dict.fromkeys(f.name for f in module.functions))
    near = difflib.get_close_matches(function, names, n=3, cutoff=0.5)
    near = near or [name for name in names if name.rpartition(".")[2] == function][:3]
    return f"did you mean {', '.join(near)}?" if near else "covgate explain MODULE lists its functions"


def _by(gap: AcceptedGap) -> str:
    return f" ({gap.owner})" if gap.owner else ""


def fingerprint(code: Iterable[str], *around: str) -> str:
    """Hexadecimal digits that stay the same when the code moves, is indented anew or gets blank lines.

    `code` are lines as `code_lines` gives them; `around` is what else has to be the same. The text
    decides, not the tokens: how those are cut differs between versions of Python.
    """
    lines = [line for line in code if line]
    indent = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
    dedented = [line[indent:] if not line[:indent].strip() else line.lstrip() for line in lines]
    text = "\n".join([*around, *dedented])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:FINGERPRINT_LENGTH]


def code_lines(source: Sequence[str]) -> list[str]:
    """A file's lines without comments and without spaces at their ends."""
    kept = list(source)
    ends = (f"{line}\n" for line in source)
    try:
        for token in tokenize.generate_tokens(lambda: next(ends, "")):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                kept[row - 1] = kept[row - 1][:column]
    except (tokenize.TokenError, SyntaxError, ValueError):
        kept = list(source)  # no Python: a template
    return [line.rstrip() for line in kept]

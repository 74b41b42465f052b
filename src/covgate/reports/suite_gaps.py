"""Modules without a test of their own, and functions that one test holds up: as text and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from covgate.model.known_tests import FragileFunction, SuiteGaps, UntestedModule
from covgate.model.remedies import MEASURE_AGAIN
from covgate.model.words import counted
from covgate.reports.columns import align
from covgate.reports.known_tests import BASIS_WORDS
from covgate.reports.styled import Line, Span
from covgate.reports.text import printable

FRAGILE_UNKNOWN = "not known: only the first test of each line is recorded here; Python 3.12 and later record functions"
FRAGILE_TITLE = "functions that only one test runs"


class UntestedList(NamedTuple):
    """One of the lists of modules: its name for machines, its title, and its rows."""

    key: str
    title: str
    rows: tuple[UntestedModule, ...]


def untested_lists(gaps: SuiteGaps) -> tuple[UntestedList, ...]:
    """Return the lists in the order in which they are read; the last one only where it has rows."""
    untested = gaps.untested
    lists = (
        UntestedList("never_imported", "never imported", untested.never_imported),
        UntestedList("only_imported", "only imported: no test runs a function of it", untested.only_imported),
        UntestedList(
            "only_by_others",
            "reached only through tests of other modules: no test file imports it or bears its name",
            untested.only_by_others,
        ),
    )
    unknown = UntestedList("unknown", "covered, but which test is not known", untested.unknown)
    return (*lists, unknown) if unknown.rows else lists


def untested_text(gaps: SuiteGaps) -> tuple[Line, ...]:
    """Return each list under its title, with statements and missing ones."""
    lines: list[Line] = []
    for one in untested_lists(gaps):
        lines.append((Span(f"{one.title}: {counted(len(one.rows), 'module') if one.rows else 'none'}", "strong"),))
        if one.rows:
            lines += _table([(row.statements, row.missing, row.path, files_in_words(row)) for row in one.rows])
        lines.append(())
    return tuple(lines)


def fragile_text(gaps: SuiteGaps) -> tuple[Line, ...]:
    """Return the functions, those with most statements first, each with its test."""
    if gaps.basis == "first":
        return ((Span(f"{FRAGILE_TITLE}: {FRAGILE_UNKNOWN}"),), ())
    title = f"{FRAGILE_TITLE}: {len(gaps.fragile) or 'none'}"
    rows = [(row.statements, row.missing, function_in_words(row), row.test) for row in gaps.fragile]
    return ((Span(title, "strong"),), *(_table(rows, "function", "test") if rows else ()), ())


def files_in_words(row: UntestedModule) -> str:
    """Name the nearest test file that reaches a module, and count the others."""
    more = len(row.test_files) - 1
    return f"{row.test_files[0]}{f' and {more} more' if more else ''}" if row.test_files else ""


def function_in_words(row: FragileFunction) -> str:
    return f"{row.path}:{row.line} {row.name}()"


def suite_gaps_document(gaps: SuiteGaps) -> dict[str, Any]:
    """Return both as `covgate report --json` has them."""
    untested = gaps.untested._asdict()
    return {
        "untested": {
            key: [{**row._asdict(), "test_files": list(row.test_files)} for row in rows]
            for key, rows in untested.items()
        },
        "fragile": None if gaps.basis == "first" else [row._asdict() for row in gaps.fragile],
        "basis": gaps.basis,
        "outdated": list(gaps.outdated),
        "partial": gaps.partial,
    }


def _table(
    rows: Sequence[tuple[int, int, str, str]], name: str = "module", more: str = "reached by"
) -> tuple[Line, ...]:
    has_more = any(row[3] for row in rows)
    heads = ["statements", "missing", name, *([more] if has_more else [])]
    cells = [[Span(head, "dim") for head in heads]]
    for statements, missing, path, text in rows:
        last = [Span(printable(text), "dim")] if has_more else []
        cells.append([Span(str(statements)), Span(str(missing)), Span(printable(path)), *last])
    return align(cells, left=(2, 3))


def rests_on(gaps: SuiteGaps) -> Iterator[Line]:
    """Yield what the lists are known from, and what is left out of them."""
    yield (Span(f"known from {BASIS_WORDS[gaps.basis]}", "dim"),)
    if gaps.outdated:
        count = counted(len(gaps.outdated), "module")
        text = f"note: {count} edited since the tests ran and left out; {MEASURE_AGAIN}"
        yield (Span(text, "dim"),)
    if gaps.partial is not None:
        yield (Span(f"note: only a part of the tests ran: {printable(gaps.partial)}", "dim"),)

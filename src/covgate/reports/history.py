"""Records of the history as text: a line each, or one with its modules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from covgate.model.percent import shown_percent
from covgate.model.record import EnvironmentKey, Record
from covgate.model.share import Share
from covgate.model.words import counted, units_of
from covgate.reports.text import cells, pad, printable

TIME = "%Y-%m-%d %H:%M"
HEADER = ("run", "date (UTC)", "commit", "branch", "total", "modules", "tests", "seconds", "environment", "")
TO_THE_RIGHT = frozenset({"total", "modules", "tests", "seconds"})
ABBREVIATION = 7
UNKNOWN = "-"
LABEL = 13


def history_text(records: Sequence[Record], count: int) -> str:
    """Return a table of these records, the newest last; `count` is how many there are in all."""
    rows = [HEADER, *map(_row, records)]
    widths = [max(cells(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = ["  ".join(map(_cell, row, HEADER, widths)) for row in rows]
    if count > len(records):
        lines.append(f"the newest {len(records)} of {counted(count, 'record')}; --all lists all")
    return _text(lines)


def record_text(record: Record) -> str:
    """Return what a record is of, its total, and its modules."""
    width = max((cells(printable(module.path)) for module in record.modules), default=0)
    lines = [f"{pad(label, LABEL)}{text}" for label, text in _facts(record)]
    lines += ["", "modules"] if record.modules else []
    for module in record.modules:
        lines.append(f"  {pad(printable(module.path), width)}  {_numbers(module.share)}")
    return _text(lines)


def _row(record: Record) -> tuple[str, ...]:
    revision, suite = record.revision, record.suite
    return (
        printable(record.run[:ABBREVIATION]),
        record.time.strftime(TIME),
        UNKNOWN if revision is None else printable(revision.commit[:ABBREVIATION]),
        UNKNOWN if revision is None or revision.branch is None else printable(revision.branch),
        shown_percent(record.share.covered, record.share.units),
        str(len(record.modules)),
        UNKNOWN if suite.tests is None else str(suite.tests),
        UNKNOWN if suite.seconds is None else f"{suite.seconds:.1f}",
        _environment(record.environment),
        ", ".join(_shortcomings(record)),
    )


def _cell(text: str, column: str, width: int) -> str:
    return " " * (width - cells(text)) + text if column in TO_THE_RIGHT else pad(text, width)


def _shortcomings(record: Record) -> Iterator[str]:
    """Yield why a record is not one of its commit: such a record is no baseline, and is not pushed."""
    if record.revision is None:
        yield "no commit"
    elif not record.revision.is_clean:
        yield "edited files"
    if not record.is_complete:
        yield "partial"
    if not record.tests_passed:
        yield "tests failed"


def _environment(key: EnvironmentKey) -> str:
    parts = [printable(" and ".join(key.systems)) or "unknown system", *(["branches"] if key.branches else [])]
    return ", ".join(parts)


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    revision, suite = record.revision, record.suite
    yield "run", f"{printable(record.run)}, {record.time.strftime(TIME)} UTC"
    if revision is None:
        yield "commit", "none"
    else:
        branch = "" if revision.branch is None else f", on {printable(revision.branch)}"
        yield "commit", f"{printable(revision.commit)}{branch}"
        yield "tree", printable(revision.tree)
    if record.folder != ".":
        yield "project in", printable(record.folder)
    yield "total", _numbers(record.share, units_of(branches=record.environment.branches))
    if suite.tests is not None:
        seconds = "" if suite.seconds is None else f" in {suite.seconds:.1f} seconds"
        yield "tests", f"{counted(suite.tests, 'test')}{seconds}"
    yield "environment", _environment(record.environment)
    if record.environment.source:
        yield "measured", printable(", ".join(record.environment.source))
    if record.verdict:
        yield "verdict", printable(record.verdict)
    shortcomings = ", ".join(_shortcomings(record))
    if shortcomings:
        yield "no baseline", shortcomings


def _numbers(share: Share, units: str = "") -> str:
    shown = f"{shown_percent(share.covered, share.units):>5}"
    if not share.units:
        return shown
    return f"{shown} %  {share.covered} of {share.units}" + (f" {units}" if units else "")


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)

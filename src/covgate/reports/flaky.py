"""Lines whose coverage flips, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from covgate.model.flaky import FlakyLine, FlakyModule, FlakyReport, Sighting
from covgate.model.lines import Lines
from covgate.model.missing import range_in_words
from covgate.model.words import counted
from covgate.reports.columns import align
from covgate.reports.styled import Line, Span, Style
from covgate.reports.text import printable

VERSION = 1
SHORT = 7
TIME = "%Y-%m-%dT%H:%M:%SZ"
TITLES = ("lines", "flips", "", "last between")


def flaky_text(report: FlakyReport) -> tuple[Line, ...]:
    """Return a table for each module, and what it rests on."""
    lines: list[Line] = []
    for module in report.modules:
        lines += [(Span(printable(module.path), "strong"),), *_table(module), (Span(""),)]
    return (*lines, *((Span(sentence),) for sentence in _summary(report)))


def _table(module: FlakyModule) -> tuple[Line, ...]:
    """Return a row for each run of lines of which the same is known."""
    rows = [[Span(title, "dim") for title in TITLES]]
    for (certainty, flips, between), alike in groupby(module.lines, _facts):
        numbers = ", ".join(map(range_in_words, Lines.of(line.line for line in alike).ranges()))
        style: Style = "bad" if certainty == "proven" else "plain"
        rows.append([Span(numbers), Span(str(flips)), Span(certainty, style), Span(between)])
    return align(rows, left=(0, 2, 3), indent="  ")


def _facts(line: FlakyLine) -> tuple[str, int, str]:
    before, now = _short(line.before), _short(line.now)
    return _certainty(line), line.flips, f"two runs of {now}" if before == now else f"{before} and {now}"


def _certainty(line: FlakyLine) -> str:
    return "proven" if line.is_proven else "suspected"


def _short(sighting: Sighting) -> str:
    if sighting.commit is None:
        return f"run {printable(sighting.run[:SHORT])}"
    return printable(sighting.commit[:SHORT])


def _summary(report: FlakyReport) -> Iterator[str]:
    runs = counted(report.records, "record")
    lines = [line for module in report.modules for line in module.lines]
    proven = sum(line.is_proven for line in lines)
    if lines:
        yield f"{counted(proven, 'line')} proven flaky, {len(lines) - proven} suspected, in {runs}"
    else:
        yield f"no line flips in {runs} of complete, passing runs"
    if report.older:
        yield f"{counted(report.older, 'more line')} in contents that the modules no longer have (--all shows them)"
    if report.without_digest:
        yield f"{report.without_digest} of {runs} cannot prove anything: the tests they ran are not known"


def flaky_json(report: FlakyReport) -> str:
    """One JSON object in ASCII, ended by a newline; docs/json.md describes it."""
    document = {
        "format": VERSION,
        "records": report.records,
        "records_without_digest": report.without_digest,
        "older_lines": report.older,
        "modules": [
            {
                "path": module.path,
                "name": module.name,
                "blob": module.blob,
                "lines": [_line_document(line) for line in module.lines],
            }
            for module in report.modules
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _line_document(line: FlakyLine) -> dict[str, Any]:
    return {
        "line": line.line,
        "statement": (line.line, 0) in line.units,
        "branches": [end for _, end in line.units if end],
        "status": _certainty(line),
        "flips": line.flips,
        "before": _sighting_document(line.before),
        "now": _sighting_document(line.now),
    }


def _sighting_document(sighting: Sighting) -> dict[str, Any]:
    return {"run": sighting.run, "time": sighting.time.strftime(TIME), "commit": sighting.commit}

"""Two records beside each other, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from covgate.model.compared import Compared, Side
from covgate.model.comparison import ModuleMovement, Movement
from covgate.model.lines import Lines
from covgate.model.missing import range_in_words
from covgate.model.percent import NOTHING
from covgate.model.record_json import suite_document
from covgate.model.share import NO_UNITS, Share
from covgate.model.words import counted_units, units_of
from covgate.reports.columns import align, with_paths
from covgate.reports.comparison import comparison_document
from covgate.reports.lost_tests import lost_test_lines
from covgate.reports.points import difference, hundredths, shown_hundredths, signed, signed_points
from covgate.reports.styled import Line, Span, Style
from covgate.reports.text import printable, wrap

VERSION = 1
SHORT_COMMIT = 7
INDENT = "  "

WORDS = {
    "CBC": "unchanged, covered before and now",
    "UBC": "unchanged, covered neither before nor now",
    "GBC": "unchanged, not covered before, covered now",
    "LBC": "unchanged, covered before, no longer covered",
    "GNC": "new, covered",
    "UNC": "new, not covered",
    "GIC": "unchanged, counted only now, covered",
    "UIC": "unchanged, counted only now, not covered",
    "DCB": "deleted, was covered",
    "DUB": "deleted, was not covered",
    "ECB": "unchanged, no longer counted, was covered",
    "EUB": "unchanged, no longer counted, was not covered",
    "flaky": "unchanged, covered before, not now; proven flaky",
    "unknown_before": "cannot be mapped: the old content is not known",
    "unknown_now": "cannot be mapped: the old content is not known",
}
"""What each category means. The codes are those of genhtml."""
OF_BOTH = ("CBC", "UBC", "GBC", "LBC", "flaky")
ONLY_NOW = ("GNC", "UNC", "GIC", "UIC", "unknown_now")
CODES = {"flaky": "", "unknown_before": "", "unknown_now": ""}


def compare_text(compared: Compared, width: int = 80) -> tuple[Line, ...]:
    """Return what moved: shares, categories, lost lines, and the sizes of code and tests."""
    blocks = (
        _heading(compared),
        _movements(compared, width),
        _categories(compared),
        _lost(compared, width),
        _flaky(compared, width),
        _sizes(compared),
    )
    lines: list[Line] = []
    for block in filter(None, blocks):
        lines += [(Span(""),), *block] if lines else block
    return tuple(lines)


def _heading(compared: Compared) -> list[Line]:
    return [
        (Span(f"{name}  {printable(side.title)}{_revision(side)}"),)
        for name, side in (("before", compared.before), ("now   ", compared.now))
    ]


def _revision(side: Side) -> str:
    revision, time = side.record.revision, side.record.time
    commit = f"{printable(revision.commit[:SHORT_COMMIT])}, " if revision else ""
    return f" ({commit}measured {time:%Y-%m-%d %H:%M} UTC)"


def _movements(compared: Compared, width: int) -> list[Line]:
    """Return the total, the components and the modules that moved."""
    comparison = compared.comparison
    subjects = [("total", comparison.total), *((one.name, one.movement) for one in comparison.components)]
    titles = ("before", "now", "points", "covered before", "covered now")
    rows = [[Span(title, "dim") for title in titles], *(_row(movement) for _, movement in subjects)]
    names = ["", *(printable(name) for name, _ in subjects)]
    moved = comparison.moved
    rows += [_row(module.movement) for module in moved]
    names += [printable(module.path) + _fate(module) for module in moved]
    lines = list(align(with_paths(rows, names, width), left=(len(titles),)))
    if not moved:
        lines.append((Span("the coverage of no module changed"),))
    return lines


def _row(movement: Movement) -> list[Span]:
    before, now = hundredths(movement.before), hundredths(movement.now)
    points = difference(before, now)
    return [
        Span(shown_hundredths(before)),
        Span(shown_hundredths(now)),
        Span(signed_points(points), _style(points)),
        Span(_units(movement.before)),
        Span(_units(movement.now)),
    ]


def _style(change: int | None) -> Style:
    return "plain" if not change else "good" if change > 0 else "bad"


def _units(share: Share | None) -> str:
    return NOTHING if share is None else f"{share.covered} of {share.units}"


def _fate(module: ModuleMovement) -> str:
    if module.old_path is not None:
        return f" (was {printable(module.old_path)})"
    if module.movement.before is None:
        return " (new)"
    return " (gone)" if module.movement.now is None else ""


def _categories(compared: Compared) -> list[Line]:
    """Return the categories that hold a unit, so that each column adds up to the units of its side."""
    categories = compared.comparison.total.categories
    units = units_of(branches=compared.branches)
    rows = [[Span(text, "dim") for text in ("", units, "before", "now")]]
    for code, words in WORDS.items():
        count = getattr(categories, code)
        if count:
            before, now = _columns(code, count)
            rows.append([Span(CODES.get(code, code)), Span(words), Span(before), Span(now)])
    rows.append([Span(""), Span("sum"), Span(str(categories.units_before)), Span(str(categories.units_now))])
    return list(align(rows, left=(0, 1)))


def _columns(code: str, count: int) -> tuple[str, str]:
    if code in OF_BOTH:
        return str(count), str(count)
    return (NOTHING, str(count)) if code in ONLY_NOW else (str(count), NOTHING)


def _lost(compared: Compared, width: int) -> list[Line]:
    """Return the unchanged lines that are no longer covered, module by module."""
    lines: list[Line] = []
    for module in compared.comparison.modules:
        if module.lost:
            lines += _places(module.path, module.lost, module.movement.categories.LBC, compared, width)
    lines += [
        (Span(f"{INDENT * (1 + bool(at))}{part}"),)
        for sentence in lost_test_lines(compared.lost_tests)
        for at, part in enumerate(wrap(sentence, width - 4))
    ]
    return [(Span("no longer covered, although unchanged", "bad"),), *lines] if lines else []


def _flaky(compared: Compared, width: int) -> list[Line]:
    """Return the lines that would be lost, but are proven flaky."""
    lines: list[Line] = []
    for module in compared.comparison.modules:
        if module.flaky:
            lines += _places(module.path, module.flaky, module.movement.categories.flaky, compared, width)
    return [(Span("flaky lines left out", "fair"),), *lines] if lines else []


def _places(path: str, numbers: Lines, units: int, compared: Compared, width: int) -> Iterator[Line]:
    count = counted_units(units, branches=compared.branches)
    ranges = ", ".join(map(range_in_words, numbers.ranges()))
    parts = wrap(f"{printable(path)}: {count}, {_noun(numbers)} {ranges}", width - 4)
    return ((Span(f"{INDENT * (1 + bool(at))}{part}"),) for at, part in enumerate(parts))


def _noun(lines: Lines) -> str:
    return "line" if len(lines) == 1 else "lines"


def _sizes(compared: Compared) -> list[Line]:
    """Return the table of sizes; what the source files come to adds up to their number."""
    rows = [[Span(text, "dim") for text in ("", "before", "now", "difference")]]
    for name, before, now in _percentages(compared):
        points = difference(before, now)
        shown = signed_points(points)
        rows.append(
            [
                Span(f"{name}, %"),
                Span(shown_hundredths(before)),
                Span(shown_hundredths(now)),
                Span(shown, _style(points)),
            ]
        )
    for name, old, new in _counts(compared):
        change = difference(old, new)
        rows.append([Span(name), Span(_shown(old)), Span(_shown(new)), Span(signed(change))])
    return list(align(rows, left=(0,)))


def _shown(count: int | None) -> str:
    return NOTHING if count is None else str(count)


def _percentages(compared: Compared) -> Iterator[tuple[str, int | None, int | None]]:
    comparison = compared.comparison
    yield "total", hundredths(comparison.total.before), hundredths(comparison.total.now)
    for one in comparison.components:
        yield printable(one.name), hundredths(one.movement.before), hundredths(one.movement.now)


def _counts(compared: Compared) -> Iterator[tuple[str, int | None, int | None]]:
    """Yield the counts of both sides; None where one is not known."""
    total, files = compared.comparison.total, compared.files
    old, new = compared.before.record.suite, compared.now.record.suite
    units = units_of(branches=compared.branches)
    before, now = total.before or NO_UNITS, total.now or NO_UNITS
    yield units, before.units, now.units
    yield f"{INDENT}covered", before.covered, now.covered
    yield f"{INDENT}missing", before.missing, now.missing
    yield "tests", old.tests, new.tests
    yield "test files", old.files, new.files
    yield "lines of test code", old.lines, new.lines
    yield "source files", files.before, files.now
    yield f"{INDENT}changed or renamed", files.edited, files.edited
    yield f"{INDENT}unchanged", files.unchanged, files.unchanged
    if files.unknown:
        yield f"{INDENT}changed or not: not known", files.unknown, files.unknown
    yield f"{INDENT}new", 0, files.new
    yield f"{INDENT}deleted", files.deleted, 0


def compare_json(compared: Compared) -> str:
    """One JSON object in ASCII, ended by a newline; docs/commands.md describes it."""
    document = {
        "format": VERSION,
        "branches": compared.branches,
        "before": _side(compared.before),
        "now": _side(compared.now),
        "comparison": comparison_document(compared.comparison, compared.lost_tests),
        "files": compared.files._asdict(),
    }
    return json.dumps(document, indent=2) + "\n"


def _side(side: Side) -> dict[str, Any]:
    revision, suite = side.record.revision, side.record.suite
    return {
        "source": side.title,
        "commit": None if revision is None else revision.commit,
        "tree": None if revision is None else revision.tree,
        "time": f"{side.record.time:%Y-%m-%dT%H:%M:%SZ}",
        "suite": suite_document(suite),
        "files": len(side.record.modules),
    }

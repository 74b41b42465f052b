"""Rows of spans as a table: numbers to the right, names to the left, two spaces between columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from covgate.reports.styled import Line, Span
from covgate.reports.text import cells, shorten_paths

GAP = "  "


def align(rows: Sequence[Sequence[Span]], left: Collection[int] = (), indent: str = "") -> tuple[Line, ...]:
    """Pad each column to its widest cell; those whose number is in `left` start at the left.

    All rows have the same number of cells.
    """
    widths = [max(cells(span.text) for span in column) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        line: list[Span] = [Span(indent)] if indent else []
        for at, (span, width) in enumerate(zip(row, widths, strict=True)):
            is_end = at in left and at + 1 == len(row)
            space = "" if is_end else " " * (width - cells(span.text))
            gap = GAP if at else ""
            line += [Span(gap), span, Span(space)] if at in left else [Span(gap + space), span]
        lines.append(tuple(line))
    return tuple(lines)


def with_paths(
    rows: Sequence[Sequence[Span]], paths: Sequence[str], width: int, least: int = 14
) -> list[tuple[Span, ...]]:
    """Add a last column of printable paths, shortened to what `width` leaves of a line."""
    taken = sum(max(cells(span.text) for span in column) + len(GAP) for column in zip(*rows, strict=True))
    shown = shorten_paths(paths, max(least, width - taken))
    return [(*row, Span(path)) for row, path in zip(rows, shown, strict=True)]

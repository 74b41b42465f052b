"""Line numbers as ranges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from covgate.model.snapshot import LineRange


def line_ranges(lines: Iterable[int], statements: Sequence[int]) -> tuple[LineRange, ...]:
    """`lines` as ranges that run on over lines without code, as coverage.py prints them."""
    wanted = set(lines)
    ranges: list[LineRange] = []
    open_range = False
    for statement in statements:
        if statement not in wanted:
            open_range = False
        elif open_range:
            ranges[-1] = (ranges[-1][0], statement)
        else:
            ranges.append((statement, statement))
            open_range = True
    return tuple(ranges)


def range_in_words(lines: LineRange) -> str:
    first, last = lines
    return str(first) if first == last else f"{first}-{last}"

"""Records which test first reaches each line, by watching coverage.py's data grow (any Python, any core)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import coverage

Point: TypeAlias = "int | tuple[int, int]"
"""A line, an arc, or an arc that the C tracer packs into one number."""
BITS_OF_A_LINE = 28 if coverage.version_info >= (7, 13, 2) else 20
"""How wide the C tracer packs each end of an arc; the signs of the two ends follow."""


class FirstTests:
    """`data` is what coverage.py gathers: a set of points for each source file, to which its tracer adds."""

    def __init__(self, data: Mapping[str, set[Point]], *, has_arcs: bool) -> None:
        self._data = data
        self._has_arcs = has_arcs
        self._sizes: list[int] = []
        self._known: dict[str, set[Point]] = {}
        self._grown: dict[str, list[tuple[int | None, set[Point]]]] = {}

    def attribute(self, test: int | None) -> None:
        """Give the points that are new since the last call to the test; None: it was before the first one."""
        files = tuple(self._data.items())  # in the order in which they came
        sizes = [len(points) for _, points in files]
        if sizes == self._sizes:
            return
        before = self._sizes + [-1] * (len(sizes) - len(self._sizes))
        for (name, points), size, size_before in zip(files, sizes, before, strict=True):
            if size != size_before:
                known = self._known.setdefault(name, set())
                new = points - known  # coverage.py takes out of its sets what it has saved
                if new:
                    known |= new
                    self._grown.setdefault(name, []).append((test, new))
        self._sizes = sizes

    def skip(self) -> None:
        """Give the points that are new since the last call to nobody."""
        for name, points in tuple(self._data.items()):
            self._known.setdefault(name, set()).update(tuple(points))
        self._sizes = [len(points) for points in tuple(self._data.values())]

    def lines(self) -> Mapping[str, Mapping[int, int | None]]:
        """Return the first test of each line, by source file."""
        found: dict[str, dict[int, int | None]] = {}
        for name, steps in self._grown.items():
            lines = found.setdefault(name, {})
            for test, points in steps:
                for line in self._lines_of(points):
                    lines.setdefault(line, test)
        return found

    def _lines_of(self, points: Iterable[Point]) -> Iterable[int]:
        for point in points:
            if not self._has_arcs:
                assert isinstance(point, int)
                yield point
                continue
            for line in point if isinstance(point, tuple) else _unpack(point):
                if line > 0:
                    yield line


def _unpack(packed: int) -> tuple[int, int]:
    bits = BITS_OF_A_LINE
    first, second = packed & (1 << bits) - 1, packed >> bits & (1 << bits) - 1
    signs = packed >> 2 * bits
    return -first if signs & 1 else first, -second if signs & 2 else second

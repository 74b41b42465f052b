"""A map of tests as two compressed byte strings: the names once, and numbers as the distances between them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from covgate.model.lines import Lines
from covgate.model.test_map import Basis, FunctionTests, ModuleTests, TestMap

BASES: tuple[Basis, ...] = ("functions", "contexts", "first")
LEVEL = 6
MOST_BYTES = 2**27
"""Of either part, unpacked."""
MOST_LINES = 2**22
"""Higher line numbers are those of no source."""
MOST_LINES_OF_ALL = 2**26
"""More lines, of all modules together, would take memory without end."""


class EncodedMap(NamedTuple):
    """`names` holds JSON (node ids, and per module its path, digest and functions), `numbers` variable-length integers.

    Per module, in the order of the names: per function the first line, the distances from it to the body and to
    the last line, the number of tests with the lowest bit for "capped", and the tests; then the lines with
    their tests; then the ranges of imported lines. Ascending numbers are kept as distances. Both parts are
    compressed by zlib.
    """

    names: bytes
    numbers: bytes

    @property
    def size(self) -> int:
        """Bytes of both."""
        return len(self.names) + len(self.numbers)


def encode_map(known: TestMap) -> EncodedMap:
    """Return what `decode_map` makes the map of again, apart from why it is partial."""
    names = {
        "basis": known.basis,
        "tests": known.tests,
        "skipped": sorted(known.skipped),
        "failed": sorted(known.failed),
        "outdated": sorted(known.outdated),
        "modules": [
            [path, module.digest, [function.name for function in module.functions]]
            for path, module in known.modules.items()
        ],
    }
    numbers: list[int] = []
    for module in known.modules.values():
        _add_numbers(numbers, module)
    text = json.dumps(names, separators=(",", ":")).encode("ascii")
    return EncodedMap(zlib.compress(text, LEVEL), zlib.compress(_pack(numbers), LEVEL))


def decode_map(encoded: EncodedMap) -> TestMap:
    """Raises `ValueError`, `KeyError`, `TypeError` or `IndexError` for what no map was encoded as."""
    try:
        names = json.loads(_unpack(encoded.names))
    except (RecursionError, MemoryError):
        raise ValueError("its names are nested too deeply, or too long") from None
    tests = tuple(map(_text, names["tests"]))
    numbers = _Numbers(_unpack(encoded.numbers), len(tests))
    modules = {
        _text(path): _module(_text(digest), list(map(_text, functions)), numbers)
        for path, digest, functions in names["modules"]
    }
    if not numbers.is_at_end or names["basis"] not in BASES or list(tests) != sorted(set(tests)):
        raise ValueError("its names and numbers do not fit")
    outdated, skipped, failed = (frozenset(map(_text, names[name])) for name in ("outdated", "skipped", "failed"))
    return TestMap(names["basis"], tests, modules, outdated, skipped=skipped, failed=failed)


def _add_numbers(numbers: list[int], module: ModuleTests) -> None:
    for function in module.functions:
        first, tests = function.first, function.tests
        numbers += (first, function.body - first, function.last - first, len(tests) << 1 | function.is_capped)
        _add_distances(numbers, tests)
    numbers.append(len(module.lines))
    before = 0
    for line, tests in sorted(module.lines.items()):
        numbers += (line - before, len(tests))
        _add_distances(numbers, tests)
        before = line
    edges = [edge for ends in module.imported.ranges() for edge in ends]
    numbers.append(len(edges))
    _add_distances(numbers, edges)


def _add_distances(numbers: list[int], ascending: Iterable[int]) -> None:
    before = 0
    for number in ascending:
        numbers.append(number - before)
        before = number


def _pack(numbers: Iterable[int]) -> bytes:
    packed = bytearray()
    for number in numbers:
        left = number
        while left > 127:
            packed.append(left & 127 | 128)
            left >>= 7
        packed.append(left)
    return bytes(packed)


class _Numbers:
    """Reads packed numbers one after the other."""

    def __init__(self, packed: bytes, test_count: int) -> None:
        self._packed = packed
        self._at = 0
        self._test_count = test_count
        self._lines_left = MOST_LINES_OF_ALL

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._packed)

    def take(self) -> int:
        byte = self._packed[self._at]
        self._at += 1
        if byte < 128:
            return byte
        number, shift = byte & 127, 7
        while byte > 127:
            byte = self._packed[self._at]
            self._at += 1
            number |= (byte & 127) << shift
            shift += 7
            if shift > 35:
                raise ValueError("a number is too large")
        return number

    def ascending(self, count: int, limit: int) -> tuple[int, ...]:
        """Return `count` numbers below `limit`; each takes a byte or more, so that the input bounds them."""
        numbers, number = [], 0
        for _ in range(count):
            number += self.take()
            numbers.append(number)
        if number >= limit and numbers:
            raise ValueError(f"{number} is too large")
        return tuple(numbers)

    def count_lines(self, count: int) -> None:
        self._lines_left -= count
        if self._lines_left < 0:
            raise ValueError("it has too many lines")

    def tests(self, count: int) -> tuple[int, ...]:
        return self.ascending(count, self._test_count)

    def line(self, before: int = 0) -> int:
        line = before + self.take()
        if line >= MOST_LINES:
            raise ValueError(f"line {line} is too large")
        return line


def _module(digest: str, names: list[str], numbers: _Numbers) -> ModuleTests:
    functions = []
    for name in names:
        first = numbers.line()
        body, last, packed = numbers.line(first), numbers.line(first), numbers.take()
        functions.append(FunctionTests(name, first, body, last, numbers.tests(packed >> 1), bool(packed & 1)))
    lines, line = {}, 0
    for _ in range(numbers.take()):
        line = numbers.line(line)
        lines[line] = numbers.tests(numbers.take())
    return ModuleTests(tuple(functions), lines, _imported(numbers), digest)


def _imported(numbers: _Numbers) -> Lines:
    """Return the lines of ranges, in a time that grows with the last line only."""
    edges = numbers.ascending(numbers.take(), MOST_LINES)
    numbers.count_lines(edges[-1] if edges else 0)
    parts, after = [], 0
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if first < after or last < first:
            raise ValueError("its ranges overlap")
        parts += ["0" * (first - after), "1" * (last + 1 - first)]
        after = last + 1
    return Lines(int("".join(parts)[::-1] or "0", 2))


def _unpack(compressed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(compressed, MOST_BYTES)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not unpacker.eof:
        raise ValueError("it is cut short, or too long")
    return unpacked


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value

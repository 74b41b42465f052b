"""A set of line numbers, packed into one integer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

LineRange: TypeAlias = tuple[int, int]
"""First and last line, both included."""

_RANGE = re.compile(r"([1-9][0-9]{0,6})(?:-([1-9][0-9]{0,6}))?")
_SET_BITS = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Lines:
    """A set of line numbers (0 and up): line n is bit n of `bits`.

    Union, difference and size of a whole file are one operation each, so that projects of thousands
    of modules are judged at once. Iterates in ascending order.
    """

    bits: int = 0

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Lines:
        """The lines with these numbers, none of them negative."""
        given = list(numbers)
        if not given:
            return cls()
        packed = bytearray(max(given) // 8 + 1)
        for number in given:
            packed[number >> 3] |= 1 << (number & 7)
        return cls(int.from_bytes(packed, "little"))

    @classmethod
    def between(cls, first: int, last: int) -> Lines:
        """All lines from `first` to `last`, both included."""
        return cls(((1 << (last - first + 1)) - 1) << first) if first <= last else cls()

    def __iter__(self) -> Iterator[int]:
        packed = self.bits.to_bytes((self.bits.bit_length() + 7) // 8, "little")
        for index, byte in enumerate(packed):
            if byte:
                for bit in _SET_BITS[byte]:
                    yield index * 8 + bit

    def __len__(self) -> int:
        return self.bits.bit_count()

    def __contains__(self, number: int) -> bool:
        return bool(self.bits >> number & 1)

    def __and__(self, other: Lines) -> Lines:
        return Lines(self.bits & other.bits)

    def __or__(self, other: Lines) -> Lines:
        return Lines(self.bits | other.bits)

    def __sub__(self, other: Lines) -> Lines:
        return Lines(self.bits & ~other.bits)

    def __le__(self, other: Lines) -> bool:
        """Whether all of these are in `other`."""
        return not self.bits & ~other.bits

    def __bool__(self) -> bool:
        return self.bits != 0

    def ranges(self) -> Iterator[LineRange]:
        """These lines and no others, as ranges."""
        return self.runs(Lines((1 << self.bits.bit_length()) - 1))

    def runs(self, among: Lines) -> Iterator[LineRange]:
        """These lines as ranges that run on over what is not in `among`.

        With the missing lines among the statements: ranges over lines without code, as coverage.py
        prints them.
        """
        left, others = self.bits & among.bits, among.bits & ~self.bits
        while left:
            first = (left & -left).bit_length() - 1
            after = others >> first
            run = left if not after else left & ((1 << (first + (after & -after).bit_length() - 1)) - 1)
            yield first, run.bit_length() - 1
            left ^= run


def parse_ranges(text: str) -> tuple[LineRange, ...]:
    """Lines as reports write them, `12` or `12-15, 20`; in order; raises `ValueError` for what is none."""
    ranges = []
    for part in text.split(","):
        found = _RANGE.fullmatch(part.strip(" "))
        if found is None:
            raise ValueError("lines such as 12, 12-15 or 12-15, 20")
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            raise ValueError(f"a range whose first line comes first: {last}-{first}")
        ranges.append((first, last))
    return tuple(sorted(ranges))

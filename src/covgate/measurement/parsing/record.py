"""A static half as bytes, to be kept or sent: text that anything can read, and nothing executes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, overload

from covgate.measurement.parsing.half import StaticHalf
from covgate.model.lines import Lines
from covgate.model.snapshot import Branch, Function


def as_record(half: StaticHalf) -> bytes:
    """`half` as two lines of ASCII, the second its functions, in the form that `from_record` reads."""
    document = [
        f"{half.statements.bits:x}",
        f"{half.excluded.bits:x}",
        half.extents,
        f"{half.error_lines.bits:x}",
        None if half.branches is None else [(b.line, b.total, b.missing) for b in half.branches],
        half.jump_fixes,
        half.only,
    ]
    # Shifted, so that a function late in a long file is no longer than an early one.
    functions = [(f.name, f.line, f.last, f"{f.statements.bits >> f.line:x}") for f in half.functions]
    return b"\n".join(json.dumps(part, separators=(",", ":")).encode("ascii") for part in (document, functions))


def from_record(record: bytes) -> StaticHalf:
    """The reverse; raises `ValueError`, `TypeError` or the like for what is no record."""
    first, functions = record.split(b"\n")
    statements, excluded, extents, errors, branches, fixes, only = json.loads(first)
    return StaticHalf(
        statements=Lines(int(statements, 16)),
        excluded=Lines(int(excluded, 16)),
        extents=tuple((first, last) for first, last in extents),
        error_lines=Lines(int(errors, 16)),
        functions=_WrittenFunctions(functions),
        branches=None
        if branches is None
        else tuple(Branch(line, total, tuple(missing)) for line, total, missing in branches),
        jump_fixes=tuple((_tuples(jump), _tuples(fix)) for jump, fix in fixes),
        only=tuple((line, destination) for line, destination in only),
    )


class _WrittenFunctions(Sequence[Function]):
    """The functions of a record, read each time somebody asks: of most modules nobody does."""

    __slots__ = ("_text",)

    def __init__(self, text: bytes) -> None:
        self._text = text

    def _read(self) -> tuple[Function, ...]:
        return tuple(
            Function(name, line, last, Lines(int(bits, 16) << line))
            for name, line, last, bits in json.loads(self._text)
        )

    def __iter__(self) -> Iterator[Function]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, at: int) -> Function: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Function, ...]: ...
    def __getitem__(self, at: int | slice) -> Function | tuple[Function, ...]:
        return self._read()[at]


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value

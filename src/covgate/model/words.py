"""Counts in words."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """`1 module`, `2 modules`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def units_of(*, branches: bool) -> str:
    """What coverage counts, as users read it."""
    return "statements and branches" if branches else "statements"


def counted_units(count: int, adjective: str = "", *, branches: bool) -> str:
    """`1 statement`, `2 statements`; in branch mode `1 statement or branch`, `2 statements and branches`."""
    noun = units_of(branches=branches)
    if count == 1:
        noun = "statement or branch" if branches else "statement"
    return f"{count} {adjective} {noun}" if adjective else f"{count} {noun}"

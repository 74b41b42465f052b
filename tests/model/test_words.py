"""Counts read as sentences."""

from __future__ import annotations

import pytest

from covgate.model.words import counted, counted_units, units_of


@pytest.mark.parametrize(("count", "text"), [(0, "0 modules"), (1, "1 module"), (2, "2 modules")])
def test_one_is_no_plural(count: int, text: str) -> None:
    assert counted(count, "module") == text


@pytest.mark.parametrize(
    ("count", "adjective", "branches", "text"),
    [
        (0, "", False, "0 statements"),
        (1, "", False, "1 statement"),
        (2, "more", False, "2 more statements"),
        (1, "", True, "1 statement or branch"),
        (2, "", True, "2 statements and branches"),
        (1, "changed", True, "1 changed statement or branch"),
    ],
)
def test_units_are_named_as_they_are_counted(count: int, adjective: str, branches: bool, text: str) -> None:
    assert counted_units(count, adjective, branches=branches) == text


def test_units_alone() -> None:
    assert (units_of(branches=False), units_of(branches=True)) == ("statements", "statements and branches")

"""What the settings ask for, whichever key says it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from covgate.config.settings import parse_settings
from covgate.model.settings import Level, is_set

NOTHING: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("level", "expected"), [(None, False), (False, False), (Decimal(0), True), (Decimal(80), True)]
)
def test_zero_is_a_percentage_and_false_is_none(level: Level, expected: bool) -> None:
    assert is_set(level) is expected


@pytest.mark.parametrize(
    ("raw", "asks", "judges", "sets"),
    [
        (NOTHING, False, True, False),  # the change's lines have a default
        ({"total": 0}, False, True, True),
        ({"module": 80}, False, True, True),
        ({"module": False}, False, True, False),
        ({"targets": {"a": 80}}, False, True, True),
        ({"targets": {"a": {"branches": 80}}}, False, True, True),
        ({"targets": {"a": {"max_missing": 0}}}, False, True, True),
        ({"targets": {"a": {"changed": 80}}}, True, True, True),
        ({"targets": {"a": False}}, False, True, False),
        ({"components": {"c": {"modules": ["a"], "target": 80}}}, False, True, True),
        ({"components": {"c": {"modules": ["a"], "target": False}}}, False, True, False),
        ({"changed": {"lines": 80}}, True, True, True),
        ({"changed": {"lines": False}}, False, False, False),
        ({"changed": {"lines": False, "module": 80}}, True, True, True),
        ({"changed": {"lines": False, "new_module": 80}}, True, True, True),
        ({"changed": {"lines": False}, "targets": {"a": {"changed": 1}}}, True, True, True),
        ({"changed": {"base": "main"}}, True, True, True),
        ({"changed": {"loosened": "fail"}}, True, True, True),
        ({"changed": {"loosened": "note"}}, False, True, False),
        ({"exclude": ["a"], "mode": "warn", "source": ["a"]}, False, True, False),
    ],
)
def test_what_is_asked_for(raw: dict[str, Any], asks: bool, judges: bool, sets: bool) -> None:
    settings = parse_settings(raw)
    assert settings.asks_about_the_change is asks
    assert settings.judges_the_change is judges
    assert settings.sets_a_target is sets


def test_two_entries_that_ask_for_the_same_have_equal_demands() -> None:
    raw = {"a": {"target": 80, "max_missing": 3}, "b": {"target": 80.0, "max_missing": 3}, "c": 80}
    one, two, other = (rule.demand for rule in parse_settings({"targets": raw}).targets)
    assert one == two != other

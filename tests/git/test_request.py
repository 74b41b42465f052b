"""Which change is asked for, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from covgate.config.settings import parse_settings
from covgate.errors import UsageError
from covgate.git.request import ChangeRequest, NamedBase, change_request

OPTIONS: dict[str, Any] = {"base": "main", "diff": Path("x.diff"), "staged": True}


def request(settings: Mapping[str, object] | None = None, **options: Any) -> ChangeRequest:
    given = {"base": None, "diff": None, "staged": False, "environment": {}, **options}
    return change_request(parse_settings(settings or {}), **given)


@pytest.mark.parametrize("names", [*combinations(OPTIONS, 2), tuple(OPTIONS)])
def test_two_options_contradict_each_other(names: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="contradict"):
        request(**{name: OPTIONS[name] for name in names})


@pytest.mark.parametrize("name", OPTIONS)
def test_each_option_asks_for_the_change(name: str) -> None:
    assert request(**{name: OPTIONS[name]}).is_asked_for


def test_a_setting_asks_for_the_change_and_the_default_does_not() -> None:
    assert request({"changed": {"lines": 90}}).is_asked_for
    assert not request({"module": 80}).is_asked_for


def test_c1_the_option_names_the_base_before_the_setting() -> None:
    setting = {"changed": {"base": "origin/next"}}
    assert request().named_base is None
    assert request(setting).named_base == NamedBase("origin/next", "tool.covgate.changed.base")
    assert request(setting, base="main").named_base == NamedBase("main", "--covgate-base")
    assert request(setting, base="main", base_option="--base").named_base == NamedBase("main", "--base")

"""Advice of the settings on gaps, in every report that lists gaps."""

from __future__ import annotations

import json

import pytest

from builders import module, snapshot, verdict
from covgate.config.settings import parse_settings
from covgate.errors import SettingsError
from covgate.judge.targets import advice_on
from covgate.model.context import ReportContext
from covgate.reports.advice import advice_in_words
from covgate.reports.json import json_report
from covgate.reports.markdown import markdown_comment
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary

CART, LOAD, SAVE = (module(f"shop/commands/{name}.py", 1, 4) for name in ("cart", "load", "save"))
COMMANDS = "Run it through call_command."
SETTINGS = {"module": 80, "advice": {"**/commands/**": COMMANDS, "shop/commands/cart.py": "Ask  the\nowner first."}}


def test_the_most_specific_entry_advises() -> None:
    settings = parse_settings(SETTINGS)
    assert advice_on(LOAD, settings) == COMMANDS
    assert advice_on(CART, settings) == "Ask the owner first."
    assert advice_on(module("shop/cart.py"), settings) == ""


def test_each_advice_stands_once_in_each_report() -> None:
    judged = verdict(snapshot(CART, LOAD, SAVE), SETTINGS)
    assert list(advice_in_words(judged.gaps)) == [
        ("shop/commands/cart.py", "Ask the owner first."),
        ("shop/commands/load.py, shop/commands/save.py", COMMANDS),
    ]
    terminal = plain(terminal_summary(judged, View(width=100)))
    assert "\nshop/commands/load.py, shop/commands/save.py: Run it through call_command.\n" in terminal
    markdown = markdown_comment(judged, ReportContext(project="shop"))
    assert "- `shop/commands/cart.py`: `Ask the owner first.`\n" in markdown
    assert [gap["advice"] for gap in json.loads(json_report(judged))["gaps"]] == [
        "Ask the owner first.",
        *[COMMANDS] * 2,
    ]


def test_an_entry_that_matches_nothing_is_a_dead_rule() -> None:
    settings = {"module": 0, "advice": {"shop.nowhere": "x"}}
    failed = [check.source for check in verdict(snapshot(CART), settings).checks if check.rule == "dead-pattern"]
    assert failed == ['tool.covgate.advice."shop.nowhere"']


@pytest.mark.parametrize("value", ["", " ", 3, True, ["x"], {}])
def test_wrong_use(value: object) -> None:
    with pytest.raises(SettingsError) as error:
        parse_settings({"advice": {"shop": value}})
    assert "tool.covgate.advice.shop: found" in str(error.value)
    assert "allowed: a sentence (not empty)" in str(error.value)

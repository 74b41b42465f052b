"""Each thing is worded once, for every rule and report."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import module, snapshot, verdict
from covgate.model.checks import RULES, Check, Rule
from covgate.model.missing import Reason
from covgate.reports.text import cells
from covgate.reports.wording import RULE_WORDS, check_in_words, reasons_within, subject_in_words, verdict_line


def test_every_rule_is_worded() -> None:
    assert RULE_WORDS.keys() == RULES.keys() == set(get_args(Rule))
    assert all(words.title for words in RULE_WORDS.values())


def test_what_is_said_of_one_and_of_several_that_fail() -> None:
    modules = snapshot(module("cart.py", 5, 10), module("pay.py", 5, 10), module("x.py", 9, 10))
    one = {name: {"modules": [name], "target": 80} for name in ("pay",)}
    two = {name: {"modules": [name], "target": 80} for name in ("cart", "pay")}
    failed = "FAILED coverage gate: "
    assert verdict_line(verdict(modules, {"components": one})) == f"{failed}component pay is below target"
    assert verdict_line(verdict(modules, {"components": two})) == f"{failed}components cart and pay are below target"
    assert verdict_line(verdict(modules, {"total": 80, "module": 95, "components": two})) == (
        f"{failed}total, components cart and pay, and 3 of 3 modules are below target"
    )
    assert verdict_line(
        verdict(modules, {"module": 80, "targets": {"x": {"max_missing": 0}}, "exclude": ["gone"]})
    ) == (
        f"{failed}2 of 3 modules are below target; 1 module has more uncovered code than its max_missing allows; "
        "1 pattern in the settings matches no module"
    )


@pytest.mark.parametrize(
    ("check", "subject", "sentence"),
    [
        (
            Check(rule="component", subject="pay", status="failed", covered=1, units=4, target=Decimal(50), to_reach=1),
            "component pay",
            "component pay: 25.0 % covered, target 50 %, 1 more statement needed",
        ),
        (
            Check(rule="module-branches", subject="a.py", status="failed", covered=1, units=9, target=Decimal(50), to_reach=4),
            "branches of a.py",
            "branches of a.py: 11.1 % covered, target 50 %, 4 more branches needed",
        ),
        (
            Check(rule="module-missing", subject="a.py", status="failed", covered=1, units=9, target=Decimal(2), reason="3 missing"),
            "a.py",
            "a.py: 3 missing",
        ),
        (
            Check(rule="dead-pattern", subject="a{b}", status="failed", source="exclude", reason="matches nothing", remedy="drop it"),
            "exclude: 'a{b}'",
            "exclude: 'a{b}' matches nothing; drop it",
        ),
        (
            Check(rule="data", subject="the measurement", status="error", reason="no data", remedy="measure"),
            "the measurement",
            "no data; measure",
        ),
    ],
)  # fmt: skip
def test_a_check_as_a_sentence(check: Check, subject: str, sentence: str) -> None:
    assert subject_in_words(check) == subject
    assert check_in_words(check, branches=False) == sentence


NEVER = Reason("never called:", ("type()", "config()", "put()"))
LINES = Reason("lines", ("12-15", "20"))
BRANCHES = Reason("branches", ("7->9",))


@pytest.mark.parametrize(
    ("given_reasons", "width", "text"),
    [
        ([NEVER, LINES, BRANCHES], 99, "never called: type(), config(), put(); lines 12-15, 20; branches 7->9"),
        ([NEVER, LINES, BRANCHES], 58, "never called: type(), config(), put(); +3 other items"),
        ([NEVER, LINES, BRANCHES], 50, "never called: type(), +2 more; +3 other items"),
        ([NEVER, LINES, BRANCHES], 25, "never called:..., +5 more"),
        ([NEVER], 34, "never called: type(), +2 more"),
        ([LINES, Reason("123 statements accepted")], 32, "lines 12-15, 20; +1 other item"),
    ],
)
def test_functions_that_are_left_out_are_counted_apart_from_the_rest(
    given_reasons: list[Reason], width: int, text: str
) -> None:
    assert reasons_within(given_reasons, width) == text


reasons = st.lists(
    st.builds(Reason, st.sampled_from(["never called:", "lines"]), st.lists(st.text("ab", min_size=1)).map(tuple)),
    min_size=1,
)


@given(reasons, st.integers(25, 90))
def test_reasons_are_cut_by_whole_items_and_the_rest_is_counted(given_reasons: list[Reason], width: int) -> None:
    text = reasons_within(given_reasons, width)
    assert cells(text) <= width or len(given_reasons) == 1
    whole = "; ".join(map(str, given_reasons))
    assert text == whole or "more" in text or "other item" in text or "..." in text

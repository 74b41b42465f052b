"""S4: the most specific match wins, whatever the order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import module, snapshot, verdict
from covgate.config.settings import parse_settings
from covgate.judge.targets import dead_patterns, governing_rule

CART = module("src/shop/cart.py", 1, 2)


def winner(targets: dict[str, object]) -> str | None:
    rule = governing_rule(parse_settings({"targets": targets}).targets, CART).rule
    return None if rule is None else rule.pattern.text


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ({"shop.cart": 1, "shop.**": 2, "**": 3}, "shop.cart"),
        ({"src/shop/cart.py": 1, "src/shop/*.py": 2}, "src/shop/cart.py"),
        ({"shop.**": 2, "**": 3}, "shop.**"),
        ({"shop.c*": 2, "shop.*": 3}, "shop.c*"),
        ({"src/shop/**": 2, "shop.**": 3}, "src/shop/**"),
        ({"other": 1}, None),
    ],
)
def test_s4_exact_then_more_literal_segments_then_more_characters(
    targets: dict[str, object], expected: str | None
) -> None:
    assert winner(targets) == expected
    assert winner(dict(reversed(targets.items()))) == expected


def test_s4_two_different_targets_tied_on_one_module_are_an_error_that_names_both() -> None:
    checks = verdict(snapshot(CART), {"targets": {"shop.cart": 50, "src/shop/cart.py": 90}}).checks
    (check,) = checks
    assert (check.rule, check.status) == ("ambiguous-target", "error")
    assert 'targets."shop.cart"' in check.reason
    assert 'targets."src/shop/cart.py"' in check.reason


def test_s4_a_tie_that_agrees_is_no_error() -> None:
    assert verdict(snapshot(CART), {"targets": {"shop.cart": 50, "src/shop/cart.py": 50}}).status == "passed"


KEYS = ["shop.cart", "src/shop/cart.py", "shop.*", "shop.**", "**", "*.cart", "s*.c*", "src/**", "src/*/cart.py", "no"]


@given(st.dictionaries(st.sampled_from(KEYS), st.integers(0, 100), min_size=1).flatmap(
    lambda targets: st.tuples(st.just(targets), st.permutations(list(targets)))
))  # fmt: skip
def test_s4_the_order_of_targets_in_the_file_changes_nothing(case: tuple[dict[str, int], list[str]]) -> None:
    targets, order = case
    modules = snapshot(CART, module("src/shop/pay.py", 3, 9), module("src/a.py", 1, 1))
    straight = verdict(modules, {"targets": targets})
    shuffled = verdict(modules, {"targets": {key: targets[key] for key in order}})
    assert straight.status == shuffled.status
    assert set(straight.checks) == set(shuffled.checks)
    assert straight.gaps == shuffled.gaps


@given(st.dictionaries(st.sampled_from(KEYS), st.integers(0, 100), min_size=1))
def test_s4_no_losing_rule_is_more_specific_than_the_winner(targets: dict[str, int]) -> None:
    governing = governing_rule(parse_settings({"targets": targets}).targets, CART)
    if governing.rule is not None:
        assert all(loser.pattern.specificity <= governing.rule.pattern.specificity for loser in governing.losers)


def test_s2_a_pattern_that_matches_no_module_is_named_with_what_was_meant() -> None:
    modules = snapshot(module("src/shop/__init__.py"), CART, module("src/shop/pay.py", 1, 1))
    settings = {
        "targets": {"shop.crt": 80, "src/shop": 80, "shop.**": 10},
        "exclude": ["gen/**"],
        "components": {"c": {"modules": ["shop.pay", "shop.bank"], "target": 1}},
    }
    failed = {check.subject: check for check in verdict(modules, settings).checks if check.rule == "dead-pattern"}
    assert set(failed) == {"shop.crt", "src/shop", "gen/**", "shop.bank"}
    assert failed["shop.crt"].explanation == "matches no measured module; did you mean shop.cart?"
    assert "src/shop/**" in failed["src/shop"].remedy
    assert failed["gen/**"].source == "tool.covgate.exclude"
    assert failed["shop.bank"].source == "tool.covgate.components.c.modules"
    assert dead_patterns(parse_settings(settings), modules.modules)

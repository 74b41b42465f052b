"""What could be asked for today: never less than was."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import branch, module, snapshot, verdict
from covgate.config.settings import parse_settings
from covgate.judge.ratchet import entries_without_module, find_increases, move_entries
from covgate.model.snapshot import Module

CART = module("src/shop/cart.py", 7, 9)  # 77.7 %
PAY = module("src/shop/pay.py", 10, 10)
EMPTY = module("src/shop/__init__.py")


def raised(settings: dict[str, Any], *modules: Module, branches: bool = False) -> dict[str, tuple[str, str]]:
    found = find_increases(snapshot(*(modules or (CART, PAY, EMPTY)), branches=branches), parse_settings(settings))
    return {".".join(one.keys): (str(one.old), str(one.new)) for one in found}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {}),
        ({"total": 80}, {"total": ("80", "89")}),
        ({"total": Decimal("80.5")}, {"total": ("80.5", "89.4")}),
        ({"total": 89}, {}),
        ({"total": 95}, {}),
        ({"total": 80, "goal": 85}, {"total": ("80", "85")}),
        ({"total": 80, "goal": 80}, {}),
        ({"total": 80, "goal": 95}, {"total": ("80", "89")}),
        ({"targets": {"shop.cart": {"target": 50, "goal": 70}}}, {"targets.shop.cart.target": ("50", "70")}),
        (
            {"components": {"c": {"modules": ["shop.**"], "target": 60, "goal": 70.5}}},
            {"components.c.target": ("60", "70.5")},
        ),
        ({"total": False}, {}),
        ({"module": 50, "changed": {"lines": 50}}, {}),
        ({"targets": {"shop.cart": 50}}, {"targets.shop.cart.target": ("50", "77")}),
        ({"targets": {"shop.cart": 77}}, {}),
        ({"targets": {"shop.cart": False, "shop": 10}}, {}),
        ({"targets": {"shop.*": 50}}, {"targets.shop.*.target": ("50", "77")}),
        ({"targets": {"shop.*": 50, "shop.cart": 90}}, {"targets.shop.*.target": ("50", "100")}),
        ({"targets": {"shop.cart": {"max_missing": 5}}}, {"targets.shop.cart.max_missing": ("5", "2")}),
        ({"targets": {"shop.cart": {"max_missing": 2}, "shop.gone": {"max_missing": 2}}}, {}),
        ({"targets": {"shop.cart": {"branches": 5}}}, {}),
        (
            {"components": {"c": {"modules": ["shop.**"], "target": 60}}},
            {"components.c.target": ("60", "89")},
        ),
        ({"exclude": ["shop.cart"], "targets": {"shop.*": 50}}, {"targets.shop.*.target": ("50", "100")}),
    ],
)
def test_what_is_raised(settings: dict[str, Any], expected: dict[str, tuple[str, str]]) -> None:
    assert raised(settings) == expected


def test_branches_are_raised_where_they_were_measured() -> None:
    both = module("src/shop/cart.py", 10, 10, branches=(branch(2, 2, 5), branch(4, 2)))
    assert raised({"targets": {"shop.cart": {"branches": 50}}}, both, branches=True) == {
        "targets.shop.cart.branches": ("50", "75")
    }


def test_accepted_gaps_raise_nothing() -> None:
    """What is raised is the true percentage: one day the acceptance ends."""
    accept = [{"module": "shop.cart", "lines": "8-9", "reason": "r"}]
    cart = module("src/shop/cart.py", 7, 9, source=("x",) * 9)
    assert verdict(snapshot(cart), {"total": 100, "accept": accept}).status == "passed"
    assert raised({"total": 77, "accept": accept}, cart) == {}


@given(st.lists(st.integers(0, 40), min_size=1, max_size=4), st.decimals(1, 100, places=2) | st.integers(0, 100))
def test_what_was_raised_still_passes_and_is_not_raised_again(covered: list[int], target: Decimal | int) -> None:
    modules = [module(f"src/m{number}.py", ran, 40) for number, ran in enumerate(covered)]
    for key in ("total", "targets"):
        value: Any = target if key == "total" else {"*": target}
        before = verdict(snapshot(*modules), {key: value})
        for one in find_increases(snapshot(*modules), parse_settings({key: value})):
            assert one.new > one.old
            new: Any = one.new if key == "total" else {"*": one.new}
            assert before.status == "passed"
            assert verdict(snapshot(*modules), {key: new}).status == "passed"
            assert find_increases(snapshot(*modules), parse_settings({key: new})) == ()


def test_entries_of_modules_that_are_gone() -> None:
    settings = parse_settings({"targets": {"shop.cart": 1, "shop.old": 2, "shop.old.**": 3, "src/gone.py": 4}})
    assert [rule.pattern.text for rule in entries_without_module(settings, [CART])] == ["shop.old", "src/gone.py"]
    left = move_entries(settings, ["src/gone.py"], {"shop.old": "shop.pay"})
    assert [(rule.pattern.text, rule.target) for rule in left.targets] == [
        ("shop.cart", 1), ("shop.pay", 2), ("shop.old.**", 3),
    ]  # fmt: skip


def test_an_increase_is_as_large_as_the_difference_either_way() -> None:
    found = find_increases(snapshot(CART), parse_settings({"total": 70, "targets": {"shop.cart": {"max_missing": 5}}}))
    assert {one.keys: one.by for one in found} == {
        ("total",): Decimal(7),
        ("targets", "shop.cart", "max_missing"): Decimal(3),
    }

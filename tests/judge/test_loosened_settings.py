"""J15: a setting of ours that is looser is listed, a stricter one is not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from builders import module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.loosened_settings import loosened_settings
from covgate.model.rules import Rules, RulesChange

MODULES = snapshot(module("src/shop/cart.py", 3, 4), module("src/shop/pay.py", 3, 4)).modules


def listed(before: Rules, after: Rules) -> list[tuple[str, str | None, str | None]]:
    found = loosened_settings(RulesChange(before=before, after=after), MODULES)
    return [(one.what, one.before, one.after) for one in found]


def rules(settings: Mapping[str, object]) -> Rules:
    return Rules(settings=parse_settings(settings))


TARGETS = {"module": 80, "targets": {"shop.*": 60, "shop.pay": 95}}


ACCEPT = {"module": "shop.pay", "function": "f", "reason": "r", "until": "2027-01-31", "fingerprint": "a"}


STRICTER: list[tuple[dict[str, object], dict[str, object]]] = [
    ({"total": 70}, {"total": 71}),
    ({}, {"total": 10, "module": 5, "changed": {"lines": 90, "loosened": "fail"}}),
    ({"mode": "warn"}, {"mode": "fail"}),
    ({"changed": {"lines": False}}, {}),
    ({"exclude": ["shop.*"]}, {"exclude": ["shop.pay"]}),
    ({"accept": [ACCEPT]}, {"accept": [{**ACCEPT, "until": "2026-12-31"}]}),
    ({"accept": [ACCEPT]}, {}),
    (TARGETS, {"module": 80, "targets": {"shop.pay": 95}}),
    (TARGETS, {"module": 70, "targets": {"shop.*": 60, "shop.pay": {"target": 95, "max_missing": 3}}}),
    ({"components": {"a": {"modules": ["shop.*"], "target": 50}}}, {"components": {"b": {"modules": ["shop.**"], "target": 60}}}),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), STRICTER, ids=range(len(STRICTER)))
def test_j15_what_is_stricter_is_not_listed_and_its_reverse_is(
    before: dict[str, object], after: dict[str, object]
) -> None:
    found = [one for one in listed(rules(before), rules(after)) if one[0] != "tool.covgate.module"]
    assert found == []
    assert listed(rules(after), rules(before))


def test_j15_a_whole_module_that_is_accepted_is_listed_as_such() -> None:
    whole = {key: value for key, value in ACCEPT.items() if key != "function"}
    found = listed(rules({"accept": [ACCEPT]}), rules({"accept": [whole]}))
    assert found == [("tool.covgate.accept", None, "shop.pay (the whole module) until 2027-01-31")]
    assert listed(rules({"accept": [whole]}), rules({"accept": [whole]})) == []


def test_j15_the_effective_target_of_a_module_counts() -> None:
    """An entry that is more specific may ask for less without any number being lowered."""
    found = listed(rules({"module": 80}), rules({"module": 80, "targets": {"shop.pay": 10}}))
    assert found == [("tool.covgate.targets.\"shop.pay\"", "80 (tool.covgate.module)", "10")]  # fmt: skip

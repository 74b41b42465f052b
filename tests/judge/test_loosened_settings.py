"""J15: a setting of ours that is looser is listed, a stricter one is not."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from builders import module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.loosened_settings import loosened_settings
from covgate.model.rules import CoverageRules, Rules, RulesChange

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
    ({"history": {"max_drop": 5, "budget": 300}}, {"history": {"max_drop": 2, "budget": 60, "lost": "fail"}}),
    ({}, {"history": {"max_drop": 0, "lost": "fail"}}),
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


MADE = "tool.covgate"
LOOSER: list[tuple[dict[str, object], dict[str, object], list[tuple[str, str | None, str | None]]]] = [
    ({"total": 70}, {"total": 69.5}, [(f"{MADE}.total", "70", "69.5")]),
    ({"total": 70}, {"total": False}, [(f"{MADE}.total", "70", "false")]),
    ({"total": 70}, {}, [(f"{MADE}.total", "70", None)]),
    ({}, {"changed": {"lines": 70}}, [(f"{MADE}.changed.lines", "80 (default)", "70")]),
    ({"changed": {"module": 90, "new_module": 90}}, {}, [(f"{MADE}.changed.module", "90", None), (f"{MADE}.changed.new_module", "90", None)]),
    ({}, {"mode": "warn"}, [(f"{MADE}.mode", "fail (default)", "warn")]),
    ({"changed": {"base": "main"}}, {}, [(f"{MADE}.changed.base", "main", None)]),
    ({"changed": {"loosened": "fail"}}, {"changed": {"loosened": "note"}}, [(f"{MADE}.changed.loosened", "fail", "note")]),
    ({}, {"exclude": ["shop.pay"]}, [(f"{MADE}.exclude", None, "shop.pay")]),
    ({"targets": {"shop.pay": 95}}, {"targets": {"shop.pay": 90}}, [(f'{MADE}.targets."shop.pay"', "95", "90")]),
    ({"targets": {"shop.pay": {"branches": 80}}}, {"targets": {"shop.pay": {"branches": 70}}}, [(f'{MADE}.targets."shop.pay".branches', "80", "70")]),
    ({"targets": {"shop.pay": {"max_missing": 3}}}, {"targets": {"shop.pay": {"max_missing": 4}}}, [(f'{MADE}.targets."shop.pay".max_missing', "3", "4")]),
    # The entry governs no module of today: another one is more specific.
    ({"targets": {"shop.**": 90, "shop.*": 50}}, {"targets": {"shop.**": 80, "shop.*": 50}}, [(f'{MADE}.targets."shop.**"', "90", "80")]),
    ({"components": {"pay": {"modules": ["shop.*"], "target": 90}}}, {}, [(f"{MADE}.components.pay.target", "90", None)]),
    ({"components": {"pay": {"modules": ["shop.*"], "target": 90}}}, {"components": {"pay": {"modules": ["shop.*"], "target": 80}}}, [(f"{MADE}.components.pay.target", "90", "80")]),
    ({"components": {"pay": {"modules": ["shop.*"], "target": 90}}}, {"components": {"pay": {"modules": ["shop.pay"], "target": 90}}}, [(f"{MADE}.components.pay.modules", "shop.*", "shop.pay")]),
    ({}, {"accept": [ACCEPT]}, [(f"{MADE}.accept", None, "shop.pay f until 2027-01-31")]),
    ({"accept": [ACCEPT]}, {"accept": [{**ACCEPT, "until": "2027-06-30"}]}, [(f"{MADE}.accept", "shop.pay f until 2027-01-31", "shop.pay f until 2027-06-30")]),
    ({"accept": [ACCEPT]}, {"accept": [{key: value for key, value in ACCEPT.items() if key != "until"}]}, [(f"{MADE}.accept", "shop.pay f until 2027-01-31", "shop.pay f without an end")]),
    ({"accept": [ACCEPT]}, {"accept": [{**ACCEPT, "fingerprint": "b"}]}, [(f"{MADE}.accept", "shop.pay f for its old code", "shop.pay f for its new code")]),
    ({"accept": [ACCEPT]}, {"accept": [{key: value for key, value in ACCEPT.items() if key != "fingerprint"}]}, [(f"{MADE}.accept", "shop.pay f for its old code", "shop.pay f whatever its code")]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), LOOSER, ids=range(len(LOOSER)))
def test_j15_what_is_looser_is_listed_with_what_it_was(
    before: dict[str, object], after: dict[str, object], expected: list[tuple[str, str | None, str | None]]
) -> None:
    assert listed(rules(before), rules(after)) == expected


def test_j15_lines_that_moved_are_the_same_acceptance_where_their_fingerprint_is() -> None:
    here = {"module": "shop.pay", "lines": "3-4, 9", "reason": "r", "fingerprint": "a"}
    assert listed(rules({"accept": [here]}), rules({"accept": [{**here, "lines": "13-14, 19"}]})) == []
    elsewhere = {**here, "lines": "13-14, 19", "fingerprint": "b"}
    assert listed(rules({"accept": [here]}), rules({"accept": [elsewhere]})) == [
        ("tool.covgate.accept", None, "shop.pay lines 13-14, 19")
    ]


def test_j15_a_goal_that_is_lowered_or_gone_is_not_listed_as_it_never_fails() -> None:
    component = {"modules": ["shop.pay"], "target": 60}
    entry = {"target": 50, "goal": 80}
    before = {
        "goal": 80,
        "by": "2027-01-31",
        "targets": {"shop.pay": entry},
        "components": {"c": {**component, "goal": 90}},
    }
    after = {"goal": 70, "targets": {"shop.pay": {**entry, "goal": False}}, "components": {"c": component}}
    assert listed(rules(before), rules(after)) == []
    assert listed(rules(before), rules({})) != []


def test_j15_where_two_entries_contradict_each_other_no_target_is_compared() -> None:
    """That is an error of its own."""
    tied = {"targets": {"shop.p*": 90, "shop.*y": 80}}
    assert listed(rules(tied), rules({})) == []


def adopted(fail_under: int, **raw: object) -> Rules:
    return Rules(settings=parse_settings(raw), coverage=CoverageRules(fail_under=Decimal(fail_under)))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (adopted(80), adopted(70), [("80 (coverage.py's fail_under)", "70 (coverage.py's fail_under)")]),
        (adopted(80), adopted(80, total=70), [("80 (coverage.py's fail_under)", "70")]),
        (adopted(70, total=80), adopted(70), [("80", "70 (coverage.py's fail_under)")]),
        (adopted(80), adopted(0), [("80 (coverage.py's fail_under)", None)]),
        (adopted(90, total=80), adopted(0, total=80), []),
        (adopted(70), Rules(coverage=None), [("70 (coverage.py's fail_under)", None)]),
    ],
)
def test_s5_the_total_that_is_judged_may_be_coverage_pys(
    before: Rules, after: Rules, expected: list[tuple[str, str | None]]
) -> None:
    assert listed(before, after) == [("tool.covgate.total", *one) for one in expected]

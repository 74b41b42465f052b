"""J15: what is looser is listed, what is stricter is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from builders import TODAY, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.loosened import loosened_rules
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.rules import CoverageRules, PytestSettings, Rules, RulesChange, UnknownRules
from covgate.model.run_context import RunContext

SNAPSHOT = snapshot(module("src/shop/cart.py", 3, 4), module("src/shop/pay.py", 3, 4))


def listed(before: Rules, after: Rules, **parts: Any) -> list[tuple[str, str | None, str | None]]:
    found = loosened_rules(RulesChange(before=before, after=after, **parts), SNAPSHOT)
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


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("--covgate -q", "--covgate -v --tb short --strict-markers", []),
        ("--covgate", "--covgate -k 'x'", [(None, "-k 'x'")]),
        ("--covgate -m slow", "--covgate -m fast", [("-m slow", "-m fast")]),
        ("--covgate", "--covgate --strict-markers tests/unit.py", [(None, "tests/unit.py")]),
        ("--covgate", "--covgate -p no:cov -p randomly", [(None, "-p no:cov")]),
        ("--covgate --cov=a --cov=b", "--covgate --cov=a", [("--cov b", None)]),
        ("--cov-fail-under=80", "--cov-fail-under=90", []),
        ("--cov-fail-under=80", "--cov-fail-under=70", [("--cov-fail-under 80", "--cov-fail-under 70")]),
        ("--covgate-partial=fail", "", [("--covgate-partial fail", None)]),
    ],
)
def test_j15_addopts(before: str, after: str, expected: list[tuple[str | None, str | None]]) -> None:
    one, other = (Rules(pytest=PytestSettings(addopts=tuple(words.split()))) for words in (before, after))
    assert [row[1:] for row in listed(one, other)] == expected


def test_j15_an_omit_that_replaces_a_broader_one_is_stricter() -> None:
    one, other = (Rules(coverage=CoverageRules(lists={"run.omit": omit})) for omit in (("*/a/*",), ("*/a/b/*",)))
    assert listed(one, other) == []
    assert listed(one, other, lost_files=("src/shop/a.py",)) == [("tool.coverage.run.omit", None, "*/a/b/*")]


@pytest.mark.parametrize(("is_error", "status"), [(True, "error"), (False, "passed")])
def test_j15_with_fail_a_base_that_is_not_known_is_no_pass_where_it_must_be_known(is_error: bool, status: str) -> None:
    change = Change(base=None, base_source="the diff x", files=())
    why = ChangeUnavailable(reason="no base", remedy="name one", is_asked_for=True, is_error=is_error)
    settings = parse_settings({"changed": {"loosened": "fail"}})
    verdict = judge(SNAPSHOT, settings, RunContext(today=TODAY), change, UnknownRules(why))
    assert verdict.status == status
    assert verdict.loosened is None
    assert [check.explanation for check in verdict.checks if check.rule == "loosened"] == ["no base; name one"]

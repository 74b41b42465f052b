"""Every rule of a total, a component and a module, on the subjects that it governs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import branch, judged, module, snapshot, verdict
from covgate.config.settings import parse_settings
from covgate.judge.checks import module_checks, percent_check, project_checks, settings_checks
from covgate.model.share import Share

HALF = module("src/shop/cart.py", 5, 10)
FULL = module("src/shop/pay.py", 10, 10)
EMPTY = module("src/shop/__init__.py")


def statuses(*args: object, **kwargs: object) -> dict[tuple[str, str], str]:
    return {(c.rule, c.subject): c.status for c in verdict(*args, **kwargs).checks}  # type: ignore[arg-type]


def test_j3_a_modules_target_is_its_own_else_the_common_one() -> None:
    found = statuses(snapshot(HALF, FULL), {"module": 80, "targets": {"shop.cart": 50}})
    assert found == {("module", HALF.path): "passed", ("module", FULL.path): "passed"}
    assert statuses(snapshot(HALF), {"module": 80})[("module", HALF.path)] == "failed"


def test_j3_an_entry_without_a_percentage_keeps_the_common_target() -> None:
    (percent, counted) = verdict(snapshot(HALF), {"module": 80, "targets": {"shop.cart": {"max_missing": 5}}}).checks
    assert (percent.rule, percent.status, percent.source) == ("module", "failed", "tool.covgate.module")
    assert (counted.rule, counted.status) == ("module-missing", "passed")


def test_false_switches_a_check_off() -> None:
    assert verdict(snapshot(HALF), {"module": 80, "targets": {"shop.cart": False}}).checks == ()
    assert verdict(snapshot(HALF), {"total": False, "module": False}).checks == ()


def test_total_is_judged_on_the_sum() -> None:
    assert statuses(snapshot(HALF, FULL), {"total": 75}) == {("total", "total"): "passed"}
    (check,) = verdict(snapshot(HALF, FULL), {"total": 76}).checks
    assert (check.covered, check.units, check.to_reach, check.status) == (15, 20, 1, "failed")


def test_a_component_is_judged_as_one_sum_without_what_is_excluded() -> None:
    settings = {"components": {"c": {"modules": ["shop.*"], "target": 80}}}
    assert statuses(snapshot(HALF, FULL), settings)[("component", "c")] == "failed"
    assert statuses(snapshot(HALF, FULL), {**settings, "exclude": ["shop.cart"]})[("component", "c")] == "passed"


@pytest.mark.parametrize(("allowed", "status", "over"), [(5, "passed", 0), (4, "failed", 1), (0, "failed", 5)])
def test_max_missing_counts_units(allowed: int, status: str, over: int) -> None:
    (check,) = verdict(snapshot(HALF), {"targets": {"shop.cart": {"max_missing": allowed}}}).checks
    assert (check.rule, check.status, check.to_reach, check.target) == (
        "module-missing",
        status,
        over,
        Decimal(allowed),
    )


def test_branches_are_judged_alone() -> None:
    both = module("src/shop/cart.py", 10, 10, branches=(branch(2, 2, 5), branch(4, 2)))
    settings = {"targets": {"shop.cart": {"branches": 80}}}
    (check,) = verdict(snapshot(both, branches=True), settings).checks
    assert (check.rule, check.covered, check.units, check.status) == ("module-branches", 3, 4, "failed")
    (gap,) = verdict(snapshot(both, branches=True), settings).gaps
    assert str(gap.why[0]) == "limit: branches below 80 %"


def test_branches_asked_for_but_not_measured_are_an_error_with_the_remedy() -> None:
    outcome = verdict(snapshot(HALF), {"targets": {"shop.cart": {"branches": 80}}})
    assert outcome.status == "error"
    assert "--cov-branch" in outcome.checks[0].remedy


def test_j5_a_file_without_units_passes_every_percentage() -> None:
    outcome = verdict(snapshot(EMPTY, FULL), {"module": 100, "targets": {"shop": {"target": 100, "branches": 100}}})
    assert {c.status for c in outcome.checks if c.subject == FULL.path} == {"passed"}
    assert [c.status for c in outcome.checks if c.subject == EMPTY.path and c.rule == "module"] == ["passed"]


def test_j5_a_file_without_branches_passes_in_branch_mode() -> None:
    settings = {"targets": {"shop.pay": {"branches": 100}}}
    assert verdict(snapshot(FULL, branches=True), settings).status == "passed"


def test_a_component_without_modules_has_no_check_of_its_own() -> None:
    checks = verdict(snapshot(FULL), {"components": {"c": {"modules": ["no"], "target": 90}}}).checks
    assert [check.rule for check in checks] == ["dead-pattern"]


def test_components_are_judged_in_the_order_in_which_they_are_written_after_the_total() -> None:
    components = {name: {"modules": ["shop.*"], "target": 50} for name in ("z", "a", "m")}
    settings = parse_settings({"total": 80, "components": components})
    found = project_checks([judged(HALF), judged(FULL)], settings)
    assert [(check.subject, check.status) for check in found] == [
        ("total", "failed"),
        ("z", "passed"),
        ("a", "passed"),
        ("m", "passed"),
    ]


def test_the_check_of_a_component_names_the_setting() -> None:
    settings = parse_settings({"components": {"pay": {"modules": ["shop.pay"], "target": 50}}})
    (check,) = project_checks([judged(HALF), judged(FULL)], settings)
    assert (check.source, check.covered, check.units) == ("tool.covgate.components.pay.target", 10, 10)


SHARES = st.integers(0, 500).flatmap(
    lambda missing: st.tuples(st.integers(0, 500), st.just(missing), st.integers(0, missing))
)


@given(SHARES, st.decimals(0, 100, places=1))
def test_j1_a_check_passes_exactly_where_it_needs_nothing(numbers: tuple[int, int, int], target: Decimal) -> None:
    covered, missing, accepted = numbers
    check = percent_check("total", "total", Share(covered, covered + missing, accepted), target, "x")
    assert (check.status == "passed") == (check.to_reach == 0)
    assert check.share == Share(covered, covered + missing, accepted)
    assert (check.reason == "nothing to cover") == (covered + missing == 0)


def test_an_accepted_gap_does_not_count_against_max_missing() -> None:
    settings = parse_settings({"targets": {"shop.cart": {"max_missing": 3}}})
    for accepted, status, over in (((), "failed", 2), ((9,), "failed", 1), ((9, 10), "passed", 0)):
        (check,) = module_checks([judged(HALF, *accepted)], settings, has_branches=False)
        assert (check.status, check.to_reach) == (status, over)


@pytest.mark.parametrize(
    ("pattern", "remedy"),
    [
        ("shop.crt", "did you mean shop.cart?"),
        ("src/shop/crt.py", "did you mean src/shop/cart.py?"),
        ("shop", "for all below it write shop.**"),
        ("src/shop", "for all below it write src/shop/**"),
        ("elsewhere.entirely", ""),
    ],
)
def test_s2_a_dead_pattern_is_failed_with_what_was_meant(pattern: str, remedy: str) -> None:
    (check,) = settings_checks((HALF, FULL), parse_settings({"targets": {pattern: 80}}))
    assert (check.rule, check.subject, check.status, check.remedy) == ("dead-pattern", pattern, "failed", remedy)

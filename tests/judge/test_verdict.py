"""What a run comes to: J3, J5, J6, J8, J10 and the statuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from builders import TODAY, module, snapshot, verdict
from covgate.config.settings import parse_settings
from covgate.errors import DataError
from covgate.judge.verdict import judge, no_verdict
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.rules import UnknownRules
from covgate.model.run_context import RunContext

HALF = module("src/shop/cart.py", 5, 10)
FULL = module("src/shop/pay.py", 10, 10)
EMPTY = module("src/shop/__init__.py")


def statuses(*args: object, **kwargs: object) -> dict[tuple[str, str], str]:
    return {(c.rule, c.subject): c.status for c in verdict(*args, **kwargs).checks}  # type: ignore[arg-type]


def test_excluded_modules_are_measured_never_judged_and_counted_in_a_note() -> None:
    outcome = verdict(snapshot(HALF, FULL), {"module": 100, "exclude": ["shop.cart"]})
    assert outcome.status == "passed"
    assert outcome.measured.units == 20
    assert outcome.gaps == ()
    assert outcome.notes == ("1 module measured but not judged (tool.covgate.exclude)",)


def test_j6_no_module_is_an_error() -> None:
    assert verdict(snapshot(), {"total": 0}).status == "error"


def test_j6_no_statement_at_all_is_an_error() -> None:
    assert verdict(snapshot(EMPTY), {"total": 0}).status == "error"


def test_j6_no_data_is_an_error_even_where_nothing_is_asked_for() -> None:
    outcome = no_verdict(
        DataError("no-data", "no coverage data", "measure"), parse_settings({}), RunContext(today=TODAY)
    )
    assert outcome.status == "error"
    assert [check.error for check in outcome.checks] == ["no-data"]
    assert outcome.fails_the_run


def test_j6_a_file_that_cannot_be_read_is_an_error_unless_coverage_py_ignores_errors() -> None:
    broken: dict[str, Any] = {"unreadable": ("Couldn't parse 'x.py'",)}
    assert verdict(snapshot(FULL, **broken), {"module": 1}).status == "error"
    ignored = verdict(snapshot(FULL, unreadable_ok=True, **broken), {"module": 1})
    assert ignored.status == "passed"
    assert "Couldn't parse 'x.py'" in ignored.notes[0]


def test_j8_a_partial_run_is_advisory_and_never_fails_the_run() -> None:
    outcome = verdict(snapshot(HALF), {"module": 80}, partial="-k x")
    assert outcome.status == "advisory"
    assert not outcome.fails_the_run
    assert outcome.gaps


def test_j8_what_already_passes_on_a_part_passes() -> None:
    assert verdict(snapshot(FULL), {"module": 80}, partial="-k x").status == "passed"


def test_j8_a_partial_run_is_judged_all_the_same_on_demand() -> None:
    outcome = verdict(snapshot(HALF), {"module": 80}, partial="-k x", judge_partial=True)
    assert outcome.status == "failed"
    assert outcome.fails_the_run


def test_s2_dead_patterns_wait_for_a_full_run() -> None:
    settings = {"module": 10, "targets": {"nothing": 80}}
    assert verdict(snapshot(HALF), settings, partial="-k x").status == "passed"
    assert verdict(snapshot(HALF), settings).status == "failed"


def test_j10_warn_says_the_same_and_fails_nothing() -> None:
    strict, mild = (verdict(snapshot(HALF), {"module": 80}, mode=mode) for mode in ("fail", "warn"))
    assert strict.status == mild.status == "failed"
    assert strict.checks == mild.checks
    assert strict.fails_the_run
    assert not mild.fails_the_run


def test_j11_incomplete_data_are_an_error_whatever_the_numbers() -> None:
    outcome = verdict(snapshot(FULL), {"module": 10}, incomplete="no data from worker gw1")
    assert outcome.status == "error"
    assert [check.reason for check in outcome.checks if check.status == "error"] == ["no data from worker gw1"]


def test_s7_without_any_target_nothing_fails_and_the_gaps_are_ranked_by_what_is_missing() -> None:
    outcome = verdict(snapshot(HALF, FULL))
    assert (outcome.status, outcome.has_targets, outcome.checks) == ("passed", False, ())
    (gap,) = outcome.gaps
    assert (gap.path, gap.target, gap.to_reach, gap.group) == (HALF.path, None, 5, "untargeted")


def test_j11_incomplete_data_are_an_error_on_a_part_too() -> None:
    assert verdict(snapshot(FULL), {"module": 10}, incomplete="no data from gw1", partial="-k x").status == "error"


def test_stale_data_are_an_error_where_the_run_is_not_the_one_that_measured() -> None:
    old = snapshot(FULL, stale=("a.py", "b.py", "c.py", "d.py"))
    assert verdict(old, {"module": 10}).status == "passed"
    outcome = verdict(old, {"module": 10}, stale="error")
    assert outcome.status == "error"
    assert "added, edited or deleted after the measurement: a.py, b.py, c.py and 1 more" in outcome.checks[0].reason


def test_a_module_that_misses_several_limits_has_to_reach_the_furthest() -> None:
    settings = {"targets": {"shop.cart": {"target": 60, "max_missing": 2}}}
    (gap,) = verdict(snapshot(HALF), settings).gaps
    assert gap.to_reach == 3
    assert str(gap.why[0]) == "limit: 5 statements missing, 2 allowed"
    (gap,) = verdict(snapshot(HALF), {"targets": {"shop.cart": {"target": 100, "max_missing": 2}}}).gaps
    assert (gap.to_reach, gap.target) == (5, Decimal(100))
    assert str(gap.why[0]) == "limit: 5 statements missing, 2 allowed"


def test_j14_stale_data_are_a_note_where_somebody_says_so() -> None:
    old = snapshot(FULL, stale=("a.py",))
    assert verdict(old, {"module": 10}, stale="warn").notes == (
        "added, edited or deleted after the measurement: a.py; line numbers may have moved",
    )


def test_rules_that_are_not_known_are_a_note_where_the_change_has_a_base() -> None:
    unknown = UnknownRules(ChangeUnavailable("the base is gone"))
    context = RunContext(today=TODAY)
    for base, notes in (("abc", ("rules that the change loosens are not known: the base is gone",)), (None, ())):
        change = Change(base=base, base_source="x", files=())
        assert judge(snapshot(FULL), parse_settings({"total": 10}), context, change, unknown).notes == notes


def test_where_only_the_change_is_judged_one_that_is_not_known_is_no_pass() -> None:
    context = RunContext(today=TODAY, change_only=True)
    outcome = judge(snapshot(FULL), parse_settings({"total": 10}), context, ChangeUnavailable("no repository"))
    assert outcome.status == "error"
    assert [(check.rule, check.status, check.reason) for check in outcome.checks] == [
        ("changed-lines", "error", "no repository")
    ]

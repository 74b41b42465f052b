"""J3, J4, J6 and J7: the change, statement by statement."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from builders import TODAY, branch, module, snapshot, text_of
from covgate.config.settings import parse_settings
from covgate.judge.change import judge_change
from covgate.judge.verdict import judge
from covgate.model.change import WHOLE_FILE, Change, ChangedFile, ChangeUnavailable
from covgate.model.judged import judge_module
from covgate.model.run_context import RunContext
from covgate.model.snapshot import Snapshot
from covgate.model.verdict import ChangeOutcome, Verdict
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary

SOURCE = tuple(f"line {number}" for number in range(1, 21))
PAY = module("src/pay.py", 12, 20, source=SOURCE)  # 13 to 20 are missing
CART = module("src/cart.py", 20, 20, source=SOURCE)


def changed(path: str, *lines: tuple[int, int], status: Any = "modified", **parts: Any) -> ChangedFile:
    return ChangedFile(path=path, status=status, lines=lines, **parts)


def judged(modules: Snapshot, settings: dict[str, Any], *files: ChangedFile, **run: Any) -> Verdict:
    change = Change(base="abc", base_source="main", files=files)
    return judge(modules, parse_settings(settings), RunContext(today=TODAY, **run), change)


def outcome_of(modules: Snapshot, *files: ChangedFile) -> ChangeOutcome:
    change = Change(base=None, base_source="x", files=files)
    return judge_change(change, {one.path: judge_module(one) for one in modules.modules}, modules.texts)


def statuses(verdict: Verdict) -> dict[tuple[str, str], str]:
    return {(check.rule, check.subject): check.status for check in verdict.checks}


def test_j4_the_default_holds_the_changed_lines_to_80() -> None:
    verdict = judged(snapshot(PAY), {}, changed("src/pay.py", (11, 14)))
    (check,) = verdict.checks
    assert (check.rule, check.covered, check.units, check.status) == ("changed-lines", 2, 4, "failed")
    assert check.target == 80
    assert check.source == "default"
    assert verdict.change is not None
    (file,) = verdict.change.files
    assert (file.units, file.covered, file.missing) == (4, 2, ((13, 14),))


def test_j4_the_change_is_judged_as_one_sum() -> None:
    files = (changed("src/pay.py", (12, 13)), changed("src/cart.py", (1, 8)))
    assert judged(snapshot(PAY, CART), {"changed": {"lines": 90}}, *files).status == "passed"
    assert judged(snapshot(PAY, CART), {"changed": {"lines": 90.1}}, *files).status == "failed"


@pytest.mark.parametrize(
    ("lines", "touched"),
    [
        (((3, 3),), (2,)),  # line 3 of a call from 2 to 5
        (((5, 6),), (2, 6)),
        (((7, 7),), ()),  # a comment
        (((8, 8),), (8,)),  # the header of a compound statement, not its body
        (((9, 9),), (9,)),
        (((1, 100),), (1, 2, 6, 8, 9, 12)),
        (((1, 1), (12, 12)), (1, 12)),
        (((13, 13),), (12,)),
        ((), ()),
        (WHOLE_FILE, (1, 2, 6, 8, 9, 12)),
    ],
)
def test_j4_a_changed_line_belongs_to_the_statement_that_holds_it(
    lines: tuple[tuple[int, int], ...], touched: tuple[int, ...]
) -> None:
    one = module("a.py", statements=(1, 2, 6, 8, 9, 12), missing=(), extents=((2, 5), (12, 14)))
    assert tuple(text_of(one).statements_at(lines, one.statements)) == touched


def test_branch_destinations_of_changed_statements_count() -> None:
    one = module("a.py", 10, 10, branches=(branch(2, 2, 9), branch(5, 2)), source=SOURCE)
    outcome = outcome_of(snapshot(one, branches=True), changed("a.py", (2, 3)))
    assert (outcome.units, outcome.covered) == (4, 3)
    assert outcome.files[0].missing == ((2, 2),)
    assert [line.number for line in outcome.files[0].excerpt if line.is_missing] == [2]


def test_j4_nothing_coverable_passes_and_says_so() -> None:
    verdict = judged(snapshot(PAY), {"changed": {"lines": 100}}, changed("readme.md", (1, 9)), changed("src/pay.py"))
    assert verdict.status == "passed"
    assert verdict.checks[0].reason == "nothing to cover"


def test_excluded_code_is_no_unit() -> None:
    one = module("src/pay.py", statements=(1, 2), missing=(), excluded=(3, 4))
    verdict = judged(snapshot(one), {}, changed("src/pay.py", (3, 4)))
    assert verdict.change is not None
    assert verdict.change.units == 0


def test_j3_a_touched_module_reaches_at_least_changed_module() -> None:
    settings = {"module": 50, "changed": {"lines": False, "module": 90, "new_module": 95}}
    found = statuses(judged(snapshot(PAY, CART), settings, changed("src/pay.py", (1, 1))))
    assert found == {
        ("module", "src/pay.py"): "passed",
        ("module", "src/cart.py"): "passed",
        ("changed-module", "src/pay.py"): "failed",
    }


@pytest.mark.parametrize("status", ["added", "untracked"])
def test_j3_a_new_module_reaches_changed_new_module_as_well(status: str) -> None:
    settings = {"changed": {"lines": False, "module": 50, "new_module": 95}}
    found = statuses(judged(snapshot(PAY), settings, changed("src/pay.py", (1, 1), status=status)))
    assert found == {("changed-module", "src/pay.py"): "passed", ("new-module", "src/pay.py"): "failed"}


@pytest.mark.parametrize(("own", "status"), [(60, "passed"), (61, "failed"), (False, None)])
def test_j3_a_targets_own_changed_replaces_both(own: object, status: str | None) -> None:
    settings = {"changed": {"lines": False, "module": 90, "new_module": 95}, "targets": {"pay": {"changed": own}}}
    found = statuses(judged(snapshot(PAY), settings, changed("src/pay.py", (1, 1), status="added")))
    assert found == ({} if status is None else {("changed-module", "src/pay.py"): status})


def test_j7_deleting_and_renaming_owe_nothing() -> None:
    settings = {"changed": {"lines": 100, "module": 100, "new_module": 100}}
    files = (
        changed("src/gone.py", status="deleted"),
        changed("src/pay.py", status="renamed", old_path="src/old.py"),
        changed("src/cart.py"),  # lines were only taken out
    )
    verdict = judged(snapshot(PAY, CART), settings, *files)
    assert verdict.status == "passed"
    assert [check.rule for check in verdict.checks] == ["changed-lines"]


def test_j7_a_rename_with_edits_is_no_new_module() -> None:
    settings = {"changed": {"lines": False, "new_module": 100}}
    assert judged(snapshot(PAY), settings, changed("src/pay.py", (1, 1), status="renamed")).checks == ()


def test_j6_a_changed_module_below_the_source_that_the_data_does_not_know_counts_0() -> None:
    modules = snapshot(CART, unmeasured=(module("src/new.py", 0, 4, source=SOURCE),))
    verdict = judged(modules, {"changed": {"new_module": 50}}, changed("src/new.py", (1, 4), status="added"))
    assert [(check.rule, check.covered, check.units, check.status) for check in verdict.checks] == [
        ("changed-lines", 0, 4, "failed"),
        ("new-module", 0, 4, "failed"),
    ]
    assert verdict.measured.units == 20
    assert [gap.path for gap in verdict.gaps] == ["src/new.py"]


def test_j6_one_outside_the_source_is_listed_in_a_note() -> None:
    files = [changed(f"scripts/{letter}.py", (1, 1)) for letter in "abcde"]
    verdict = judged(snapshot(CART), {}, *files)
    assert verdict.notes == (
        "changed files outside the measured source: scripts/a.py, scripts/b.py, scripts/c.py and 2 more",
    )
    assert verdict.change is not None
    assert len(verdict.change.unmeasured) == 5
    passed = judged(snapshot(PAY), {"total": 0}, *files)
    line = plain(terminal_summary(passed, View()))
    assert "; change: nothing to cover, compared with main (abc); 5 changed files outside the measured source" in line


def test_tests_are_not_expected_to_be_measured() -> None:
    files = [changed(path, (1, 1)) for path in ("tests/a.py", "src/test_a.py", "src/a_test.py", "conftest.py")]
    assert judged(snapshot(CART), {}, *files).notes == ()


def test_excluded_modules_are_no_part_of_the_judged_change() -> None:
    verdict = judged(snapshot(PAY, CART), {"exclude": ["pay"]}, changed("src/pay.py", (13, 20)))
    assert verdict.status == "passed"


@pytest.mark.parametrize(("is_error", "status", "outcome"), [(True, "error", "error"), (False, "skipped", "passed")])
def test_an_unknown_change_is_skipped_or_an_error(is_error: bool, status: str, outcome: str) -> None:
    no_change = ChangeUnavailable(reason="no base", remedy="fetch-depth: 0", is_error=is_error)
    verdict = judge(snapshot(CART), parse_settings({}), RunContext(today=TODAY), no_change)
    (check,) = verdict.checks
    assert (check.rule, check.status, check.explanation) == (
        "changed-lines",
        status,
        "no base; fetch-depth: 0",
    )
    assert verdict.status == outcome


def test_an_unknown_change_nobody_wants_judged_leaves_no_check() -> None:
    no_change = ChangeUnavailable(reason="no base")
    assert (
        judge(snapshot(CART), parse_settings({"changed": {"lines": False}}), RunContext(today=TODAY), no_change).checks
        == ()
    )


def test_the_changes_gaps_come_first_and_ask_for_the_most() -> None:
    other = module("src/other.py", 0, 100)
    settings = {"module": 50, "changed": {"lines": 80, "module": 90}}
    verdict = judged(snapshot(PAY, other), settings, changed("src/pay.py", (10, 13)))
    assert [(gap.path, gap.group, gap.to_reach, gap.units) for gap in verdict.gaps] == [
        ("src/pay.py", "change", 6, 20),
        ("src/other.py", "module", 50, 100),
    ]


def test_an_excerpt_shows_three_lines_around() -> None:
    outcome = outcome_of(snapshot(PAY), changed("src/pay.py", (13, 13)))
    assert [(line.number, line.is_missing) for line in outcome.files[0].excerpt] == [
        (10, False), (11, False), (12, False), (13, True), (14, False), (15, False), (16, False),
    ]  # fmt: skip


def test_missing_ranges_do_not_bridge_lines_that_ran() -> None:
    one = module("src/pay.py", statements=(1, 2, 3, 4, 5), missing=(1, 5), source=SOURCE)
    outcome = outcome_of(snapshot(one), changed("src/pay.py", (1, 1), (5, 5)))
    assert outcome.files[0].missing == ((1, 1), (5, 5))


def test_a_line_that_ran_with_a_branch_missing_is_marked_apart() -> None:
    one = module("a.py", 10, 10, branches=(branch(2, 2, 9),), source=SOURCE)
    outcome = outcome_of(snapshot(one, branches=True), changed("a.py", (2, 2)))
    assert [(line.number, line.is_partial) for line in outcome.files[0].excerpt if line.is_missing] == [(2, True)]


def test_the_gap_of_a_change_names_the_changed_lines() -> None:
    (gap,) = judged(snapshot(PAY), {"module": 10}, changed("src/pay.py", (13, 14))).gaps
    assert (gap.covered, gap.units, gap.to_reach) == (PAY.covered, PAY.units, 2)
    assert [str(reason) for reason in gap.why] == ["2 of 2 changed statements missing, lines 13-14"]


def test_a_module_that_owes_more_to_its_own_target_shows_that() -> None:
    (gap,) = judged(snapshot(PAY), {"module": 95}, changed("src/pay.py", (13, 14))).gaps
    assert (gap.group, gap.to_reach, gap.target) == ("change", 7, Decimal(95))

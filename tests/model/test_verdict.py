"""What a verdict says of itself: its gaps in words, its modules, and whether it fails the run."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from builders import branch, function, module, snapshot, verdict
from covgate.model.change import FileStatus
from covgate.model.checks import Check, CheckStatus, Rule
from covgate.model.lines import LineRange
from covgate.model.settings import Mode
from covgate.model.share import Share
from covgate.model.verdict import AcceptedGap, ChangedModule, ChangedShare, ChangeOutcome, Gap, Status

HALF = module("a.py", 2, 4, source=("x",) * 4)
BASIC = verdict(snapshot(HALF))
SHORT = ChangedShare(covered=1, units=3, accepted=0, target=Decimal(80), to_reach=1, missing=((3, 3), (7, 8)))


def changed(
    path: str = "a.py", units: int = 3, covered: int = 1, status: FileStatus = "modified", **parts: Any
) -> ChangedModule:
    empty: dict[str, Any] = {"module": None, "old_path": None, "changed": (), "missing": (), "excerpt": ()}
    return ChangedModule(path=path, status=status, units=units, covered=covered, **empty | parts)


def gap(target: int | None = 80, changed_lines: ChangedShare | None = None, accept: str = "") -> Gap:
    """The gap of a module of which the lines 3 and 4 did not run."""
    raw: dict[str, Any] = {} if target is None else {"module": target}
    if accept:
        raw["accept"] = [{"module": "a", "lines": accept, "reason": "r"}]
    (one,) = verdict(snapshot(HALF), raw).gaps
    return one._replace(changed=changed_lines)


@pytest.mark.parametrize(
    ("accepted", "branches", "text"),
    [
        (0, False, "2 of 3 changed statements missing, lines 3, 7-8"),
        (1, True, "2 of 3 changed statements and branches missing (1 accepted), lines 3, 7-8"),
    ],
)
def test_changed_lines_say_what_is_missing_of_them(accepted: int, branches: bool, text: str) -> None:
    assert str(SHORT._replace(accepted=accepted).in_words(branches=branches)) == text


def test_a_gap_lists_what_is_missing() -> None:
    assert gap().missing == ((3, 4),)
    assert [str(reason) for reason in gap().why] == ["lines 3-4"]


def test_a_gap_of_changed_lines_too_tells_them_apart_from_the_whole_module() -> None:
    assert [str(reason) for reason in gap(changed_lines=SHORT).why] == [
        "2 of 3 changed statements missing, lines 3, 7-8",
        "whole module: lines 3-4",
    ]


@pytest.mark.parametrize("target", [Decimal(50), None])
def test_a_gap_of_changed_lines_alone_says_nothing_of_the_module(target: Decimal | None) -> None:
    only = gap()._replace(target=target, changed=SHORT)
    assert only.is_only_of_changed_lines
    assert [str(reason) for reason in only.why] == ["2 of 3 changed statements missing, lines 3, 7-8"]


def test_accepted_units_are_told_and_are_not_among_the_missing() -> None:
    one = gap(target=100, accept="4")
    assert one.share == Share(covered=2, units=4, accepted=1)
    assert one.missing == ((3, 3),)
    assert [str(reason) for reason in one.why] == ["line 3", "1 accepted"]


@pytest.mark.parametrize(
    ("function_name", "place", "title"),
    [
        ("Bank.undo", ((3, 5),), "a.py Bank.undo()"),
        (None, ((3, 3), (5, 6)), "a.py 3, 5-6"),
        (None, (), "a.py (the whole module)"),
    ],
)
def test_an_accepted_gap_says_what_it_accepts(
    function_name: str | None, place: tuple[LineRange, ...], title: str
) -> None:
    parts: dict[str, Any] = {"module": "a", "lines": (), "reason": "r", "until": None, "owner": None, "source": ""}
    assert AcceptedGap(path="a.py", function=function_name, place=place, **parts).title == title


@pytest.mark.parametrize(
    ("status", "is_new"),
    [("added", True), ("untracked", True), ("modified", False), ("renamed", False), ("deleted", False)],
)
def test_j7_a_renamed_module_is_not_new(status: FileStatus, is_new: bool) -> None:
    assert changed(status=status).is_new is is_new


def test_the_share_of_a_change_is_the_sum_of_its_files() -> None:
    outcome = ChangeOutcome(
        base=None, base_source="x", files=(changed(), changed("b.py", 4, 4), changed("c.py", 2, 0, accepted=2))
    )
    assert outcome.share == Share(covered=5, units=9, accepted=2)
    assert (outcome.units, outcome.covered) == (9, 5)


def one_check(rule: Rule, subject: str, status: CheckStatus, units: int = 5) -> Check:
    return Check(rule=rule, subject=subject, status=status, units=units)


CHECKS = (
    one_check("total", "total", "failed"),
    one_check("module", "good.py", "passed"),
    one_check("module", "bad.py", "failed"),
    one_check("module-missing", "bad.py", "passed"),
    one_check("module", "empty.py", "passed", units=0),
    one_check("module-branches", "unknown.py", "error", units=0),
    one_check("ambiguous-target", "tied.py", "error", units=0),
    one_check("changed-module", "good.py", "failed"),
    one_check("new-module", "new.py", "passed"),
)


def test_j5_modules_without_units_are_not_counted_and_those_that_cannot_be_judged_are() -> None:
    outcome = BASIC._replace(checks=CHECKS)
    assert outcome.judged_modules == {"good.py", "bad.py", "unknown.py"}
    assert outcome.failing_modules == {"bad.py", "unknown.py"}
    assert outcome.touched_modules == {"good.py", "new.py"}
    assert outcome.failing_touched_modules == {"good.py"}


def test_a_check_is_found_by_its_rule() -> None:
    outcome = BASIC._replace(checks=CHECKS)
    assert outcome.check_of("total") is CHECKS[0]
    assert outcome.check_of("changed-lines") is None
    assert (outcome.fails("total"), outcome.fails("new-module"), outcome.fails("module-branches")) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize("mode", ["fail", "warn", "off"])
@pytest.mark.parametrize(
    ("status", "fails"), [("passed", False), ("failed", True), ("advisory", False), ("error", True)]
)
def test_j10_only_in_mode_fail_the_run_fails(mode: Mode, status: Status, fails: bool) -> None:
    assert BASIC._replace(mode=mode, status=status).fails_the_run is (fails and mode == "fail")


def test_functions_of_a_gap_are_those_of_its_module() -> None:
    one = module("a.py", 1, 3, functions=(function("f", 1, 2, 3),), branches=(branch(1, 2, 2),))
    (first,) = verdict(snapshot(one, branches=True), {"module": 100}).gaps
    assert [(function.name, function.missing, function.entered) for function in first.functions] == [("f", 2, False)]

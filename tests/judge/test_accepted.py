"""Accepted gaps: what leaves the required units, what does not, and what is said of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from builders import TODAY, branch, function, module, snapshot, text_of, verdict
from covgate.errors import UsageError
from covgate.judge.accepted import code_lines, fingerprint, place_of, units_missing_at
from covgate.model.snapshot import Module
from covgate.model.verdict import AcceptedGap, Verdict

SOURCE = (
    "import bank",
    "def pay(order):",
    "    try:",
    "        bank.pay(order)",
    "    except OSError:",
    "        log(order)",
    "        raise",
    "def refund(order):",
    "    def ask():",
    "        return bank.ask(order)",
    "    return ask()",
    "",
)


def pay(*missing: int, **parts: Any) -> Module:
    functions = (
        function("pay", 2, 3, 4, 5, 6, 7),
        function("refund", 8, 9, 11),
        function("refund.ask", 9, 10),
    )
    return module(
        "src/shop/pay.py",
        statements=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        missing=missing,
        source=parts.pop("source", SOURCE),
        functions=functions,
        **parts,
    )


def judged(
    measured: Module, entry: dict[str, object], settings: dict[str, object] | None = None, **run: Any
) -> Verdict:
    accept = {"module": "shop.pay", "reason": "the bank is down", **entry}
    return verdict(
        snapshot(measured, branches=bool(measured.branches)), {**(settings or {}), "accept": [accept]}, **run
    )


def only(outcome: Verdict) -> AcceptedGap:
    (gap,) = outcome.accepted
    return gap


def test_accepted_units_leave_what_is_required_and_the_true_percentage_stays() -> None:
    outcome = judged(pay(6, 7, 10, 11), {"lines": "6-7"}, {"total": 80, "module": 70})
    total, one = outcome.checks
    assert (total.covered, total.units, total.accepted, total.to_reach, total.status) == (7, 11, 2, 1, "failed")
    assert (one.covered, one.units, one.accepted, one.status) == (7, 11, 2, "passed")
    assert (outcome.measured.covered, outcome.measured.units, outcome.measured.accepted) == (7, 11, 2)
    (gap,) = outcome.gaps
    assert gap.to_reach == 1
    assert gap.missing == ((10, 11),)
    assert "6" not in "; ".join(map(str, gap.why))


def test_all_that_is_missing_may_be_accepted() -> None:
    outcome = judged(pay(6, 7), {"lines": "6-7"}, {"module": 100, "targets": {"shop.pay": {"max_missing": 0}}})
    assert outcome.status == "passed"
    assert outcome.gaps == ()


def test_a_function_is_accepted_with_what_is_defined_in_it() -> None:
    gap = only(judged(pay(6, 9, 10, 11), {"function": "refund"}))
    assert (gap.state, gap.units, gap.lines) == ("accepted", 3, ((9, 11),))
    assert gap.title == "src/shop/pay.py refund()"


def test_an_edit_within_a_statement_means_the_statement() -> None:
    long = pay(3, extents=((3, 6),))
    assert only(judged(long, {"lines": 5})).units == 1


def test_the_jump_to_an_accepted_line_is_accepted_too() -> None:
    jumps = pay(6, 7, branches=(branch(5, 2, 6), branch(4, 2, 5)))
    outcome = judged(jumps, {"lines": "6-7"}, {"module": 100})
    assert only(outcome).units == 3
    (gap,) = outcome.gaps
    assert gap.to_reach == 1
    assert str(gap.why[0]) == "branches 4->5"


def test_a_jump_out_of_an_accepted_function_is_accepted() -> None:
    outcome = judged(pay(branches=(branch(11, 2, -8),)), {"function": "refund"}, {"module": 100})
    assert (outcome.status, only(outcome).units) == ("passed", 1)


def test_a_jump_to_an_accepted_line_that_ran_is_still_missing() -> None:
    outcome = judged(pay(6, branches=(branch(5, 2, 7),)), {"lines": "6-7"}, {"module": 100})
    assert (outcome.status, only(outcome).units) == ("failed", 1)


@pytest.mark.parametrize(
    ("entry", "state", "said"),
    [
        ({"module": "shop.gone", "function": "f"}, "gone", "no measured module has this name"),
        ({"function": "refnd"}, "gone", "has no function refnd; did you mean refund"),
        ({"function": "ask"}, "gone", "did you mean refund.ask?"),
        ({"function": "x"}, "gone", "covgate explain MODULE lists its functions"),
        ({"lines": "90-91"}, "gone", "has no line 91; it has 12"),
        ({"lines": 4}, "covered", "all of it is covered"),
        ({"lines": "6-7", "fingerprint": "other"}, "changed", "changed since it was accepted"),
        ({"lines": "6-7", "until": TODAY}, "ended", "2 statements are required again"),
        ({"lines": 6, "until": TODAY, "owner": "anna"}, "ended", "(anna): 1 statement is required again"),
    ],
)
def test_what_no_longer_stands_is_required_and_said(entry: dict[str, object], state: str, said: str) -> None:
    outcome = judged(pay(6, 7), entry, {"module": 100})
    assert only(outcome).state == state
    assert outcome.status == "failed"
    assert outcome.measured.accepted == 0
    (note,) = outcome.notes
    assert note.startswith("tool.covgate.accept[0] (")
    assert said in note


@pytest.mark.parametrize(("days", "noted"), [(1, True), (14, True), (15, False)])
def test_the_last_fourteen_days_are_noted(days: int, noted: bool) -> None:
    outcome = judged(pay(6), {"lines": 6, "until": TODAY + timedelta(days=days), "owner": "anna"})
    assert only(outcome).state == "accepted"
    assert bool(outcome.notes) == noted
    assert all(f"ends in {days} day" in note and "(anna)" in note for note in outcome.notes)


@pytest.mark.parametrize("entry", [{"function": "gone"}, {"lines": 4}])
def test_strict_fails_what_accepts_nothing(entry: dict[str, object]) -> None:
    assert judged(pay(6), entry).status == "passed"
    outcome = judged(pay(6), entry, strict=True)
    assert outcome.status == "failed"
    assert [check.rule for check in outcome.checks] == ["accepted-gap"]
    assert judged(pay(6), entry, strict=True, partial="-k x").status == "passed"


def test_strict_leaves_alone_what_stands_has_ended_or_changed() -> None:
    entries: list[dict[str, object]] = [{}, {"until": date(2026, 1, 1)}, {"fingerprint": "x"}]
    for entry in entries:
        assert judged(pay(6), {"lines": 6, **entry}, strict=True).status == "passed"


def test_the_fingerprint_follows_what_moves_and_ends_with_the_code() -> None:
    code = place_of(pay(), text_of(pay()), "refund", ()).fingerprint
    moved = pay(9, 10, 11, source=SOURCE)
    assert only(judged(moved, {"function": "refund", "fingerprint": code})).state == "accepted"
    edited = (*SOURCE[:10], "    return ask() or None", "")
    assert only(judged(pay(9, source=edited), {"function": "refund", "fingerprint": code})).state == "changed"


def test_accepted_lines_are_found_where_they_moved_to() -> None:
    code = place_of(pay(), text_of(pay()), None, ((6, 7),)).fingerprint
    gap = only(judged(pay(6, 7), {"lines": "4-5", "fingerprint": code}))
    assert (gap.state, gap.place, gap.lines) == ("accepted", ((6, 7),), ((6, 7),))
    assert only(judged(pay(6), {"lines": "4-5, 6", "fingerprint": code})).state == "changed"
    both = place_of(pay(), text_of(pay()), None, ((4, 4), (6, 6))).fingerprint
    assert only(judged(pay(6), {"lines": "3, 5", "fingerprint": both})).place == ((4, 4), (6, 6))


def test_lines_that_read_the_same_are_told_apart_by_what_is_around_them() -> None:
    source = ("def f(x):", "    if x:", "        raise E", "    if not x:", "        raise E", "")
    parts: dict[str, Any] = {"functions": (function("f", 1, 2, 3, 4, 5),), "statements": (1, 2, 3, 4, 5)}
    here = module("src/shop/pay.py", missing=(3, 5), source=source, **parts)
    known = place_of(here, text_of(here), None, ((5, 5),)).fingerprint
    lower: dict[str, Any] = {"functions": (function("f", 3, 4, 5, 6, 7),), "statements": (3, 4, 5, 6, 7)}
    moved = module("src/shop/pay.py", missing=(5, 7), source=("import x", "", *source), **lower)
    gap = only(judged(moved, {"lines": 5, "fingerprint": known}))
    assert (gap.state, gap.lines) == ("accepted", ((7, 7),))
    assert only(judged(moved, {"lines": 500, "fingerprint": known})).lines == ((7, 7),)
    gone = module("src/shop/pay.py", missing=(3,), source=(*source[:3], "", "", ""), **parts)
    assert only(judged(gone, {"lines": 5, "fingerprint": known})).state == "changed"


def test_an_accepted_statement_is_accepted_with_all_its_lines() -> None:
    parts: dict[str, Any] = {"extents": ((3, 6),), "statements": (1, 2, 3, 7, 8), "functions": ()}
    one = module("src/shop/pay.py", missing=(3,), source=SOURCE, **parts)
    place = place_of(one, text_of(one), None, ((4, 4),))
    assert place.lines == ((3, 6),)
    edited = module("src/shop/pay.py", missing=(3,), source=(*SOURCE[:4], "    x", *SOURCE[5:]), **parts)
    assert only(judged(edited, {"lines": "3-6", "fingerprint": place.fingerprint})).state == "changed"


def test_a_class_of_the_functions_name_is_another_thing() -> None:
    functions = (function("lock", 2, 3), function("lock.acquire", 6, 7))
    one = module("src/shop/pay.py", statements=(1, 2, 3, 6, 7), missing=(3, 7), source=SOURCE, functions=functions)
    assert only(judged(one, {"function": "lock"})).units == 1


def test_several_entries_of_one_module_add_up() -> None:
    entries = [{"module": "src/shop/pay.py", "lines": n, "reason": "r"} for n in (6, 7, 7)]
    outcome = verdict(snapshot(pay(6, 7)), {"module": 100, "accept": entries})
    assert (outcome.status, outcome.measured.accepted) == ("passed", 2)


SAME = [
    ["def f():", "    return 1  # why"],
    ["def f():  # moved", "", "    # a comment", "    return 1"],
    ["if x:", "\tdef f():", "\t    return 1   "],
]


def of(lines: list[str]) -> str:
    return fingerprint(code_lines(lines))


def test_a_fingerprint_is_of_the_code_alone() -> None:
    first, second, third = SAME
    assert of(first) == of(second) == fingerprint(code_lines(third)[1:])
    assert of(["def f():", "    return '# why'"]) != of(["def f():", "    return '# how'"])
    assert of(["def f():", "    if x:", "        y"]) != of(["def f():", "    if x:", "    y"])
    assert fingerprint(first, "a") != fingerprint(first, "b")


@pytest.mark.parametrize("lines", [[], ["x = ("], ["'''"], ["\x00"], ["  a", " b"], ["é\udcff"]])
def test_a_fingerprint_of_anything(lines: list[str]) -> None:
    assert of(lines) == of(list(lines))
    assert len(of(lines)) == 16


def test_the_place_of_a_whole_module_is_all_of_it() -> None:
    measured = pay(6, 7)
    place = place_of(measured, text_of(measured), None, ())
    assert place.statements == measured.statements
    assert place.lines == ()
    assert place.fingerprint == fingerprint(code_lines(SOURCE))


@pytest.mark.parametrize(("function_name", "units"), [("pay", 2), ("refund", 0), (None, 2)])
def test_what_accepting_a_place_would_take_is_what_is_missing_there(function_name: str | None, units: int) -> None:
    measured = pay(6, 7)
    place = place_of(measured, text_of(measured), function_name, ())
    assert units_missing_at(place, measured) == units


def test_a_function_that_is_gone_is_wrong_use_for_a_place() -> None:
    measured = pay(6, 7)
    with pytest.raises(UsageError):
        place_of(measured, text_of(measured), "nobody", ())

"""Goals: what the total, the components and the modules work towards, and the gaps to them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import TODAY, module, snapshot, verdict
from covgate.model.percent import reaches

MODULES = snapshot(
    module("shop/cart.py", 90, 100), module("shop/legacy/orders.py", 50, 100), module("shop/bank.py", 60, 100)
)
LEGACY = "shop.legacy.**"


def gaps_of(settings: dict[str, Any]) -> list[tuple[str, str, int, object, object]]:
    gaps = verdict(MODULES, settings).gaps
    return [(gap.path, gap.group, gap.to_reach, gap.target, gap.goal) for gap in gaps]


def test_the_gaps_of_a_green_gate_are_what_is_missing_to_the_goal() -> None:
    assert gaps_of({"goal": 80, "module": 50}) == [
        ("shop/legacy/orders.py", "goal", 30, 50, 80),
        ("shop/bank.py", "goal", 20, 50, 80),
    ]


@pytest.mark.parametrize(
    "failing",
    [
        {"module": 55},
        {"total": 70},
        {"targets": {LEGACY: 55}},
        {"components": {"c": {"modules": [LEGACY], "target": 55}}},
        {"exclude": ["shop.nowhere"]},
    ],
)
def test_while_a_check_fails_no_gap_is_one_to_a_goal(failing: dict[str, Any]) -> None:
    with_goal, without = (verdict(MODULES, {**failing, **goal}) for goal in ({"goal": 80}, {}))
    assert with_goal.status == without.status == "failed"
    assert not with_goal.ranks_by_goal
    assert with_goal.checks == without.checks
    numbers = [(gap.path, gap.group, gap.to_reach, gap.target) for gap in without.gaps if gap.group != "untargeted"]
    assert [(gap.path, gap.group, gap.to_reach, gap.target) for gap in with_goal.gaps] == numbers


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"target": 40, "goal": 70}, [("shop/legacy/orders.py", 20), ("shop/bank.py", 20)]),
        ({"target": 40}, [("shop/legacy/orders.py", 30), ("shop/bank.py", 20)]),
        ({"goal": 50}, [("shop/bank.py", 20)]),
        ({"goal": False}, [("shop/bank.py", 20)]),
        (False, [("shop/legacy/orders.py", 30), ("shop/bank.py", 20)]),
    ],
)
def test_an_entrys_goal_comes_before_the_common_one(entry: object, expected: list[tuple[str, int]]) -> None:
    gaps = gaps_of({"goal": 80, "targets": {LEGACY: entry}})
    assert sorted((path, needed) for path, _, needed, _, _ in gaps) == sorted(expected)


def test_an_entrys_goal_needs_no_common_one() -> None:
    assert [(gap[0], gap[2]) for gap in gaps_of({"targets": {LEGACY: {"target": 40, "goal": 70}}})] == [
        ("shop/legacy/orders.py", 20)
    ]


def test_excluded_modules_work_towards_nothing_and_count_in_the_total() -> None:
    outcome = verdict(MODULES, {"goal": 80, "exclude": [LEGACY]})
    assert [gap.path for gap in outcome.gaps] == ["shop/bank.py"]
    assert set(outcome.module_goals) == {"shop/bank.py", "shop/cart.py"}
    assert [(goal.component, goal.share.units, goal.needed) for goal in outcome.goals] == [(None, 300, 40)]


def test_members_of_a_component_below_its_goal_follow_the_modules_below_their_own() -> None:
    component = {"modules": ["shop.cart", LEGACY], "target": 60, "goal": 95, "by": "2027-06-30"}
    outcome = verdict(MODULES, {"goal": 80, "components": {"checkout": component}})
    assert [(gap.path, gap.group, gap.to_reach, gap.aim) for gap in outcome.gaps] == [
        ("shop/legacy/orders.py", "goal", 30, Decimal(80)),
        ("shop/bank.py", "goal", 20, Decimal(80)),
        ("shop/cart.py", "component-goal", 5, Decimal(95)),
    ]
    assert [(goal.component, goal.percent, goal.needed, str(goal.by)) for goal in outcome.goals] == [
        (None, Decimal(80), 40, "None"),
        ("checkout", Decimal(95), 50, "2027-06-30"),
    ]


def test_a_component_at_its_goal_asks_nothing_of_its_members() -> None:
    component = {"modules": ["shop.cart", LEGACY], "target": 60, "goal": 70}
    assert gaps_of({"components": {"checkout": component}}) == []


def test_a_goal_in_the_place_of_targets_leaves_no_list_of_what_is_missing_at_all() -> None:
    assert {group for _, group, _, _, _ in gaps_of({})} == {"untargeted"}
    assert {group for _, group, _, _, _ in gaps_of({"goal": 80})} == {"goal"}
    assert gaps_of({"goal": 20}) == []


def test_two_entries_that_tie_with_different_goals_contradict_each_other() -> None:
    """S4, as of different targets."""
    (check,) = verdict(
        snapshot(module("tied.py", 1, 1)), {"targets": {"ti*.py": {"goal": 70}, "*ed.py": {"goal": 80}}}
    ).checks
    assert (check.rule, check.status) == ("ambiguous-target", "error")


COUNTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), min_size=1, max_size=6)
PERCENT = st.decimals(1, 100, places=1)


@given(COUNTS, PERCENT, st.integers(0, 100))
def test_a_goal_never_fails_anything_and_what_is_needed_is_just_enough(
    counts: list[list[int]], goal: Decimal, target: int
) -> None:
    modules = [module(f"m{at}.py", covered, units) for at, (covered, units) in enumerate(counts)]
    settings: dict[str, object] = {"targets": {"m*": target}}
    outcome = verdict(snapshot(*modules), {**settings, "goal": goal})
    plain = verdict(snapshot(*modules), settings)
    assert (outcome.status, outcome.checks, outcome.notes) == (plain.status, plain.checks, plain.notes)
    if outcome.status == "passed":
        below = {one.path for one in modules if not reaches(one.covered, one.units, goal)}
        assert {gap.path for gap in outcome.gaps} == below
    for gap in outcome.gaps if outcome.ranks_by_goal else ():
        assert reaches(gap.covered + gap.to_reach, gap.units, goal)
        assert not reaches(gap.covered + gap.to_reach - 1, gap.units, goal)


def test_accepted_gaps_are_not_missing_to_a_goal() -> None:
    settings = {"goal": 100, "accept": [{"module": "a", "lines": "5-10", "reason": "r"}]}
    outcome = verdict(snapshot(module("a.py", 3, 10, source=("x",) * 10)), settings)
    assert [(gap.to_reach, gap.accepted) for gap in outcome.gaps] == [(1, 6)]
    assert [goal.needed for goal in outcome.goals] == [1]


@pytest.mark.parametrize(("days", "goal", "is_told"), [(-1, 80, True), (0, 80, False), (1, 80, False), (-1, 60, False)])
def test_a_day_that_has_passed_is_a_note_until_the_goal_is_reached(days: int, goal: int, is_told: bool) -> None:
    by = TODAY + timedelta(days)
    component = {"modules": ["shop.**"], "target": 50, "goal": goal, "by": by}
    outcome = verdict(MODULES, {"goal": goal, "by": by, "components": {"all": component}})
    assert outcome.status == "passed"
    rest = f"the day {by} has passed, and the goal of 80 % is not reached; choose a later day, or remove by"
    told = (f"tool.covgate.by: {rest}", f"tool.covgate.components.all.by: {rest}")
    assert outcome.notes == (told if is_told else ())


def test_a_change_that_is_judged_alone_works_towards_nothing() -> None:
    outcome = verdict(MODULES, {"goal": 80, "by": "2001-01-01"}, change_only=True)
    assert (outcome.goals, outcome.module_goals, outcome.gaps, outcome.notes) == ((), {}, (), ())

"""The gaps: their order, and what is missing in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from builders import branch, function, module, snapshot, verdict
from covgate.judge.ranking import band, missing_in_words


def test_more_units_to_reach_the_target_come_first_then_more_points_then_the_path() -> None:
    modules = snapshot(
        module("b.py", 10, 20),  # 6 units, 30 points
        module("a.py", 0, 8),  # 7 units, 80 points
        module("c.py", 2, 10),  # 6 units, 60 points
        module("d.py", 2, 10),
        module("e.py", 9, 10),
    )
    gaps = verdict(modules, {"module": 80}).gaps
    assert [(gap.rank, gap.path, gap.to_reach) for gap in gaps] == [
        (1, "a.py", 7),
        (2, "c.py", 6),
        (3, "d.py", 6),
        (4, "b.py", 6),
    ]


def test_modules_below_their_own_target_stand_before_those_that_pull_a_sum_down() -> None:
    modules = snapshot(
        module("own.py", 79, 100), module("pulls.py", 0, 50), module("part.py", 0, 10), module("ok.py", 9, 9)
    )
    settings = {"total": 90, "targets": {"own": 80}, "components": {"c": {"modules": ["part"], "target": 50}}}
    gaps = verdict(modules, settings).gaps
    assert [(gap.path, gap.group, gap.to_reach, gap.target) for gap in gaps] == [
        ("own.py", "module", 1, Decimal(80)),
        ("part.py", "component", 5, Decimal(50)),
        ("pulls.py", "total", 45, Decimal(90)),
    ]


@pytest.mark.parametrize(
    ("covered", "expected"),
    [(0, "critical"), (15, "critical"), (16, "high"), (39, "high"), (40, "medium"), (60, "low")],
)
def test_bands_are_shares_of_the_way_to_the_target(covered: int, expected: str) -> None:
    assert band(covered, 100, Decimal(80)) == expected


def test_no_way_to_go_is_a_low_band() -> None:
    assert band(0, 0, Decimal(80)) == "low"
    assert band(0, 10, Decimal(0)) == "low"


def words(**parts: object) -> list[str]:
    return [str(reason) for reason in missing_in_words(module("a.py", **parts))]  # type: ignore[arg-type]


def test_a_module_of_which_nothing_ran_was_never_imported() -> None:
    assert words(covered=0, units=3) == ["never imported"]


def test_functions_never_entered_are_told_by_name_before_lines_error_paths_and_jumps() -> None:
    found = words(
        statements=(1, 2, 3, 5, 6, 8, 9, 12, 13, 15),
        missing=(3, 6, 8, 12, 13),
        functions=(function("pay", 2, 3), function("Cart.add", 5, 6, 8, 9), function("ok", 15)),
        error_lines=(8,),
        branches=(branch(9, 2, 12), branch(5, 2, -5), branch(15, 2, 1), branch(12, 2, 13, 15)),
    )
    assert found == [
        "never entered: pay()",
        "lines 6, 12-13",
        "error paths 8",
        "jumps 5->exit, 15->1",
    ]


def test_functions_in_a_gap_count_their_own_units() -> None:
    one = module(
        "a.py",
        statements=(1, 2, 3, 4, 5),
        missing=(4, 5),
        functions=(function("f", 1, 2, 3), function("g", 4, 5), function("h", 1, 3)),
        branches=(branch(2, 2, 4), branch(5, 2, 1, 2)),
    )
    (gap,) = verdict(snapshot(one, branches=True), {"module": 100}).gaps
    assert [(f.name, f.line, f.units, f.missing, f.entered) for f in gap.functions] == [
        ("f", 1, 4, 1, True),
        ("g", 4, 3, 3, False),
    ]

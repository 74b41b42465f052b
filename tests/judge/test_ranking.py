"""The gaps: their order, and what is missing in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from builders import module, snapshot, verdict
from covgate.judge.ranking import band


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

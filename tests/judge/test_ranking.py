"""The gaps: their order, and what is missing in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import TODAY, module, snapshot, verdict
from covgate.config.settings import parse_settings
from covgate.judge.ranking import GROUPS, band
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile
from covgate.model.run_context import RunContext


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
    ("needed", "expected"),
    [(1, "low"), (4, "low"), (5, "medium"), (24, "medium"), (25, "high"), (99, "high"), (100, "critical")],
)
def test_a_band_is_the_number_needed_in_a_word(needed: int, expected: str) -> None:
    assert band(needed) == expected


FALLING = ("critical", "high", "medium", "low")
MODULES = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=12)
PERCENTAGES = st.one_of(st.none(), st.integers(0, 100))


@given(MODULES, PERCENTAGES, PERCENTAGES, PERCENTAGES, st.one_of(st.none(), st.integers(0, 20)))
def test_the_bands_only_fall_down_a_group_of_the_table_and_small_gaps_are_never_critical(
    sizes: list[tuple[int, int]], total: int | None, common: int | None, changed: int | None, limit: int | None
) -> None:
    """Issue F, 15: the order and the word agree in every table."""
    modules = [
        module(f"m{at}.py", min(covered, units), units, source=("x",) * units)
        for at, (covered, units) in enumerate(sizes)
    ]
    settings: dict[str, object] = {"changed": {"lines": 80 if changed is None else changed}}
    settings |= {} if total is None else {"total": total}
    settings |= {} if common is None else {"module": common}
    settings |= {} if limit is None else {"targets": {"m0": {"max_missing": limit, "changed": 90}}}
    files = tuple(ChangedFile(path=one.path, status="modified", lines=((1, 150),)) for one in modules[::2])
    change = Change(base=None, base_source="main", files=files)
    gaps = judge(snapshot(*modules), parse_settings(settings), RunContext(today=TODAY), change).gaps
    for group in GROUPS:
        rows = [gap for gap in gaps if gap.group == group]
        assert [gap.to_reach for gap in rows] == sorted((gap.to_reach for gap in rows), reverse=True)
        assert [gap.band for gap in rows] == sorted((gap.band for gap in rows), key=FALLING.index)
    assert all(gap.band == "low" for gap in gaps if gap.to_reach <= 3)


def test_a_gap_keeps_the_modules_own_numbers_and_tells_the_changed_lines_apart() -> None:
    """Issue F, 13: one column, one meaning."""
    one = module("a.py", 90, 100, source=("x",) * 100)
    change = Change(
        base=None, base_source="main", files=(ChangedFile(path="a.py", status="modified", lines=((88, 93),)),)
    )
    settings = parse_settings({"module": 80, "changed": {"lines": 100}})
    outcome = judge(snapshot(one), settings, RunContext(today=TODAY), change)
    (gap,) = outcome.gaps
    assert (gap.covered, gap.units, gap.target, gap.to_reach) == (90, 100, Decimal(80), 3)
    assert gap.changed is not None
    assert (gap.changed.covered, gap.changed.units, gap.changed.target, gap.changed.to_reach) == (3, 6, Decimal(100), 3)
    assert [str(reason) for reason in gap.why] == ["3 of 6 changed statements missing, lines 91-93"]


def test_a_gap_of_the_change_and_of_the_module_tells_both() -> None:
    one = module("a.py", 50, 100, source=("x",) * 100)
    change = Change(
        base=None, base_source="main", files=(ChangedFile(path="a.py", status="modified", lines=((49, 52),)),)
    )
    settings = parse_settings({"module": 80, "changed": {"lines": 90, "module": 60}})
    (gap,) = judge(snapshot(one), settings, RunContext(today=TODAY), change).gaps
    assert (gap.group, gap.target, gap.to_reach) == ("change", Decimal(80), 30)
    assert [str(reason) for reason in gap.why] == [
        "2 of 4 changed statements missing, lines 51-52",
        "whole module: lines 51-100",
    ]

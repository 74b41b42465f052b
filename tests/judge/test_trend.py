"""The points of a trend and its epochs, by tables and properties."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.config.settings import parse_settings
from covgate.judge.trend import Recorded, Subject, choose_records, find_trend
from covgate.model.lines import Lines
from covgate.model.record import EnvironmentKey, Record, RecordedModule, SuiteFacts, why_not_comparable
from covgate.model.settings import Settings
from covgate.model.share import Share
from covgate.model.trend import Trend

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
OLD, NEW = (EnvironmentKey(systems=(f"Linux, Python 3.{minor}",)) for minor in (12, 13))
UNKNOWN = EnvironmentKey()
SETTINGS = parse_settings(
    {
        "total": 70,
        "goal": 90,
        "module": 50,
        "exclude": ["shop.old"],
        "targets": {"shop.pay": {"target": 95, "goal": 99}},
        "components": {"money": {"modules": ["shop.*"], "target": 80}},
    }
)


def module(path: str, covered: int, units: int = 10) -> RecordedModule:
    lines = range(1, units + 1)
    name = path.removesuffix(".py").replace("/", ".")
    return RecordedModule(path, name, "", Lines.of(lines), Lines.of(lines[covered:]))


def record(key: EnvironmentKey = OLD, run: str = "r", **covered: int) -> Record:
    modules = tuple(module(f"shop/{name}.py", count) for name, count in covered.items())
    return Record(run, START, key, modules, suite=SuiteFacts(tests=3, seconds=1.5))


def history(*records: Record | tuple[Record, ...]) -> list[Recorded]:
    groups = [(one,) if isinstance(one, Record) else one for one in records]
    return [Recorded(START + timedelta(days=day), f"c{day}", group) for day, group in enumerate(groups)]


def trend(*records: Record | tuple[Record, ...], settings: Settings = SETTINGS, **subject: Any) -> Trend:
    return find_trend(history(*records), Subject(**subject), settings)


def component(name: str) -> dict[str, Any]:
    return {"title": name, "component": next(one for one in SETTINGS.components if one.name == name)}


def lengths(found: Trend) -> list[int]:
    return [len(line) for line in found.lines]


def test_the_total_counts_modules_by_their_share() -> None:
    found = trend(record(a=8, b=5, c=4), record(a=10, b=10, c=10))
    first, last = found.points
    assert (first.share, first.modules, first.high, first.low) == (Share(17, 30), 3, 1, 1)
    assert (last.share, last.high, last.low) == (Share(30, 30), 3, 0)
    assert (first.time, first.commit, first.tests, first.seconds) == (START, "c0", 3, 1.5)
    assert (found.target, found.goal, found.earlier) == (Decimal(70), Decimal(90), 0)
    assert lengths(found) == [2]


def test_a_module_without_units_is_in_no_count() -> None:
    empty = record()._replace(modules=(module("shop/__init__.py", 0, 0), module("shop/a.py", 10)))
    point = trend(empty).points[0]
    assert (point.share, point.modules, point.high, point.low) == (Share(10, 10), 1, 1, 0)
    nothing = trend(empty, empty, title="x", names=("shop/__init__.py",))
    assert [point.has_percent for point in nothing.points] == [False, False]
    assert not nothing.has_a_line


def test_points_with_equal_values_are_kept() -> None:
    assert lengths(trend(*[record(a=5)] * 4)) == [4]


def test_no_line_before_the_birth_of_a_module_or_while_it_is_gone() -> None:
    with_it, without = record(a=5, pay=5), record(a=5)
    found = trend(without, without, with_it, with_it, without, with_it, title="pay", names=("shop.pay",))
    assert found.earlier == 2
    assert [point.commit for point in found.points] == ["c2", "c3", "c4", "c5"]
    assert [point.share for point in found.points] == [Share(5, 10), Share(5, 10), None, Share(5, 10)]
    assert lengths(found) == [2, 1]


@pytest.mark.parametrize(
    ("subject", "share", "target", "goal"),
    [
        ({"title": "x", "names": ("shop/pay.py",)}, Share(4, 10), 95, 99),
        ({"title": "x", "names": ("nothing", "shop.a")}, Share(5, 10), 50, 90),
        ({"title": "x", "names": ("shop.old",)}, Share(1, 10), None, None),
        (component("money"), Share(9, 20), 80, None),
    ],
)
def test_a_module_or_component_has_its_own_share_target_and_goal(
    subject: dict[str, Any], share: Share, target: int | None, goal: int | None
) -> None:
    """What is excluded counts in no component, and is held to nothing."""
    found = trend(record(a=5, old=1, pay=4), **subject)
    assert (found.points[0].share, found.target, found.goal) == (share, target, goal)


def test_no_line_crosses_an_epoch() -> None:
    found = trend(record(a=5), record(a=6), record(NEW, a=9), record(NEW, a=9))
    assert lengths(found) == [2, 2]
    assert [point.not_comparable for point in found.points] == [
        None,
        None,
        "one ran on Linux, Python 3.12, the other on Linux, Python 3.13",
        None,
    ]


def test_an_epoch_that_begins_at_the_birth_is_no_break() -> None:
    found = trend(record(b=1), record(NEW, a=9), record(NEW, a=9), title="a", names=("shop.a",))
    assert [point.not_comparable for point in found.points] == [None, None]


def test_of_several_records_the_comparable_one_is_taken() -> None:
    found = trend(
        (record(NEW, a=1), record(NEW, a=7), record(OLD, a=2)), (record(OLD, a=3), record(NEW, a=8)), record(NEW, a=9)
    )
    assert [point.share for point in found.points] == [Share(7, 10), Share(8, 10), Share(9, 10)]
    assert lengths(found) == [3]


def test_a_record_of_which_little_is_known_joins_no_two_that_are_not_comparable() -> None:
    found = trend(record(OLD, a=1), record(UNKNOWN, a=2), record(NEW, a=3))
    assert lengths(found) == [1, 2]


KEYS = st.sampled_from([OLD, NEW, UNKNOWN, OLD._replace(branches=True), OLD._replace(exclusions="x")])
GROUPS = st.lists(st.lists(KEYS, max_size=3).map(tuple), max_size=8)


@given(GROUPS)
def test_within_an_epoch_every_two_records_are_comparable(groups: list[tuple[EnvironmentKey, ...]]) -> None:
    given_history = history(*[tuple(record(key, a=at) for at, key in enumerate(keys)) for keys in groups])
    chosen = choose_records(given_history)
    assert [recorded for recorded, _, _ in chosen] == [one for one in given_history if one.records]
    epochs: list[list[Record]] = []
    for recorded, one, reason in chosen:
        assert one in recorded.records
        if reason is not None or not epochs:
            epochs.append([])
        epochs[-1].append(one)
    for epoch in epochs:
        for first in epoch:
            assert all(why_not_comparable(first.environment, other.environment) is None for other in epoch)


@given(st.lists(st.tuples(KEYS, st.booleans()), max_size=12))
def test_every_point_with_a_percentage_is_on_one_line(steps: list[tuple[EnvironmentKey, bool]]) -> None:
    records = [record(key, a=5) if is_there else record(key, b=5) for key, is_there in steps]
    found = trend(*records, title="a", names=("shop.a",))
    assert [point for line in found.lines for point in line] == [point for point in found.points if point.has_percent]
    assert found.earlier + len(found.points) == len(steps)
    assert [point for epoch in found.epochs for point in epoch] == list(found.points)

"""Which functions to test next."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from builders import function, module, snapshot, verdict
from covgate.judge.urgent import fewest_to, most_urgent
from covgate.model.judged import judge_module
from covgate.model.next_test import Untested
from covgate.model.snapshot import Module


def with_functions(path: str, *sizes: int) -> Module:
    """A module of which no function ran, each as many statements as given, the first from line 1 on."""
    functions, line = [], 1
    for number, size in enumerate(sizes):
        functions.append(function(f"f{number}", line, *range(line, line + size)))
        line += size
    return module(path, 0, line - 1, functions=tuple(functions))


def names(found: list[Untested]) -> list[str]:
    return [f"{one.judged.path}:{one.gap.name}:{one.gain}" for one in found]


A, B = with_functions("a.py", 2, 5, 3), with_functions("b.py", 9)


def urgent(settings: dict[str, object], *modules: Module) -> list[str]:
    judged = verdict(snapshot(*modules), settings)
    return names(list(most_urgent(judged, [judge_module(one) for one in modules])))


def test_first_what_the_gaps_need_then_the_largest() -> None:
    assert urgent({"targets": {"a.py": 80}}, A, B) == ["a.py:f1:5", "a.py:f2:3", "b.py:f0:9", "a.py:f0:2"]
    assert urgent({"targets": {"a.py": 20}}, A, B) == ["a.py:f1:5", "b.py:f0:9", "a.py:f2:3", "a.py:f0:2"]


def test_without_a_gap_the_largest_comes_first() -> None:
    assert urgent({"total": 0}, A, B) == ["b.py:f0:9", "a.py:f1:5", "a.py:f2:3", "a.py:f0:2"]
    assert urgent({"total": 0}, module("c.py", 4, 4)) == []


def test_only_the_modules_that_are_asked_about() -> None:
    judged = verdict(snapshot(A, B), {"module": 90})
    assert {one.judged.path for one in most_urgent(judged, [judge_module(B)])} == {"b.py"}


def test_the_fewest_that_reach_a_percentage() -> None:
    reach = fewest_to(Decimal(70), map(judge_module, (A, B)))  # 14 of 19
    assert names(list(reach.functions)) == ["b.py:f0:9", "a.py:f1:5"]
    assert (reach.share.units, reach.left) == (19, 0)
    assert fewest_to(Decimal(0), [judge_module(A)]).functions == ()


def test_what_stands_outside_of_functions_stays_missing() -> None:
    outside = module("c.py", 0, 10, functions=(function("f", 1, 1, 2, 3),))
    reach = fewest_to(Decimal(80), [judge_module(outside)])
    assert (names(list(reach.functions)), reach.left) == (["c.py:f:3"], 5)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(0, 100))
def test_no_shorter_list_reaches_it(sizes: list[int], percent: int) -> None:
    reach = fewest_to(Decimal(percent), [judge_module(with_functions("a.py", *sizes))])
    gains = sorted((one.gain for one in reach.functions), reverse=True)
    needed = reach.share.needed(Decimal(percent))
    assert sum(gains) >= needed
    assert sum(sorted(sizes, reverse=True)[: len(gains) - 1]) < needed or not gains

"""The first test of each line, from data that grows as coverage.py's does."""

from __future__ import annotations

import pytest

from covgate.plugin import first_tests
from covgate.plugin.first_tests import FirstTests, Point


def test_each_line_is_given_to_who_reached_it_first() -> None:
    data: dict[str, set[Point]] = {"a.py": {1, 2}}
    found = FirstTests(data, has_arcs=False)
    found.attribute(None)
    data["a.py"].add(5)
    data["b.py"] = {1}
    found.attribute(0)
    found.attribute(1)
    data["a.py"].add(6)
    found.attribute(2)
    assert found.lines() == {"a.py": {1: None, 2: None, 5: 0, 6: 2}, "b.py": {1: 0}}


def test_lines_are_known_though_coverage_py_has_saved_and_removed_them() -> None:
    data: dict[str, set[Point]] = {"a.py": {1, 2}}
    found = FirstTests(data, has_arcs=False)
    found.attribute(0)
    data["a.py"].clear()
    data["a.py"].update({2, 3, 4})
    found.attribute(1)
    assert found.lines() == {"a.py": {1: 0, 2: 0, 3: 1, 4: 1}}


def test_what_is_skipped_has_no_first_test() -> None:
    data: dict[str, set[Point]] = {"a.py": {1}}
    found = FirstTests(data, has_arcs=False)
    found.attribute(None)
    data["a.py"].add(2)
    found.skip()
    data["a.py"].add(3)
    found.attribute(0)
    assert found.lines() == {"a.py": {1: None, 3: 0}}


@pytest.mark.parametrize("bits", [20, 28])
def test_arcs_are_their_lines_as_pairs_and_as_the_c_tracer_packs_them(
    bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_tests, "BITS_OF_A_LINE", bits)
    enters = 1 | 2 << bits | 1 << 2 * bits  # (-1, 2)
    leaves = 7 | 1 << bits | 2 << 2 * bits  # (7, -1)
    data: dict[str, set[Point]] = {"a.py": {(-1, 2), (2, 3)}, "b.py": {enters, 2 | 7 << bits, leaves}}
    found = FirstTests(data, has_arcs=True)
    found.attribute(0)
    assert {name: set(lines) for name, lines in found.lines().items()} == {"a.py": {2, 3}, "b.py": {2, 7}}

"""The map: areas as large as the modules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from builders import module, snapshot, verdict
from covgate.reports.html.treemap import SCALE, boxes
from pages import page


@given(st.lists(st.integers(1, 10**6), max_size=40).map(lambda sizes: sorted(sizes, reverse=True)))
def test_areas_are_those_of_the_sizes_and_fill_the_map(sizes: list[int]) -> None:
    flat = boxes(sizes)
    assert len(flat) == 4 * len(sizes)
    areas = [flat[at + 2] * flat[at + 3] for at in range(0, len(flat), 4)]
    for size, area in zip(sizes, areas, strict=True):
        assert abs(area / SCALE**2 - size / sum(sizes)) < 3e-4
    for at in range(0, len(flat), 4):
        left, top, width, height = flat[at : at + 4]
        assert 0 <= left <= left + width <= SCALE
        assert 0 <= top <= top + height <= SCALE


def test_the_map_has_every_module_with_units() -> None:
    empty = module("src/shop/__init__.py")
    shown = page(verdict(snapshot(empty, module("src/shop/a.py", 1, 3), module("src/lib/b.py", 1, 1)), {"module": 50}))
    top = shown.data["map"]
    assert (top["name"], top["units"], top["short"], top["levels"]) == ("src/", 4, 1, [3])
    assert [(folder["name"], folder["children"]) for folder in top["children"]] == [("shop/", [0]), ("lib/", [1])]
    assert top["boxes"] == [0, 0, 7500, 10_000, 7500, 0, 2500, 10_000]

"""The rows of modules: levels of distance to the target."""

from __future__ import annotations

import pytest

from covgate.reports.html.modules import level


@pytest.mark.parametrize(
    ("short", "units", "expected"),
    [(0, 10, 0), (0, 0, 0), (1, 21, 1), (1, 20, 2), (3, 20, 3), (29, 100, 3), (30, 100, 4), (9, 9, 4), (None, 5, 5)],
)
def test_levels_are_points_short_of_the_target(short: int | None, units: int, expected: int) -> None:
    assert level(short, units) == expected

"""Where a rule stands: the nearest line that the settings file has for it."""

from __future__ import annotations

import pytest

from covgate.model.rules import KeyPath, Loosened, Rules

PLACES = {
    ("tool", "covgate"): 1,
    ("tool", "covgate", "exclude"): 3,
    ("tool", "covgate", "exclude", "a.py"): 4,
}
RULES = Rules(places={"pyproject.toml": PLACES})


@pytest.mark.parametrize(
    ("path", "item", "line"),
    [
        (("tool", "covgate", "exclude"), "a.py", 4),
        (("tool", "covgate", "exclude"), "b.py", 3),
        (("tool", "covgate", "exclude"), "", 3),
        (("tool", "covgate", "changed", "lines"), "", 1),
        (("tool", "coverage", "run"), "", None),
    ],
)
def test_the_nearest_line_is_that_of_the_item_the_setting_or_the_table_around(
    path: KeyPath, item: str, line: int | None
) -> None:
    assert RULES.line_of("pyproject.toml", path, item) == line
    assert RULES.line_of("tox.ini", path, item) is None


@pytest.mark.parametrize(("line", "where"), [(None, "tox.ini"), (3, "tox.ini:3")])
def test_a_line_is_named_where_there_is_one(line: int | None, where: str) -> None:
    assert Loosened(what="x", before=None, after="1", path="tox.ini", line=line).where == where

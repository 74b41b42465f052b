"""J15: what is looser in the settings of coverage.py and pytest is listed, what is stricter is not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from covgate.judge.loosened_tools import loosened_coverage, loosened_pytest
from covgate.model.rules import CoverageRules, Loosened, PytestSettings, Rules, RulesChange

Row = tuple[str, str | None, str | None]


def rows(found: Iterable[Loosened]) -> list[Row]:
    return [(one.what, one.before, one.after) for one in found]


def listed(before: Rules, after: Rules, **parts: Any) -> list[Row]:
    change = RulesChange(before=before, after=after, **parts)
    return rows([*loosened_coverage(change), *loosened_pytest(change)])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("--covgate -q", "--covgate -v --tb short --strict-markers", []),
        ("--covgate", "--covgate -k 'x'", [(None, "-k 'x'")]),
        ("--covgate -m slow", "--covgate -m fast", [("-m slow", "-m fast")]),
        ("--covgate", "--covgate --strict-markers tests/unit.py", [(None, "tests/unit.py")]),
        ("--covgate", "--covgate -p no:cov -p randomly", [(None, "-p no:cov")]),
        ("--covgate --cov=a --cov=b", "--covgate --cov=a", [("--cov b", None)]),
        ("--cov-fail-under=80", "--cov-fail-under=90", []),
        ("--cov-fail-under=80", "--cov-fail-under=70", [("--cov-fail-under 80", "--cov-fail-under 70")]),
        ("--covgate-partial=fail", "", [("--covgate-partial fail", None)]),
    ],
)
def test_j15_addopts(before: str, after: str, expected: list[tuple[str | None, str | None]]) -> None:
    one, other = (Rules(pytest=PytestSettings(addopts=tuple(words.split()))) for words in (before, after))
    assert [row[1:] for row in listed(one, other)] == expected


def test_j15_an_omit_that_replaces_a_broader_one_is_stricter() -> None:
    one, other = (Rules(coverage=CoverageRules(lists={"run.omit": omit})) for omit in (("*/a/*",), ("*/a/b/*",)))
    assert listed(one, other) == []
    assert listed(one, other, lost_files=("src/shop/a.py",)) == [("tool.coverage.run.omit", None, "*/a/b/*")]

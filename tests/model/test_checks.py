"""The table of rules is complete, and of several percentages the one that asks for most counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest

from covgate.model.checks import RULES, Check, Rule, most_demanding


def check(rule: Rule = "module", to_reach: int = 0, target: int | None = 80, **parts: Any) -> Check:
    level = None if target is None else Decimal(target)
    return Check(rule=rule, subject="a.py", status="passed", to_reach=to_reach, target=level, **parts)


def test_every_rule_has_traits_and_no_other_has() -> None:
    assert RULES.keys() == set(get_args(Rule))


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ([], None),
        ([check(target=None)], None),
        ([check("total", 90), check("component", 90), check("changed-lines", 90)], None),  # not of one module
        ([check("module-branches", 90), check("module-missing", 90)], None),  # not of the module as a whole
        ([check(to_reach=2, target=70), check("changed-module", 3, 60)], 1),
        ([check(to_reach=0, target=70), check("new-module", 0, 95), check("changed-module", 0, 90)], 1),
        ([check(to_reach=0, target=0)], 0),
    ],
)
def test_the_most_demanding_needs_most_and_then_has_the_highest_target(
    checks: list[Check], expected: int | None
) -> None:
    assert most_demanding(checks) == (None if expected is None else checks[expected])


@pytest.mark.parametrize("rule", get_args(Rule))
def test_a_check_is_of_a_module_exactly_where_its_scope_is(rule: Rule) -> None:
    of_modules = {"module", "module-branches", "module-missing", "ambiguous-target", "changed-module", "new-module"}
    assert check(rule).is_of_a_module == (rule in of_modules)


@pytest.mark.parametrize(
    ("source", "is_adopted"),
    [("", False), ("tool.covgate.total", False), ("coverage.py's fail_under", True)],
)
def test_a_target_of_another_tool_is_adopted(source: str, is_adopted: bool) -> None:
    assert check(source=source).is_adopted == is_adopted


@pytest.mark.parametrize(
    ("reason", "remedy", "expected"),
    [("", "", ""), ("why", "", "why"), ("", "do", "do"), ("why", "do", "why; do")],
)
def test_the_explanation_has_what_there_is(reason: str, remedy: str, expected: str) -> None:
    assert check(reason=reason, remedy=remedy).explanation == expected

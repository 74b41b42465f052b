"""J15: what is looser is listed, what is stricter is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from builders import TODAY, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.loosened import loosened_rules
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.rules import Rules, RulesChange, UnknownRules
from covgate.model.run_context import RunContext

SNAPSHOT = snapshot(module("src/shop/cart.py", 3, 4), module("src/shop/pay.py", 3, 4))


def listed(before: Rules, after: Rules, **parts: Any) -> list[tuple[str, str | None, str | None]]:
    found = loosened_rules(RulesChange(before=before, after=after, **parts), SNAPSHOT)
    return [(one.what, one.before, one.after) for one in found]


def rules(settings: Mapping[str, object]) -> Rules:
    return Rules(settings=parse_settings(settings))


@pytest.mark.parametrize(("is_error", "status"), [(True, "error"), (False, "passed")])
def test_j15_with_fail_a_base_that_is_not_known_is_no_pass_where_it_must_be_known(is_error: bool, status: str) -> None:
    change = Change(base=None, base_source="the diff x", files=())
    why = ChangeUnavailable(reason="no base", remedy="name one", is_asked_for=True, is_error=is_error)
    settings = parse_settings({"changed": {"loosened": "fail"}})
    verdict = judge(SNAPSHOT, settings, RunContext(today=TODAY), change, UnknownRules(why))
    assert verdict.status == status
    assert verdict.loosened is None
    assert [check.explanation for check in verdict.checks if check.rule == "loosened"] == ["no base; name one"]

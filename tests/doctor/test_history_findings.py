"""Findings about what a gate compares with: git's history, and the records of earlier runs."""

from __future__ import annotations

from typing import Any

import pytest

from doctor_facts import GATE, HERE, command, findings, in_ci, only, with_settings

PULL, PUSH = "covgate history pull", "python -m covgate history push --strict"


def test_history() -> None:
    shallow = in_ci(command(GATE, shallow_checkout=HERE), command("deploy", shallow_checkout=HERE))
    assert only(findings(ci=shallow)).severity == "advice"
    assert only(with_settings({"changed": {"lines": 90}}, ci=shallow)).severity == "serious"
    assert with_settings({"changed": {"lines": False}}, ci=shallow) == ()
    assert findings(ci=in_ci(command(f"{GATE} --covgate-diff=x", shallow_checkout=HERE))) == ()
    assert only(findings(is_shallow=True)).severity == "advice"
    assert only(with_settings({"changed": {"base": "main"}}, is_shallow=True)).severity == "serious"


@pytest.mark.parametrize(
    ("history", "commands", "what"),
    [
        (
            {"max_drop": 2},
            (GATE,),
            "tool.covgate.history.max_drop compares with the record of the base, and no CI file",
        ),
        ({"lost": "fail"}, (GATE, PUSH), "tool.covgate.history.lost compares with"),
        ({"max_drop": 2}, (PULL, GATE), "the CI pulls the history, and no CI file pushes to it"),
        ({"max_drop": 2}, (PULL, GATE, PUSH), None),
        ({"max_drop": 2}, (f"{GATE} --covgate-baseline=base.json",), None),
        ({"max_drop": 2}, (f"{GATE} --covgate-mode=measure",), None),
        ({"max_drop": 2}, ("make test",), None),
        ({"max_drop": False, "budget": 300}, (GATE,), None),
    ],
)
def test_a_limit_on_drops_has_a_record_to_compare_with(
    history: dict[str, Any], commands: tuple[str, ...], what: str | None
) -> None:
    ci = in_ci(*map(command, commands))
    found = [one.message for one in with_settings({"history": history}, ci=ci) if "no CI file runs" not in one.message]
    assert (found == []) if what is None else found[0].startswith(what)

"""An explanation as text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from builders import branch, module
from covgate.model.checks import Check
from covgate.model.explanation import Explanation, LineExplanation
from covgate.model.verdict import ChangedModule
from covgate.reports.explain import explanation_text, line_text

PAY = module("a.py", 5, 10)


def text(**parts: Any) -> list[str]:
    empty: dict[str, Any] = {
        "module": PAY,
        "checks": (),
        "lost": (),
        "excluded_by": None,
        "components": (),
        "change": None,
        "functions": (),
        "accepted": (),
        "missing": (),
    }
    return explanation_text(Explanation(**empty | parts)).splitlines()[2:]


def changed(covered: int, units: int, *missing: tuple[int, int]) -> ChangedModule:
    return ChangedModule(
        path="a.py",
        module="a",
        status="modified",
        old_path=None,
        changed=(),
        units=units,
        covered=covered,
        missing=missing,
        excerpt=(),
    )


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        ({}, ["target     none; set one: [tool.covgate] module = 80, or an entry of [tool.covgate.targets]"]),
        ({"excluded_by": "a.*"}, ["target     none: tool.covgate.exclude names it (a.*)"]),
        (
            {"checks": (Check(rule="ambiguous-target", subject="a.py", status="error", reason="two tie"),)},
            ["target     ERROR: two tie"],
        ),
        (
            {
                "checks": (
                    Check(
                        rule="module-missing",
                        subject="a.py",
                        status="failed",
                        target=Decimal(2),
                        source="s",
                        reason="5 units missing, 2 allowed",
                    ),
                )
            },
            ["allowed    5 units missing, 2 allowed, from s: FAILED"],
        ),
        (
            {"excluded_by": "x", "change": changed(1, 3, (4, 5), (9, 9))},
            [
                "target     none: tool.covgate.exclude names it (x)",
                "change     modified; 1 of 3 changed statements covered; missing 4-5, 9",
            ],
        ),
        (
            {"excluded_by": "x", "change": changed(0, 0)},
            [
                "target     none: tool.covgate.exclude names it (x)",
                "change     modified; nothing to cover in its changed lines",
            ],
        ),
    ],
)
def test_a_module(parts: dict[str, Any], lines: list[str]) -> None:
    assert text(**parts) == lines


def test_a_module_without_units() -> None:
    shown = explanation_text(
        Explanation(
            module=module("a.py"),
            checks=(),
            lost=(),
            excluded_by=None,
            components=(),
            change=None,
            functions=(),
            accepted=(),
            missing=(),
        )
    )
    assert "covered    nothing to cover: it passes every percentage\n" in shown


def line(**parts: Any) -> LineExplanation:
    found: dict[str, Any] = {
        "line": 3,
        "statement": (3, 4),
        "ran": True,
        "accepted": False,
        "excluded": False,
        "function": "f",
        "branch": None,
        "text": "  if x:",
    }
    return LineExplanation(**found | parts)


def test_a_line() -> None:
    shown = line_text("a.py", line(branch=branch(3, 3, 9, -1)), ["test_a", "test_b"])
    assert shown.splitlines() == [
        "a.py:3",
        "    if x:",
        "statement  3-4 in f(): ran",
        "branches   1 of 3 taken; never to 9, exit",
        "ran in     test_a",
        "           test_b",
    ]
    excluded = line_text("a.py", line(excluded=True, statement=None), ())
    assert excluded.splitlines()[2:] == ["statement  none that counts: excluded from coverage"]

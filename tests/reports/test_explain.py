"""An explanation as text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from builders import branch, function, judged, module
from covgate.model.checks import Check
from covgate.model.explanation import ComponentExplanation, Explanation, LineExplanation
from covgate.model.known_tests import KnownTests, Subject
from covgate.model.missing import missing_by_part
from covgate.model.remedies import MAP_TESTS
from covgate.model.share import NO_UNITS
from covgate.model.verdict import AcceptedGap, ChangedModule
from covgate.reports.explain import component_text, explanation_text, line_text
from covgate.reports.text import cells

PAY = module("a.py", 5, 10)


def text(**parts: Any) -> list[str]:
    empty: dict[str, Any] = {
        "module": PAY,
        "checks": (),
        "overridden": (),
        "excluded_by": None,
        "components": (),
        "change": None,
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
        (
            {},
            [
                "target     none; set one: [tool.covgate] module = 80, or an entry of",
                "           [tool.covgate.targets]",
            ],
        ),
        (
            {"goal": Decimal(80), "to_goal": 3},
            [
                "target     none; set one: [tool.covgate] module = 80, or an entry of",
                "           [tool.covgate.targets]",
                "goal       80 %: 3 more statements needed",
            ],
        ),
        (
            {"goal": Decimal("50.5"), "excluded_by": "x"},
            ["target     none: excluded by tool.covgate.exclude (x)", "goal       50.5 %: reached"],
        ),
        ({"excluded_by": "a.*"}, ["target     none: excluded by tool.covgate.exclude (a.*)"]),
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
                "target     none: excluded by tool.covgate.exclude (x)",
                "change     modified; 1 of 3 changed statements covered; missing 4-5, 9",
            ],
        ),
        (
            {"excluded_by": "x", "change": changed(0, 0)},
            [
                "target     none: excluded by tool.covgate.exclude (x)",
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
            overridden=(),
            excluded_by=None,
            components=(),
            change=None,
            accepted=(),
            missing=(),
        )
    )
    assert "covered    nothing to cover: it passes every percentage\n" in shown


def test_what_is_missing_is_told_once_function_by_function() -> None:
    pay = module(
        "a.py",
        20,
        60,
        error_lines=(30,),
        functions=(function("half", 15, *range(15, 31)), function("never", 31, *range(31, 41)), function("ran", 1, 2)),
        branches=(branch(15, 2, 20, -1),),
    )
    assert text(module=pay, excluded_by="x", missing=missing_by_part(judged(pay))) == [
        "target     none: excluded by tool.covgate.exclude (x)",
        "missing",
        "     39.3 %    13 of 33  outside functions: lines 41-60",
        "     33.3 %     6 of 18  half(), line 15",
        "        lines 21-29",
        "        except/raise line 30",
        "        branches 15->20, 15->exit",
        "      0.0 %     0 of 10  never(), line 31: never called",
    ]
    unimported = module("a.py", 0, 60, functions=(function("never", 31, *range(31, 41)),))
    assert text(module=unimported, excluded_by="x", missing=missing_by_part(judged(unimported))) == [
        "target     none: excluded by tool.covgate.exclude (x)",
        "missing    all of it: the module was never imported",
    ]


def test_a_setting_that_another_one_overrides() -> None:
    shown = text(excluded_by="x", overridden=(("tool.covgate.module = 80", "default"),))
    assert shown[1] == "           overridden: tool.covgate.module = 80 (default)"


@pytest.mark.parametrize("width", [50, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    missing = tuple(range(2, 400, 2))
    wide = module(
        "a.py", statements=tuple(range(1, 401)), missing=missing, functions=(function("f", 1, *range(1, 301)),)
    )
    explanation = explanation_text(
        Explanation(
            module=wide,
            checks=(),
            overridden=(),
            excluded_by=None,
            components=(),
            change=changed(1, 3, *((line, line) for line in missing)),
            accepted=(),
            missing=missing_by_part(judged(wide)),
        ),
        width,
    )
    assert all(cells(line) <= width for line in explanation.splitlines())
    assert all(explanation.count(f" {line}") >= 2 for line in missing)


def test_a_component() -> None:
    cart, pay = judged(module("src/cart.py", 10, 10)), judged(module("src/pay.py", 2, 10))
    shown = component_text(
        ComponentExplanation(
            name="checkout",
            patterns=("cart", "pay.*"),
            check=Check(
                rule="component",
                subject="checkout",
                status="failed",
                covered=12,
                units=20,
                target=Decimal(90),
                to_reach=6,
                source="tool.covgate.components.checkout.target",
            ),
            members=(pay, cart),
            share=pay.share + cart.share,
            has_branches=False,
        ),
        width=120,
    )
    assert shown.splitlines() == [
        "component checkout",
        "covered    12 of 20 statements, 60.0 %",
        "target     90 %, from tool.covgate.components.checkout.target: FAILED, 6 more statements needed (ceil(90 % of 20) - 12)",
        "patterns   cart, pay.*",
        "modules    2",
        "     20.0 %     2 of 10  src/pay.py",
        "        lines 3-10",
        "    100.0 %    10 of 10  src/cart.py",
    ]
    off = ComponentExplanation(name="x", patterns=("a",), check=None, members=(), share=NO_UNITS, has_branches=False)
    assert "target     none: the check is switched off\n" in component_text(off)


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


def known(*tests: str) -> KnownTests:
    return KnownTests(Subject("a.py", lines=((3, 4),)), "tests" if tests else "import", "functions", tests)


WAYS = (
    "known from the functions that each test calls; a test may take another way",
    "           through a function, past these lines",
)


def test_a_line() -> None:
    shown = line_text("a.py", line(branch=branch(3, 3, 9, -1)), known("test_a", "test_b"))
    assert shown.splitlines() == [
        "a.py:3",
        "    if x:",
        "statement  3-4 in f(): ran",
        "branches   1 of 3 taken; never to 9, exit",
        "run by     test_a",
        "           test_b",
        *WAYS,
    ]
    excluded = line_text("a.py", line(excluded=True, statement=None), None)
    assert excluded.splitlines()[2:] == ["statement  none: excluded from coverage"]


def test_the_components_it_counts_in_have_their_share() -> None:
    checks = (
        Check(rule="component", subject="pay", status="failed", covered=5, units=10, target=Decimal(80)),
        Check(rule="component", subject="all", status="passed", covered=5, units=10, target=Decimal("45.50")),
    )
    assert text(excluded_by="x", components=checks)[1:] == [
        "component  pay: 50.0 %, target 80 %, FAILED",
        "component  all: 50.0 %, target 45.5 %, passed",
    ]


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ({"function": "f"}, "accepted   f(), 2 statements; hard to reach [tool.covgate.accept[0]]"),
        ({"place": ((3, 4), (9, 9))}, "accepted   lines 3-4, 9, 2 statements; hard to reach [tool.covgate.accept[0]]"),
        ({}, "accepted   the whole module, 2 statements; hard to reach [tool.covgate.accept[0]]"),
        (
            {"function": "f", "state": "gone", "problem": "there is no f()"},
            "accepted   f(), no longer: there is no f(); hard to reach [tool.covgate.accept[0]]",
        ),
    ],
)
def test_what_is_accepted_says_what_has_become_of_it(parts: dict[str, Any], line: str) -> None:
    common: dict[str, Any] = {"function": None, "place": (), "lines": (), "until": None, "owner": None, "units": 2}
    gap = AcceptedGap(
        path="a.py", module="a", reason="hard to reach", source="tool.covgate.accept[0]", **common | parts
    )
    assert " ".join(one.strip() for one in text(excluded_by="x", accepted=(gap,))[1:]) == line


@pytest.mark.parametrize(
    ("parts", "tests", "facts"),
    [
        ({"excluded": True}, None, ["statement  none: excluded from coverage"]),
        ({"statement": None}, None, ["statement  none: coverage.py counts nothing here (a comment, a docstring, an empty line)"]),
        ({}, known("test_a.py::test_x", "test_a.py::test_y"), ["statement  3-4 in f(): ran", "run by     test_a.py::test_x", "           test_a.py::test_y", " ".join(one.strip() for one in WAYS)]),
        ({}, None, ["statement  3-4 in f(): ran", f"run by     no map of tests in the data; {MAP_TESTS}"]),
        ({"ran": False, "function": None}, known(), ["statement  3-4: never ran"]),
        ({"ran": False, "accepted": True}, None, ["statement  3-4 in f(): never ran, accepted"]),
        ({"branch": branch(3, 3, 9, -1)}, known("t"), ["statement  3-4 in f(): ran", "branches   1 of 3 taken; never to 9, exit", "run by     t (only this test runs it)"]),
        ({"branch": branch(3, 2), "accepted": True}, known("t"), ["statement  3-4 in f(): ran", "branches   2 of 2 taken", "run by     t (only this test runs it)"]),
        ({"branch": branch(3, 2, 9), "accepted": True}, known("t"), ["statement  3-4 in f(): ran", "branches   1 of 2 taken; never to 9, accepted", "run by     t (only this test runs it)"]),
    ],
)  # fmt: skip
def test_what_is_known_of_a_line(parts: dict[str, Any], tests: KnownTests | None, facts: list[str]) -> None:
    shown = line_text("a.py", line(**parts), tests, width=200)
    assert shown.splitlines()[-len(facts) :] == facts

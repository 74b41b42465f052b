"""`covgate explain`, on the example shop."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conftest import Project


@pytest.fixture
def shop_example(example: Callable[[str], Project]) -> Project:
    project = example("shop")
    assert project.pytest("--covgate", "--cov-context=test").code == 0
    return project


def test_a_module(shop_example: Project) -> None:
    run = shop_example.covgate("explain", "shop.discounts", env={"COLUMNS": "80"})
    assert run.code == 0
    assert run.out.splitlines() == [
        "src/shop/discounts.py (shop.discounts)",
        "covered    11 of 29 statements and branches, 37.9 %",
        "target     80 %, from tool.covgate.module: FAILED, 13 more statements and",
        "           branches needed (ceil(80 % of 29) - 11)",
        "missing",
        "     60.0 %      3 of 5  percentage(), line 8: except/raise line 10",
        "     30.0 %     3 of 10  voucher(), line 14: lines 17-20",
        "      0.0 %      0 of 9  loyalty(), line 23: never called",
    ]
    out = shop_example.covgate("explain", "src/shop/payments.py").out
    assert 'target     95 %, from tool.covgate.targets."shop.payments": passed\n' in out
    assert "           overridden: tool.covgate.module = 80 (default)\n" in out
    assert "component  checkout: 100.0 %, target 90 %, passed\n" in out
    below = shop_example.covgate("explain", "shop/cart.py", "--root=..", cwd="src")
    assert below.out.startswith("src/shop/cart.py (shop.cart)\n")


def test_a_component(shop_example: Project) -> None:
    run = shop_example.covgate("explain", "checkout")
    assert run.code == 0
    assert run.out.splitlines()[:3] == [
        "component checkout",
        "covered    39 of 39 statements and branches, 100.0 %",
        "target     90 %, from tool.covgate.components.checkout.target: passed",
    ]
    assert "    100.0 %    25 of 25  src/shop/cart.py\n" in run.out
    assert "did you mean checkout?" in shop_example.covgate("explain", "check").err


def test_lines_are_explained_statement_by_statement(shop_example: Project) -> None:
    run = shop_example.covgate("explain", "src/shop/discounts.py:16-19")
    assert [line for line in run.out.splitlines() if line.startswith("src/")] == [
        f"src/shop/discounts.py:{line}" for line in (16, 17, 18, 19)
    ]


def test_a_line(shop_example: Project) -> None:
    never = shop_example.covgate("explain", "src/shop/discounts.py:18")
    assert never.out.splitlines()[2:] == ["statement  18 in voucher(): never ran"]
    source = (shop_example.root / "src/shop/payments.py").read_text().splitlines()
    number = next(number for number, text in enumerate(source, start=1) if text.lstrip().startswith("if "))
    ran = shop_example.covgate("explain", f"shop.payments:{number}").out
    assert "branches   2 of 2 taken\n" in ran
    assert "run by     tests/test_shop.py::test_" in ran
    empty = next(number for number, text in enumerate(source, start=1) if not text)
    none = shop_example.covgate("explain", f"shop.payments:{empty}").out
    assert "    (an empty line)\nstatement  none: coverage.py counts nothing here" in none


def test_without_a_map_of_tests_it_says_how_to_get_one(shop_example: Project) -> None:
    assert shop_example.pytest("--covgate", "--no-covgate-map").code == 0
    out = shop_example.covgate("explain", "shop.discounts:15").out
    assert "run by     no map of tests in the data; run pytest --covgate, or coverage run" in out


def test_source_edited_after_the_measurement_is_said(shop: Project) -> None:
    assert shop.pytest("--covgate").code == 0
    assert "edited after" not in shop.covgate("explain", "shop.cart").out
    shop.write({"shop/cart.py": "def add(a, b):\n    return b + a\n"})
    for subject in ("shop.cart", "shop/cart.py:2"):
        assert shop.covgate("explain", subject).out.startswith("note: edited after the measurement")


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("shop.cat",), 2, "there is no measured module 'shop.cat'  [unknown-module]\n  did you mean shop.cart"),
        (("zzz",), 2, "give the path or the import name"),
        (("shop.cart:999",), 2, "has no line 999"),
        (("shop.cart:0",), 2, "allowed: lines such as 12, 12-15"),
        ((), 2, "SUBJECT is missing"),
        (("--data", ".coverage", "shop.cart"), 2, "before --data"),
        (("shop.cart", "--root=nowhere"), 2, "no such folder"),
        (("shop.cart", "--data", "nowhere"), 3, "no coverage data at"),
    ],
)
def test_wrong_use(shop: Project, args: tuple[str, ...], code: int, message: str) -> None:
    shop.settings('[tool.covgate]\nsource = ["shop"]\n')
    assert shop.pytest("--covgate").code == 0
    run = shop.covgate("explain", *args)
    assert run.code == code
    assert message in run.out + run.err


def test_json_says_what_the_text_says(shop_example: Project) -> None:
    def explained(*args: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(shop_example.covgate("explain", *args, "--json").out)
        return document

    module = explained("shop.discounts")
    assert (module["path"], module["covered"], module["units"], module["percent"]) == (
        "src/shop/discounts.py", 11, 29, "37.9",
    )  # fmt: skip
    (check,) = module["checks"]
    assert (check["target"], check["status"], check["to_reach"]) == ("80", "failed", 13)
    assert [(part["function"], part["missing"], part["reasons"]) for part in module["missing"]] == [
        ("percentage", 2, ["except/raise line 10"]),
        ("voucher", 7, ["lines 17-20"]),
        ("loyalty", 9, ["never called"]),
    ]
    assert explained("shop.payments")["overridden"] == [{"source": "tool.covgate.module = 80", "reason": "default"}]
    component = explained("checkout")
    assert (component["percent"], component["check"]["target"]) == ("100.0", "90")
    assert sum(one["units"] for one in component["modules"]) == component["units"]
    lines = explained("src/shop/discounts.py:15-18")["lines"]
    assert [line["line"] for line in lines] == [15, 16, 17, 18]
    assert lines[0]["branches"] == {"total": 2, "missing": [17]}
    assert (lines[0]["ran"], lines[0]["tests"]["basis"]) == (True, "contexts")
    (shop_example.root / "src/shop/discounts.py").write_text("x = 1\n" * 30)
    run = shop_example.covgate("explain", "shop.discounts", "--json")
    assert json.loads(run.out)["path"] == "src/shop/discounts.py"
    assert "measure again" in run.err

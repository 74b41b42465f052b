"""What a coding agent reads: what there is to do, a line each, and the verdict."""

from __future__ import annotations

from typing import Any

from builders import function, module, snapshot, verdict
from conftest import Project
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary

CART = module("shop/cart.py", 2, 10, functions=(function("merge", 3, *range(4, 11)),))


def brief(settings: dict[str, Any], *modules: Any, **view: Any) -> str:
    return plain(terminal_summary(verdict(snapshot(*modules), settings), View(is_brief=True, **view)))


def test_each_gap_is_a_line() -> None:
    settings = {"module": 80, "advice": {"shop.cart": "Ask first."}}
    assert brief(settings, CART, module("shop/a.py", 3, 4)) == (
        "shop/cart.py: 20.0 of 80 %, 6 more statements needed: never called: merge(); line 3 (Ask first.)\n"
        "shop/a.py: 75.0 of 80 %, 1 more statement needed: line 4\n"
        "covgate next --json names the test to write, covgate explain PATH what is missing\n"
        "FAILED coverage gate: 2 of 2 modules are below target\n"
    )


def test_a_run_that_passes_is_one_line() -> None:
    assert brief({"module": 0}, CART) == "PASSED coverage gate: total 20.0 %; 1 module at or above target\n"


def test_what_fits_and_what_is_asked_for() -> None:
    many = [module(f"shop/m{number:02}.py", 0, 4) for number in range(12)]
    lines = brief({"module": 80}, *many).splitlines()
    assert lines[10] == "2 more modules: covgate report"
    assert len(lines) == 13
    assert "top gaps" in brief({"module": 80}, CART, verbosity=1)
    assert brief({"module": 80}, CART, verbosity=-2).count("\n") == 1
    assert brief({"targets": {"x": 1}}, CART).startswith("dead rule: ")


def test_a_run_that_an_agent_starts(shop: Project) -> None:
    shop.settings('[tool.covgate]\nsource = ["shop"]\nmodule = 80\n')
    run = shop.pytest("--covgate", env={"AI_AGENT": "some"})
    assert "top gaps" not in run.out
    assert (
        "\nshop/cart.py: 75.0 of 80 %, 1 more statement needed: " in run.out or "shop/cart.py: 50.0 of 80 %" in run.out
    )
    assert "covgate next --json" in run.out
    assert shop.covgate("check", env={"CLAUDECODE": "1"}).out in run.out
    assert "top gaps" in shop.covgate("check", env={"CLAUDECODE": "0"}).out

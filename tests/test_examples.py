"""The examples run, alone and distributed, and both doors agree on them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import Project


@pytest.mark.parametrize("dist", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_the_shop_warns_about_one_module(example: Callable[[str], Project], dist: tuple[str, ...]) -> None:
    shop = example("shop")
    run = shop.pytest("--covgate", "--covgate-report=json:door.json", *dist)
    assert run.code == 0
    assert run.verdict.endswith("1 of 5 modules is below target")
    report = shop.report("door.json")
    assert [gap["path"] for gap in report["gaps"]] == ["src/shop/discounts.py"]
    assert report["measured"]["branches"]
    assert shop.covgate("check", "--report=json:check.json").code == 0
    assert (shop.root / "check.json").read_text() == (shop.root / "door.json").read_text()


def test_the_flat_project_needs_no_configuration(example: Callable[[str], Project]) -> None:
    flat = example("flat")
    run = flat.pytest("--covgate")
    assert run.code == 0
    assert "never imported" in run.out
    assert "no target is set" in run.out

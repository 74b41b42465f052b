"""J10: a gate that is off says so in one line, however quiet the run is (issue F, 9)."""

from __future__ import annotations

import pytest

from conftest import Project

WAYS = {
    "variable": ((), {"COVGATE_MODE": "off"}, "", "COVGATE_MODE=off"),
    "setting": ((), {}, 'mode = "off"', "tool.covgate.mode=off"),
    "option": (("--covgate-mode=off",), {}, "", "--covgate-mode=off"),
    "--no-cov": (("--no-cov",), {}, "", "--no-cov"),
    "--no-covgate": (("--no-covgate",), {}, "", "--no-covgate"),
}


@pytest.mark.parametrize("quiet", [(), ("-q",), ("-qq",), ("--no-summary",), ("-n2", "-q"), ("--no-header", "-q")])
@pytest.mark.parametrize("way", WAYS)
def test_j10_off_is_one_line(shop: Project, way: str, quiet: tuple[str, ...]) -> None:
    options, environment, setting, source = WAYS[way]
    shop.settings(f"[tool.covgate]\ntotal = 100\n{setting}\n")
    run = shop.pytest("--covgate", *options, *quiet, env=environment)
    assert run.code == 0
    assert run.out.count(f"coverage gate: off ({source})") == 1
    assert run.out.count("coverage gate") == 1


def test_no_covgate_alone_says_nothing(shop: Project) -> None:
    """Nobody asked for a gate."""
    assert "coverage gate" not in shop.pytest("--no-covgate").out

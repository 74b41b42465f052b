"""Switching the gate on: what is measured, and what is refused before the first test."""

from __future__ import annotations

import pytest

from conftest import Project

GATED = '[tool.covgate]\nsource = ["shop"]\nmodule = 80\n'


@pytest.mark.parametrize(
    ("settings", "args", "measured"),
    [
        ('[tool.covgate]\nsource = ["shop"]\n', (), {"shop/__init__.py", "shop/cart.py", "shop/unused.py"}),
        ('[tool.covgate]\nsource = ["tests"]\n', ("--cov=shop.cart",), {"shop/cart.py"}),
        ('[tool.coverage.run]\nsource = ["tests"]\n', (), {"tests/test_shop.py"}),
        ('[tool.covgate]\nsource = ["shop"]\n[tool.coverage.run]\nsource = ["tests"]\n', (), {"shop/__init__.py", "shop/cart.py", "shop/unused.py"}),
        ('[tool.coverage.run]\nsource_pkgs = ["shop.cart"]\n', (), {"shop/cart.py"}),
        ("", ("--cov=shop.cart", "--cov=tests"), {"shop/cart.py", "tests/test_shop.py"}),
    ],
    ids=["settings", "option-wins", "coverage", "settings-before-coverage", "source_pkgs", "several"],
)  # fmt: skip
def test_s6_what_is_measured(shop: Project, settings: str, args: tuple[str, ...], measured: set[str]) -> None:
    shop.settings(settings)
    report = shop.json("--covgate-all", *args)
    assert report["measured"]["files"] == len(measured)
    assert {gap["path"] for gap in report["gaps"]} <= measured


def test_s6_nothing_to_measure_is_a_usage_error_with_the_line_to_add(project: Project) -> None:
    project.write({"test_a.py": "def test_a(): pass\n"})
    run = project.pytest("--covgate")
    assert run.code == 4
    assert 'source = ["my_package"]' in run.err
    assert "passed" not in run.out


def test_s1_errors_in_the_settings_end_the_run_before_the_first_test(shop: Project) -> None:
    shop.settings('[tool.covgate]\ntotal = "85"\nmodul = 3\n')
    run = shop.pytest("--covgate")
    assert run.code == 4
    assert "2 errors in [tool.covgate]" in run.err
    assert "did you mean module?" in run.err
    assert "collected" not in run.out


@pytest.mark.parametrize(
    "option", ["--collect-only", "--fixtures", "--version", "--help", "--setup-plan", "--markers", "--setup-only"]
)
def test_options_that_run_no_test_are_left_alone(shop: Project, option: str) -> None:
    shop.settings("[tool.covgate]\nmodule = 80\n[tool.pytest.ini_options]\naddopts = '--covgate'\n")
    run = shop.pytest(option)
    assert run.code == 0, run.out + run.err
    assert "coverage gate:" not in run.out
    assert not (shop.root / ".coverage").exists()


@pytest.mark.parametrize(
    ("args", "env", "remedy"),
    [
        (("-p", "no:cov"), {}, "drop that option, or --covgate"),
        (("-p", "no:pytest_cov"), {}, "drop that option, or --covgate"),
        (("-p", "covgate.plugin"), {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, "-p pytest_cov"),
    ],
)
def test_pytest_cov_missing_or_off_is_a_usage_error(
    shop: Project, args: tuple[str, ...], env: dict[str, str], remedy: str
) -> None:
    run = shop.pytest("--covgate", *args, env=env)
    assert run.code == 4
    assert remedy in run.err


def test_an_ide_debugger_switches_it_off_with_no_cov(shop: Project) -> None:
    """What PyCharm and VS Code add when they debug, with `--covgate` in addopts."""
    shop.settings(GATED + "[tool.pytest.ini_options]\naddopts = '--covgate'\n")
    run = shop.pytest("--no-cov")
    assert run.code == 0
    assert "coverage gate: off (--no-cov)" in run.out
    assert shop.pytest("--no-cov", "-p", "no:covgate", "-o", "addopts=").code == 0


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("xml:x", "known formats: "),
        ("json:", "write json, json:PATH"),
        ("json:tests", "is a folder"),
        ("json:pyproject.toml/x.json", "not a folder"),
    ],
)
def test_a_report_that_cannot_be_is_a_usage_error_before_the_tests(shop: Project, spec: str, message: str) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", f"--covgate-report={spec}")
    assert run.code == 4
    assert message in run.err
    assert "passed" not in run.out


def test_broken_coverage_settings_are_a_usage_error(shop: Project) -> None:
    shop.write({".coveragerc": "[run]\nbranch = maybe\n"})
    run = shop.pytest("--covgate")
    assert run.code == 4
    assert "coverage.py's settings cannot be used" in run.err

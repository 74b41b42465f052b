"""Findings about the settings, each with facts that show it and facts that come near."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from builders import snapshot
from covgate.config.settings import with_fail_under
from covgate.doctor.facts import (
    Requirement,
    SourceTree,
)
from covgate.model.rules import PytestSettings
from doctor_facts import (
    CART,
    HEALTHY,
    findings,
    only,
    severities_and_messages,
    with_settings,
)


@pytest.mark.parametrize(
    ("table", "severity", "words"),
    [
        ({"total": 0}, "serious", "tool.covgate.total is 0"),
        ({"module": 0}, "serious", "tool.covgate.module is 0"),
        ({"components": {"c": {"modules": ["shop.pay"], "target": 0}}}, "serious", "components.c.target is 0"),
        ({"changed": {"lines": 0}}, "serious", "changed.lines is 0"),
        ({"changed": {"new_module": 0}}, "serious", "changed.new_module is 0"),
        (
            {"targets": {"shop.pay": 0, "shop.cart": {"changed": 0}}},
            "advice",
            '2 targets of 0: "shop.pay", "shop.cart"',
        ),
        ({"mode": "off"}, "serious", "tool.covgate.mode is off"),
        ({"mode": "warn"}, "advice", "tool.covgate.mode is warn"),
        ({"targets": {"shop.crt": 9}}, "serious", '"shop.crt" matches no source file'),
        ({"components": {"c": {"modules": ["x.**"], "target": 9}}}, "serious", '"x.**" matches no source file'),
        ({"exclude": ["src/shop/_made.py"]}, "advice", '"src/shop/_made.py" matches no source file'),
    ],
)
def test_settings_with_a_finding(table: Mapping[str, object], severity: str, words: str) -> None:
    finding = only(with_settings(table))
    assert finding.severity == severity
    assert words in finding.message
    assert finding.where.startswith("pyproject.toml")


@pytest.mark.parametrize(
    "table",
    [
        {"total": False, "module": 80, "changed": {"lines": False}},
        {"targets": {"shop.pay": {"target": 0, "max_missing": 3}}},
        {"targets": {"shop.pay": {"target": 0, "branches": 50}}},
        {"targets": {"shop.pay": False}},
        {"exclude": ["src/**"]},
        {"mode": "fail"},
    ],
)
def test_settings_without_a_finding(table: Mapping[str, object]) -> None:
    assert with_settings(table) == ()


def test_patterns_are_compared_with_what_was_measured() -> None:
    table = {"targets": {"shop.cart": 1, "shop.pay": 1, "shop.gone": 1}}
    found = with_settings(table, snapshot=snapshot(CART))
    assert severities_and_messages(found) == [
        ("serious", '"shop.gone" matches no measured module, so the gate fails'),
        ("advice", '"shop.pay" matches no measured module, although src/shop/pay.py exists'),
    ]
    assert with_settings(table, tree=SourceTree()) == ()  # nothing to hold them against


def test_versions() -> None:
    old = Requirement(name="pytest", installed="7.0", required=">=8.2", is_met=False)
    missing = Requirement(name="pytest-cov", installed=None, required=">=6.3", is_met=False)
    found = findings(requirements=(old, missing, old._replace(is_met=True)))
    assert severities_and_messages(found) == [
        ("serious", "pytest 7.0 is installed, but covgate needs pytest>=8.2"),
        ("serious", "pytest-cov is not installed, but covgate needs pytest-cov>=6.3"),
    ]
    assert found[0].remedy == 'pip install "pytest>=8.2"'


def test_two_totals() -> None:
    twice = PytestSettings(file="pytest.ini", addopts=("--cov-fail-under=80",))
    own = {"total": 85}
    assert only(with_settings(own, pytest=twice)).severity == "advice"
    apart = twice._replace(addopts=("--cov-fail-under", "80"))
    assert "pytest-cov requires 80" in only(with_settings(own, pytest=apart)).message
    assert findings(pytest=twice) == ()
    other = HEALTHY.coverage._replace(fail_under=Decimal(80), file=".coveragerc")
    assert only(with_settings(own, coverage=other)).where == ".coveragerc"
    assert with_settings(own, coverage=other._replace(fail_under=Decimal(85))) == ()
    adopted = with_fail_under(HEALTHY.settings, Decimal(80))
    assert findings(settings=adopted, coverage=other, pytest=twice) == ()

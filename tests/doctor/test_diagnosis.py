"""One row a finding: the facts that show it, and those that come near and do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from builders import module, snapshot
from covgate.config.settings import parse_settings, with_fail_under
from covgate.doctor.diagnosis import diagnose
from covgate.doctor.facts import (
    CiFiles,
    Command,
    Loss,
    Measuring,
    ModeWord,
    Place,
    Processes,
    Sources,
    Surroundings,
    ToxEnvironment,
    Unread,
    Version,
)
from covgate.doctor.finding import Finding
from covgate.model.rules import PytestSettings

CART = module("src/shop/cart.py", 1, 2)
PAY = module("src/shop/pay.py", 1, 2)
HEALTHY = Surroundings(
    settings=parse_settings({"source": ["src/shop"]}),
    measuring=Measuring(branch=True),
    sources=Sources(modules=(CART, PAY), discovered=("src/shop",)),
)
HERE = Place(file="ci.yml", line=7)


def findings(**facts: Any) -> tuple[Finding, ...]:
    return diagnose(replace(HEALTHY, **facts)).findings


def with_settings(table: Mapping[str, object], **facts: Any) -> tuple[Finding, ...]:
    return findings(settings=parse_settings({"source": ["src/shop"], **table}), **facts)


def command(text: str, *losses: str, **parts: Any) -> Command:
    lost = tuple(Loss(by=by, place=HERE) for by in losses)
    return Command(words=tuple(text.split()), place=HERE, losses=parts.pop("lost", lost), **parts)


def in_ci(*commands: Command) -> CiFiles:
    return CiFiles(files=("ci.yml",), commands=commands)


def told(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.severity, finding.what) for finding in found]


def only(found: tuple[Finding, ...]) -> Finding:
    (finding,) = found
    return finding


def test_nothing_is_wrong() -> None:
    diagnosis = diagnose(HEALTHY)
    assert diagnosis.findings == ()
    assert diagnosis.looked_at == ("the settings", "2 source files")
    assert diagnosis.not_looked_at[0].startswith("what was measured")


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
        ({"targets": {"shop.crt": 9}}, "serious", '"shop.crt" matches no .py file'),
        ({"components": {"c": {"modules": ["x.**"], "target": 9}}}, "serious", '"x.**" matches no .py file'),
        ({"exclude": ["src/shop/_made.py"]}, "advice", '"src/shop/_made.py" matches no .py file'),
    ],
)
def test_settings(table: Mapping[str, object], severity: str, words: str) -> None:
    finding = only(with_settings(table))
    assert finding.severity == severity
    assert words in finding.what
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
def test_settings_that_ask_for_something(table: Mapping[str, object]) -> None:
    assert with_settings(table) == ()


def test_patterns_are_held_against_what_was_measured() -> None:
    table = {"targets": {"shop.cart": 1, "shop.pay": 1, "shop.gone": 1}}
    found = with_settings(table, snapshot=snapshot(CART))
    assert told(found) == [
        ("serious", '"shop.gone" matches no measured module: the gate fails on it'),
        ("advice", '"shop.pay" matches no measured module, though src/shop/pay.py is there'),
    ]
    assert with_settings(table, sources=Sources()) == ()  # nothing to hold them against


GATE = "python -m pytest -n 2 --covgate"
COVGATE_IN_ADDOPTS = PytestSettings(file="pytest.ini", addopts=("-q", "--covgate"))
TOX = (
    ToxEnvironment(name="", commands=(command("pytest"),)),
    ToxEnvironment(name="gate", commands=(command(GATE),)),
    ToxEnvironment(name="lint", commands=(command("ruff check"),)),
)


@pytest.mark.parametrize(
    ("text", "addopts", "is_gate"),
    [
        (GATE, (), True),
        ("make test ARGS=--covgate", (), True),
        ("covgate check --data d", (), True),
        ("uv run python -m covgate.cli check", (), True),
        ("covgate explain a", (), False),
        ("pytest --covgate-report=json:a", (), False),
        ("pytest --covgate --collect-only", (), False),
        ("echo pytest --covgate", (), False),
        ("ruff check", ("--covgate",), False),
        ("pytest", (), False),
        ("pytest tests", ("--covgate",), True),
        ("A=1 py.test", ("--covgate",), True),
        ("uv run --frozen pytest", ("--covgate",), True),
        (".venv/bin/python -X dev -m pytest", ("--covgate",), True),
        ("pip install pytest", ("--covgate",), False),
        ("uv pip install pytest", ("--covgate",), False),
        ("pytest", ("--covgate", "--no-cov"), False),
        ("tox", (), True),
        ("tox run -e gate,lint", (), True),
        ("python -m tox -e ${{ matrix.env }}", (), True),
        ("tox --env=lint", (), False),
        ("tox -e py312", (), False),
        ("tox -e py312-new", ("--covgate",), True),
        ("tox -e publish", ("--covgate",), False),
        ("tox run -f gate", (), True),
        ("tox run -f lint", ("--covgate",), False),
        ("pip install tox", (), False),
        ("", (), False),
    ],
)
def test_which_commands_run_the_gate(text: str, addopts: tuple[str, ...], is_gate: bool) -> None:
    settings = PytestSettings(file="pytest.ini", addopts=addopts)
    found = findings(ci=in_ci(command(text, "|| true")), pytest=settings, tox=TOX)
    assert bool(found) == is_gate
    assert all(finding.severity == "serious" for finding in found)


@pytest.mark.parametrize(
    ("text", "severity", "what"),
    [
        ("COVGATE_MODE=off pytest --covgate", "serious", "the gate's mode is set to off"),
        ("env COVGATE_MODE=warn pytest --covgate", "advice", "the gate's mode is set to warn"),
        ("pytest --covgate --no-covgate", "serious", "--covgate beside an option that switches it off"),
        ("pytest --covgate --no-cov", "serious", "--covgate beside an option that switches it off"),
        ("export COVGATE_MODE=off", "advice", "a script sets COVGATE_MODE to off"),
        ("echo COVGATE_MODE=off", "advice", "a script sets COVGATE_MODE to off"),
    ],
)
def test_a_gate_that_a_script_switches_off(text: str, severity: str, what: str) -> None:
    (found,) = findings(ci=in_ci(command(text)))
    assert found.severity == severity
    assert found.what.startswith(what)


def test_files_of_the_ci_above_the_project_are_said_not_to_be_read() -> None:
    said = diagnose(Surroundings(settings=parse_settings({}), ci_above=True)).not_looked_at
    assert said[-1] == "the CI's files at the repository's top, above this project"


def test_a_lost_outcome_says_where_and_how_to_mend_it() -> None:
    found = findings(ci=in_ci(command(GATE, "|| true"), command(f"{GATE} --twice --{'x' * 60}", "set +e")))
    assert found[0] == Finding(
        severity="serious",
        what="|| true: a failure of the gate is lost (python -m pytest -n 2 --covgate)",
        where="ci.yml:7",
        mend="take || true out",
    )
    assert found[1].what.endswith("...)")
    assert found[1].mend == "set -e before it, or exit with its $?"


@pytest.mark.parametrize("by", ["; true", "a pipe without pipefail"])
def test_an_outcome_that_may_be_lost_is_advice(by: str) -> None:
    lost = (Loss(by=by, place=HERE, is_certain=False),)
    assert only(findings(ci=in_ci(command(GATE, lost=lost)))).severity == "advice"


def test_one_place_is_told_once() -> None:
    by = "continue-on-error: true"
    assert len(findings(ci=in_ci(command(GATE, by), command(f"{GATE} --again", by)))) == 1


def test_the_mode_of_the_ci() -> None:
    off = command(GATE, mode=ModeWord(word="off", place=HERE))
    assert only(findings(ci=in_ci(off))).severity == "serious"
    assert only(findings(ci=in_ci(command(f"{GATE} --covgate-mode=warn")))).severity == "advice"
    assert only(findings(ci=in_ci(command("covgate check --mode off")))).severity == "serious"
    other = command("deploy --mode off", mode=ModeWord(word="off", place=HERE))
    assert findings(ci=in_ci(other, command(GATE, mode=ModeWord(word="${{ vars.MODE }}", place=HERE)))) == ()
    forced = in_ci(command(f"{GATE} --covgate-mode fail"))
    assert with_settings({"mode": "warn"}, ci=forced) == ()
    assert only(with_settings({"mode": "off"}, ci=forced)).severity == "advice"
    assert only(findings(pytest=PytestSettings(file="a", addopts=("--covgate-mode=off",)))).where == "a"
    assert only(findings(mode_variable="off")).severity == "serious"
    assert only(findings(mode_variable="warn")).severity == "advice"


def test_history() -> None:
    shallow = in_ci(command(GATE, shallow_checkout=HERE), command("deploy", shallow_checkout=HERE))
    assert only(findings(ci=shallow)).severity == "advice"
    assert only(with_settings({"changed": {"lines": 90}}, ci=shallow)).severity == "serious"
    assert with_settings({"changed": {"lines": False}}, ci=shallow) == ()
    assert findings(ci=in_ci(command(f"{GATE} --covgate-diff=x", shallow_checkout=HERE))) == ()
    assert only(findings(is_shallow=True)).severity == "advice"
    assert only(with_settings({"changed": {"base": "main"}}, is_shallow=True)).severity == "serious"


def test_what_is_measured() -> None:
    nothing = parse_settings({})
    found = only(findings(settings=nothing))
    assert (found.severity, found.mend) == ("advice", 'source = ["src/shop"]')
    many = Sources(discovered=tuple("abcdef"))
    assert only(findings(settings=nothing, sources=many)).mend == 'source = ["a", "b", "c", "d", "e", ...]'
    assert only(findings(settings=nothing, sources=Sources())).severity == "serious"
    assert findings(settings=nothing, sources=Sources(), snapshot=snapshot(CART)) == ()
    assert findings(settings=nothing, pytest=PytestSettings(addopts=("--cov=shop",))) == ()
    assert findings(settings=nothing, tox=(ToxEnvironment(name="", commands=(command("pytest --cov"),)),)) == ()
    assert findings(settings=nothing, measuring=Measuring(branch=True, source=("shop",))) == ()
    absent = only(findings(sources=replace(HEALTHY.sources, absent=("shpo",))))
    assert (absent.severity, absent.mend) == ("advice", "name what is to be measured: src/shop")


def test_branches() -> None:
    assert only(findings(measuring=Measuring())).severity == "advice"
    assert findings(measuring=Measuring(), snapshot=snapshot(CART, branches=True)) == ()
    assert findings(measuring=Measuring(), pytest=PytestSettings(addopts=("--cov-branch",))) == ()
    assert findings(measuring=Measuring(), ci=in_ci(command(f"{GATE} --cov-branch"))) == ()


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("src/shop/tests/helpers.py", True),
        ("src/shop/test_cart.py", True),
        ("src/shop/conftest.py", True),
        ("src/shop/testing.py", False),
        ("src/shop/latest_news.py", False),
    ],
)
def test_tests_as_source(path: str, is_test: bool) -> None:
    found = findings(snapshot=snapshot(CART, module(path, 6, 6)))
    assert told(found) == ([("advice", f"1 test file counted as source, 75.0 % of the total: {path}")] * is_test)
    assert bool(findings(sources=Sources(modules=(CART, module(path))))) == is_test


def test_tests_are_left_out_by_patterns() -> None:
    paths = ["a/tests/x.py", "a/tests/test_y.py", "a/conftest.py", "b/conftest.py", "a/test_z.py"]
    found = only(findings(sources=Sources(modules=(CART, *map(module, paths)))))
    assert found.mend == '[tool.coverage.run]\nomit = ["*/tests/*", "*/conftest.py", "a/test_z.py"]'
    many = only(findings(sources=Sources(modules=(CART, *(module(f"a/test_{n}.py") for n in range(6))))))
    assert many.mend.endswith('"a/test_4.py", ...]')


def test_tests_alone_are_no_product() -> None:
    tests = module("tests/test_cart.py", 2, 2)
    found = only(findings(snapshot=snapshot(tests), settings=parse_settings({"source": ["gone", "tests"]})))
    assert (found.severity, found.mend) == ("serious", 'source = ["src/shop"]')
    assert only(findings(sources=replace(HEALTHY.sources, modules=(tests,)))).severity == "serious"
    product = module("test_helpers.py", 2, 2)
    assert only(findings(snapshot=snapshot(product), sources=Sources())).severity == "advice"


def test_who_names_the_tests_folder_as_source_wants_it() -> None:
    data = snapshot(CART, module("tests/test_cart.py", 2, 2))
    assert findings(snapshot=data, settings=parse_settings({"source": ["src/shop", "tests"]})) == ()
    everything = PytestSettings(python_files=("*.py",))  # doctests are collected everywhere
    assert findings(snapshot=snapshot(CART), pytest=everything) == ()


def test_modules_that_exclusions_swallow() -> None:
    gone = [module(f"src/shop/m{number}.py", excluded=[1]) for number in range(5)]
    found = only(findings(snapshot=snapshot(CART, module("src/shop/__init__.py"), *gone)))
    assert found.severity == "advice"
    assert found.what.endswith("src/shop/m0.py, src/shop/m1.py, src/shop/m2.py and 2 more")


def test_processes() -> None:
    started = Processes(children=("tests/a.py",), workers=("src/b.py",))
    assert [finding.severity for finding in findings(processes=started)] == ["advice", "advice"]
    measuring = HEALTHY.measuring
    assert findings(processes=started, measuring=replace(measuring, patch=("subprocess",))) == ()
    assert len(findings(processes=started, measuring=replace(measuring, concurrency=("multiprocessing",)))) == 1
    assert findings(processes=replace(started, started_by_hand=True)) == ()
    old = Version(name="pytest-cov", installed="6.3.0", required=">=6.3", fits=True)
    assert findings(processes=started, versions=(old,)) == ()
    assert len(findings(processes=started, versions=(replace(old, installed="7.1.0"),))) == 2


def test_versions() -> None:
    old = Version(name="pytest", installed="7.0", required=">=8.2", fits=False)
    missing = Version(name="pytest-cov", installed=None, required=">=6.3", fits=False)
    found = findings(versions=(old, missing, replace(old, fits=True)))
    assert told(found) == [
        ("serious", "pytest 7.0 is installed; covgate needs >=8.2"),
        ("serious", "pytest-cov is not installed; covgate needs >=6.3"),
    ]
    assert found[0].mend == 'pip install "pytest>=8.2"'


def test_two_totals() -> None:
    twice = PytestSettings(file="pytest.ini", addopts=("--cov-fail-under=80",))
    own = {"total": 85}
    assert only(with_settings(own, pytest=twice)).severity == "advice"
    apart = replace(twice, addopts=("--cov-fail-under", "80"))
    assert "holds it to 80" in only(with_settings(own, pytest=apart)).what
    assert findings(pytest=twice) == ()
    other = replace(HEALTHY.measuring, fail_under=Decimal(80), file=".coveragerc")
    assert only(with_settings(own, measuring=other)).where == ".coveragerc"
    assert with_settings(own, measuring=replace(other, fail_under=Decimal(85))) == ()
    adopted = with_fail_under(HEALTHY.settings, Decimal(80))
    assert findings(settings=adopted, measuring=other, pytest=twice) == ()


def test_files_that_were_not_read() -> None:
    unread = Unread(place=HERE, reason="found undefined alias")
    assert only(findings(ci=CiFiles(unread=(unread,)))).where == "ci.yml:7"
    diagnosis = diagnose(replace(HEALTHY, ci=CiFiles(without_yaml=("a", "b", "c", "d"))))
    assert diagnosis.findings == ()
    assert diagnosis.not_looked_at[-1] == 'a, b, c and 1 more: pip install "pytest-covgate[doctor]"'


def test_what_was_looked_at() -> None:
    version = Version(name="pytest", installed="9", required="", fits=True)
    facts = replace(
        HEALTHY, snapshot=snapshot(CART), ci=in_ci(command(GATE)), tox=TOX, in_repository=True, versions=(version,)
    )
    assert diagnose(facts).looked_at == (
        "the settings",
        "the data of 1 module",
        "1 CI file",
        "tox",
        "git",
        "versions",
        "2 commands of the gate",
    )

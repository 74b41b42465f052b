"""Findings about the commands that run the gate, and no false alarms."""

from __future__ import annotations

import pytest

from covgate.config.settings import parse_settings
from covgate.doctor.facts import (
    CiFiles,
    Command,
    Facts,
    FilePosition,
    Finding,
    IgnoredExit,
    ModeSetting,
    ToxEnvironment,
    UnreadFile,
)
from covgate.doctor.gate_findings import partial_gates
from covgate.model.rules import PytestSettings
from doctor_facts import (
    GATE,
    HERE,
    TOX,
    command,
    findings,
    in_ci,
    only,
    with_settings,
)


@pytest.mark.parametrize(
    ("text", "severity", "what"),
    [
        ("COVGATE_MODE=off pytest --covgate", "serious", "the gate's mode is off"),
        ("env COVGATE_MODE=warn pytest --covgate", "advice", "the gate's mode is warn"),
        ("pytest --covgate --no-covgate", "serious", "--no-covgate switches the gate off"),
        ("pytest --covgate --no-cov", "serious", "--no-cov switches the gate off"),
        ("export COVGATE_MODE=off", "advice", "a script sets COVGATE_MODE to off"),
        ("echo COVGATE_MODE=off", "advice", "a script sets COVGATE_MODE to off"),
    ],
)
def test_a_gate_that_a_script_switches_off(text: str, severity: str, what: str) -> None:
    found = findings(ci=in_ci(command(text)))[0]
    assert found.severity == severity
    assert found.message.startswith(what)


def test_an_ignored_exit_has_its_place_and_remedy() -> None:
    found = findings(ci=in_ci(command(GATE, "|| true"), command(f"{GATE} --twice --{'x' * 60}", "set +e")))
    assert found[0] == Finding(
        severity="serious",
        message='"|| true" hides a failure of the gate (python -m pytest -n 2 --covgate)',
        where="ci.yml:7",
        remedy='remove "|| true"',
    )
    assert found[1].message.endswith("...)")
    assert found[1].remedy == 'write "set -e" before the gate, or end the script with the exit code of the gate'


@pytest.mark.parametrize("by", ["; true", "a pipe without pipefail"])
def test_an_exit_that_some_shells_ignore_is_advice(by: str) -> None:
    lost = (IgnoredExit(by=by, position=HERE, is_certain=False),)
    assert only(findings(ci=in_ci(command(GATE, lost=lost)))).severity == "advice"


def test_one_place_is_reported_once() -> None:
    by = "continue-on-error: true"
    assert len(findings(ci=in_ci(command(GATE, by), command(f"{GATE} --again", by)))) == 1


def test_the_mode_of_the_ci() -> None:
    off = command(GATE, mode=ModeSetting(value="off", position=HERE))
    assert only(findings(ci=in_ci(off))).severity == "serious"
    assert only(findings(ci=in_ci(command(f"{GATE} --covgate-mode=warn")))).severity == "advice"
    assert only(findings(ci=in_ci(command("covgate check --mode off")))).severity == "serious"
    other = command("deploy --mode off", mode=ModeSetting(value="off", position=HERE))
    assert findings(ci=in_ci(other, command(GATE, mode=ModeSetting(value="${{ vars.MODE }}", position=HERE)))) == ()
    forced = in_ci(command(f"{GATE} --covgate-mode fail"))
    assert with_settings({"mode": "warn"}, ci=forced) == ()
    assert only(with_settings({"mode": "off"}, ci=forced)).severity == "advice"
    assert only(findings(pytest=PytestSettings(file="a", addopts=("--covgate-mode=off",)))).where == "a"
    assert only(findings(mode_variable="off")).severity == "serious"
    assert only(findings(mode_variable="warn")).severity == "advice"


@pytest.mark.parametrize(
    ("ci", "is_found"),
    [
        (in_ci(command("pytest"), command("make test")), True),
        (in_ci(), True),
        (in_ci(command("tox -e lint")), True),
        (in_ci(command("pytest"), command(GATE)), False),
        (in_ci(command("tox -e gate")), False),
        ((in_ci(command("pytest")))._replace(unread=(UnreadFile(position=HERE, reason="it is not YAML"),)), False),
        (CiFiles(without_yaml=("ci.yml",)), False),
        (CiFiles(), False),
    ],
)
def test_ci_files_that_never_run_the_gate(ci: CiFiles, is_found: bool) -> None:
    found = [finding for finding in findings(ci=ci, tox=TOX) if finding.message.startswith("no CI file runs the gate")]
    assert [(finding.severity, finding.where) for finding in found] == [("advice", "ci.yml")] * is_found


TESTS = ("tests/api/test_web.py", "tests/unit/test_cart.py", "tests/unit/test_pay.py")


def run(text: str | tuple[str, ...], line: int = 1, file: str = "ci.yml", mode: str | None = None) -> Command:
    position = FilePosition(file=file, line=line)
    word = None if mode is None else ModeSetting(value=mode, position=position)
    return Command(words=tuple(text.split()) if isinstance(text, str) else text, position=position, mode=word)


def partial(*commands: Command, addopts: str = "", tox: tuple[Command, ...] = ()) -> list[Finding]:
    facts = Facts(
        settings=parse_settings({}),
        pytest=PytestSettings(file="pytest.ini", addopts=tuple(addopts.split())),
        tests=TESTS,
        ci=CiFiles(files=("ci.yml",), commands=commands),
        tox=(ToxEnvironment(name="gate", commands=tox),),
    )
    return list(partial_gates(facts))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("pytest --covgate tests/unit", "only tests/unit, not tests/api/test_web.py"),
        ("python -m pytest -n 2 tests/unit/ --covgate", "only tests/unit, not tests/api/test_web.py"),
        ("pytest ./tests/api tests/unit/test_pay.py --covgate", "not tests/unit/test_cart.py)"),
        ("pytest tests/api --covgate", "not tests/unit/test_cart.py and 1 more test file)"),
        ("pytest --covgate tests/unit/test_pay.py::test_it", "only tests/unit/test_pay.py::test_it"),
        ("pytest --covgate -m fast", "-m fast"),
        (("pytest", "--covgate", "-k", "not slow"), "-k 'not slow'"),
        ("pytest --covgate --deselect=tests/unit/test_pay.py", "--deselect tests/unit/test_pay.py"),
        ("pytest --covgate --ignore tests/api", "--ignore tests/api"),
        ("pytest --covgate --last-failed", "--lf"),
        ("pytest --covgate -m fast --junitxml=${OUT}", "-m fast"),
    ],
)
def test_a_part_of_the_tests(text: str | tuple[str, ...], part: str) -> None:
    for finding in (*partial(run(text, line=7)), *partial(tox=(run(text, line=7),))):
        assert finding.severity == "advice"
        assert finding.message.startswith("the gate runs only a part of the tests (")
        assert part in finding.message
        assert finding.where == "ci.yml:7"
        assert "covgate check" in finding.remedy
    assert len(partial(run(text))) == len(partial(tox=(run(text),))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "pytest --covgate",
        "pytest --covgate tests",
        "pytest --covgate .",
        "pytest --covgate tests/unit tests/api",
        "pytest tests/unit",  # no gate
        "pytest --covgate --cov-report html --junitxml tests/unit",  # a value, for all we know
        "pytest --covgate src",
        "pytest --covgate tests/${{ matrix.part }}",
        "pytest --covgate tests/unit {posargs}",
        "pytest --covgate -m $MARK",
        "pytest --covgate -x --maxfail=2",
        "make test ARGS=--covgate",
        "pytest --covgate --splits 4 --group 1 tests/unit",
        "pytest --covgate --num-shards=4 --shard-id=1 -m fast",
        "pytest --covgate --covgate-mode=measure tests/unit",
        "pytest --covgate --covgate-mode measure -m fast",
        "COVGATE_MODE=measure pytest --covgate tests/unit",
        "tox -e gate",
    ],
)
def test_a_run_of_all_tests_or_of_unknown_ones(text: str) -> None:
    assert partial(run(text), tox=(run("pytest --covgate"),)) == []
    assert partial(tox=(run(text),)) == []


def test_a_job_whose_variables_make_it_only_measure() -> None:
    assert partial(run("pytest --covgate tests/unit", mode="measure")) == []
    assert len(partial(run("pytest --covgate tests/unit", mode="fail"))) == 1


def test_a_selection_in_addopts_is_no_part() -> None:
    assert partial(run("pytest -m fast"), addopts="--covgate -m fast") == []
    assert len(partial(run("pytest -m slow"), addopts="--covgate -m fast")) == 1


def test_parts_that_are_judged_together() -> None:
    part = run("pytest --covgate tests/unit")
    assert partial(part, run("covgate check --data shards")) == []
    assert partial(part, tox=(run("python -m covgate check"),)) == []
    both = partial(part, run("covgate check --staged", line=9))
    assert [(finding.severity, finding.where) for finding in both] == [("serious", "ci.yml:9"), ("advice", "ci.yml:1")]


@pytest.mark.parametrize("text", ["pytest --covgate --covgate-staged", "covgate check --staged --change-only"])
def test_staged_options_in_a_ci_are_serious(text: str) -> None:
    (finding,) = partial(run(text))
    assert (finding.severity, finding.where) == ("serious", "ci.yml:1")
    assert "nothing is staged in a CI" in finding.message
    assert partial(tox=(run(text),)) == []  # a developer may run it


def test_a_part_that_never_fails_is_serious() -> None:
    (finding,) = partial(run("pytest --covgate --covgate-partial=advisory tests/unit"))
    assert (finding.severity, "lets it pass whatever it covers" in finding.message) == ("serious", True)
    (finding,) = partial(run("pytest --covgate --covgate-partial advisory"))
    assert (finding.severity, "remove it" in finding.remedy) == ("advice", True)
    (finding,) = partial(run("pytest --covgate -m fast"), addopts="--covgate-partial=advisory")
    assert finding.severity == "serious"


def test_appended_data() -> None:
    gate = run("pytest --covgate --cov-append tests/api", line=2)
    part, appended = partial(gate)
    assert "only tests/api" in part.message
    assert appended.message.startswith("with --cov-append, code that an earlier run covered")
    assert partial(run("pytest --cov tests/unit"), gate) == []  # the last of several, on the data of all
    assert len(partial(run("pytest --cov tests/unit", file="other.yml"), gate)) == 2

"""Issue F, 7: `covgate doctor` names a gate that sees a part of the tests, and raises no false alarm."""

from __future__ import annotations

import pytest

from covgate.config.settings import parse_settings
from covgate.doctor.facts import CiFiles, Command, ModeWord, Place, Surroundings, ToxEnvironment
from covgate.doctor.finding import Finding
from covgate.doctor.partial_gates import partial_gates
from covgate.model.rules import PytestSettings

TESTS = ("tests/api/test_web.py", "tests/unit/test_cart.py", "tests/unit/test_pay.py")


def command(text: str | tuple[str, ...], line: int = 1, file: str = "ci.yml", mode: str | None = None) -> Command:
    place = Place(file=file, line=line)
    word = None if mode is None else ModeWord(word=mode, place=place)
    return Command(words=tuple(text.split()) if isinstance(text, str) else text, place=place, mode=word)


def found(*commands: Command, addopts: str = "", tox: tuple[Command, ...] = ()) -> list[Finding]:
    facts = Surroundings(
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
        ("pytest ./tests/api tests/unit/test_pay.py --covgate", "not tests/unit/test_cart.py"),
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
    for finding in (*found(command(text, line=7)), *found(tox=(command(text, line=7),))):
        assert finding.severity == "advice"
        assert finding.what.startswith("the gate runs a part of the tests (")
        assert part in finding.what
        assert finding.where == "ci.yml:7"
        assert "covgate check" in finding.mend
    assert len(found(command(text))) == len(found(tox=(command(text),))) == 1


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
def test_no_part_that_anybody_knows_of(text: str) -> None:
    assert found(command(text), tox=(command("pytest --covgate"),)) == []
    assert found(tox=(command(text),)) == []


def test_a_job_that_only_measures_by_its_variables() -> None:
    assert found(command("pytest --covgate tests/unit", mode="measure")) == []
    assert len(found(command("pytest --covgate tests/unit", mode="fail"))) == 1


def test_what_addopts_select_is_the_whole() -> None:
    assert found(command("pytest -m fast"), addopts="--covgate -m fast") == []
    assert len(found(command("pytest -m slow"), addopts="--covgate -m fast")) == 1


def test_parts_that_are_judged_together() -> None:
    part = command("pytest --covgate tests/unit")
    assert found(part, command("covgate check --data shards")) == []
    assert found(part, tox=(command("python -m covgate check"),)) == []
    both = found(part, command("covgate check --staged", line=9))
    assert [(finding.severity, finding.where) for finding in both] == [("serious", "ci.yml:9"), ("advice", "ci.yml:1")]


@pytest.mark.parametrize("text", ["pytest --covgate --covgate-staged", "covgate check --staged --change-only"])
def test_what_is_staged_is_nothing_in_a_ci(text: str) -> None:
    (finding,) = found(command(text))
    assert (finding.severity, finding.where) == ("serious", "ci.yml:1")
    assert "nothing is staged in a CI" in finding.what
    assert found(tox=(command(text),)) == []  # a developer may run it


def test_a_part_that_never_fails_is_serious() -> None:
    (finding,) = found(command("pytest --covgate --covgate-partial=advisory tests/unit"))
    assert (finding.severity, "lets it pass whatever it covers" in finding.what) == ("serious", True)
    (finding,) = found(command("pytest --covgate --covgate-partial advisory"))
    assert (finding.severity, "take it out" in finding.mend) == ("advice", True)
    (finding,) = found(command("pytest --covgate -m fast"), addopts="--covgate-partial=advisory")
    assert finding.severity == "serious"


def test_data_of_earlier_runs() -> None:
    gate = command("pytest --covgate --cov-append tests/api", line=2)
    part, appended = found(gate)
    assert "only tests/api" in part.what
    assert appended.what.startswith("--cov-append: what earlier runs covered")
    assert found(command("pytest --cov tests/unit"), gate) == []  # the last of several, on the data of all
    assert len(found(command("pytest --cov tests/unit", file="other.yml"), gate)) == 2

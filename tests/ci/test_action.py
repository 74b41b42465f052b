"""action.yml: its shell, run with the variables that GitHub's runner would give it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ci_machine import Machine
from ci_shop import Origin, pull_request
from github_runner import Job, read_workflow

ACTION = read_workflow(Path(__file__).parents[2] / "action.yml")


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    origin = Origin(tmp_path / "origin")
    origin.propose_with_a_gap()
    return origin


@pytest.fixture
def measured(origin: Origin, tmp_path: Path) -> Callable[..., Job]:
    """The action in a job that has measured: a function of its inputs and of the job's variables."""

    def run(inputs: dict[str, str] | None = None, measure: bool = True, folder: str = ".", **env: str) -> Job:
        machine = Machine(tmp_path / "machine", origin.root, {**pull_request(origin), **env})
        defaults = {f"inputs.{name}": given.get("default", "") for name, given in ACTION["inputs"].items()}
        given = {f"inputs.{name}": text for name, text in (inputs or {}).items()}
        assert given.keys() <= defaults.keys()
        machine.clone(origin.merge, depth=0, all_branches=True)
        if folder != ".":
            target = machine.workspace / folder
            target.mkdir()
            for name in ("pyproject.toml", "src", "tests"):
                (machine.workspace / name).rename(target / name)
        if measure:
            assert machine.bash("pytest -q --cov --cov-report=", ("-e",), cwd=folder).code == 0
        job = Job(machine=machine, artifacts=tmp_path, contexts=defaults | given, ref=origin.merge)
        return job.run(ACTION["runs"]["steps"])

    return run


def outputs(job: Job) -> dict[str, str]:
    return {name: job.value(output["value"]) for name, output in ACTION["outputs"].items()}


def test_by_default_it_judges_the_data_that_are_there(measured: Callable[..., Job]) -> None:
    job = measured()
    assert [step.outcome for step in job.steps] == ["skipped", "failure"]
    assert outputs(job) == {"status": "failed", "exit-code": "1", "total": "87.5"}
    assert "::error file=src/shop/refund.py,line=3," in job.out
    assert job.summary.startswith("<!-- covgate: shop -->\n")
    assert job.machine.pip_calls() == []


def test_its_inputs_reach_the_command(measured: Callable[..., Job]) -> None:
    job = measured(
        {
            "version": "0.1.0",
            "python": f"{sys.executable} -B",
            "base": "HEAD^",
            "data": ".coverage*\r\n\n",
            "report": "markdown:reports/a name.md\njson",
            "working-directory": "python",
        },
        folder="python",
    )
    assert job.outcome == "success", job.out
    project = job.machine.workspace / "python"
    assert (project / "reports/a name.md").read_text().startswith("<!-- covgate: shop -->\n")
    assert json.loads((project / "covgate.json").read_text())["change"]["base_source"] == "HEAD^"
    assert job.machine.pip_calls() == ["install pytest-covgate==0.1.0"]
    assert "::error" not in job.out


def test_a_pass(measured: Callable[..., Job]) -> None:
    job = measured({"base": "HEAD^2"})  # the pull request's own branch: main has nothing to cover
    assert job.outcome == "success", job.out
    assert outputs(job) == {"status": "passed", "exit-code": "0", "total": "87.5"}


@pytest.mark.parametrize(
    ("inputs", "code", "message"),
    [
        ({"data": "nowhere"}, "3", "no coverage data at"),
        ({"data": "--mode=off"}, "3", "no coverage data at"),
        ({"report": "nonsense"}, "2", "unknown report format 'nonsense'"),
        ({"base": "--output=x"}, "2", "is not a ref"),
    ],
)
def test_no_verdict_is_no_pass(measured: Callable[..., Job], inputs: dict[str, str], code: str, message: str) -> None:
    job = measured(inputs, measure=False)
    assert job.outcome == "failure"
    assert outputs(job)["exit-code"] == code
    assert outputs(job)["status"] == "error"
    assert message in job.out


def test_in_an_emergency_a_variable_switches_it_off(measured: Callable[..., Job]) -> None:
    job = measured(measure=False, COVGATE_MODE="off")
    assert job.outcome == "success"
    assert "coverage gate: off (COVGATE_MODE=off)" in job.out
    assert job.value(ACTION["outputs"]["status"]["value"]) == "off"


def test_the_docs_name_every_input_and_output() -> None:
    docs = (Path(__file__).parents[2] / "docs/ci.md").read_text(encoding="utf-8")
    for name in (*ACTION["inputs"], *ACTION["outputs"]):
        assert f"| `{name}` |" in docs


@pytest.mark.parametrize("name", ["data", "base", "report", "python", "version"])
def test_an_input_is_never_a_command(measured: Callable[..., Job], name: str) -> None:
    job = measured({name: '$(touch ran)`touch ran`"; touch ran; "'}, measure=False)
    assert not (job.machine.workspace / "ran").exists()


def test_a_module_of_the_project_is_not_taken_for_one_of_pythons(measured: Callable[..., Job], origin: Origin) -> None:
    origin.propose({"json.py": "raise SystemExit(0)\n"})
    job = measured({"base": "HEAD"})
    assert outputs(job)["status"] == "passed"
    assert outputs(job)["total"] == "100.0"


def test_a_command_that_does_nothing_is_no_pass(measured: Callable[..., Job]) -> None:
    job = measured({"python": "true"}, measure=False)
    assert job.outcome == "failure"
    assert outputs(job) == {"status": "error", "exit-code": "3", "total": ""}

"""The workflows of examples/ci, run step by step on clones as GitHub makes them."""

from __future__ import annotations

import importlib.util
import itertools
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ci_machine import Machine
from ci_shop import NUMBER, Origin, pull_request, push_to_main
from conftest import Project, Run
from covgate.measurement.run_table import keep_record, read_map, read_record
from covgate.model.run_record import RunRecord
from github_runner import Job, read_workflow

CI = Path(__file__).parents[2] / "examples" / "ci"
WORKFLOWS = sorted(CI.glob("github*.yml"))
MARK = "<!-- covgate: shop -->\n"


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin(tmp_path / "origin")


@pytest.fixture
def job(origin: Origin, tmp_path: Path) -> Callable[..., Job]:
    """A job on a machine of its own: of the pull request, or of a push to main."""
    numbers = itertools.count()

    def made(*, push: bool = False, **contexts: str) -> Job:
        environment = push_to_main(origin) if push else pull_request(origin)
        return Job(
            machine=Machine(tmp_path / f"machine{next(numbers)}", origin.root, environment),
            artifacts=tmp_path / "artifacts",
            contexts={
                "github.event.pull_request.number": NUMBER,
                "github.event_name": "push" if push else "pull_request",
                **contexts,
            },
            ref="refs/heads/main" if push else origin.merge,
            branch="main" if push else None,
        )

    return made


def steps_of(name: str, job: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = read_workflow(CI / name)["jobs"][job]["steps"]
    return steps


def test_one_job_tells_of_a_gap_in_the_change(origin: Origin, job: Callable[..., Job]) -> None:
    origin.propose_with_a_gap()
    ran = job().run(steps_of("github.yml", "tests"))
    assert ran.outcome == "failure"
    assert "FAILED coverage gate: the change is below target" in ran.out
    assert re.search(r"compared with (origin/)?main \(", ran.out)
    assert re.search("^::error file=src/shop/refund.py,line=3,", ran.out, re.MULTILINE)
    assert ran.summary.startswith(MARK)
    assert (ran.artifacts / "covgate/covgate.md").read_text() == ran.summary
    assert ran.machine.pip_calls() == ["install -e . pytest-covgate"]


def test_one_job_passes(origin: Origin, job: Callable[..., Job]) -> None:
    origin.propose_without_gap()
    ran = job().run(steps_of("github.yml", "tests"))
    assert ran.outcome == "success", ran.out
    assert re.search(r"change 100\.0 % \(target \d+\), compared with (origin/)?main \(", ran.out)


def test_a_push_to_main_is_held_to_its_last_commit(job: Callable[..., Job]) -> None:
    ran = job(push=True).run(steps_of("github.yml", "tests"))
    assert ran.outcome == "success", ran.out
    assert "change: nothing to cover, compared with" in ran.out


def test_without_its_history_the_job_fails_and_names_the_line_to_add(origin: Origin, job: Callable[..., Job]) -> None:
    origin.propose_without_gap()
    steps = steps_of("github.yml", "tests")
    del steps[0]["with"]["fetch-depth"]
    ran = job().run(steps)
    assert ran.outcome == "failure"
    assert "fetch-depth: 0" in ran.out


@pytest.mark.skipif(importlib.util.find_spec("pytest_split") is None, reason="pytest-split is in the group ci")
def test_shards_are_judged_as_one_run(origin: Origin, job: Callable[..., Job]) -> None:
    origin.propose_with_a_gap()
    workflow = read_workflow(CI / "github-shards.yml")["jobs"]
    matrix = workflow["shard"]["strategy"]["matrix"]
    assert matrix["shard"] == ["1", "2"]
    machines = [(python, shard) for python in matrix["python"] for shard in matrix["shard"]]
    for python, shard in machines:
        contexts = {"matrix.python": python, "matrix.shard": shard}
        ran = job(**contexts).run(workflow["shard"]["steps"], workflow["shard"]["env"])
        assert ran.outcome == "success", ran.out
        assert "not judged (--covgate-mode=measure)" in ran.out
    files = {path.name: path for path in ran.artifacts.rglob(".coverage*")}
    assert sorted(files) == [f".coverage.py{python}-{shard}" for python, shard in machines]
    for python, shard in machines:  # here all ran on one Python
        file = files[f".coverage.py{python}-{shard}"]
        record, known = read_record(file), read_map(file)
        assert isinstance(record, RunRecord)
        keep_record(record._replace(environment=f"Linux, Python {python}"), file, known)
    judged = job(**{"needs.shard.result": "success"}).run(workflow["coverage"]["steps"])
    assert judged.outcome == "failure"
    assert "FAILED coverage gate: the change is below target" in judged.out
    assert re.search("^::error file=src/shop/refund.py,line=3,", judged.out, re.MULTILINE)
    assert judged.machine.pip_calls() == ["install pytest-covgate"]
    whole = job().run(steps_of("github-pr.yml", "tests"))
    assert judged.summary == whole.summary


def test_a_shard_that_failed_fails_the_job_that_is_required(origin: Origin, job: Callable[..., Job]) -> None:
    origin.propose_with_a_gap()
    judging = read_workflow(CI / "github-shards.yml")["jobs"]["coverage"]
    assert (judging["needs"], judging["if"]) == ("shard", "${{ !cancelled() }}")  # not skipped: that would pass
    ran = job(**{"needs.shard.result": "failure"}).run(judging["steps"])
    assert [step.outcome for step in ran.steps][:3] == ["failure", "skipped", "skipped"]
    assert "a shard failed, so not all was measured" in ran.out


def test_the_pull_requests_run_leaves_its_report_and_number(origin: Origin, job: Callable[..., Job]) -> None:
    origin.propose_with_a_gap()
    ran = job().run(steps_of("github-pr.yml", "tests"))
    assert ran.outcome == "failure"
    left = ran.artifacts / "covgate-comment"
    assert (left / "number").read_text() == f"{NUMBER}\n"
    assert (left / "covgate.md").read_text().startswith(MARK)


def test_h5_a_push_to_main_shares_its_record_and_a_pull_request_reads_it(
    origin: Origin, job: Callable[..., Job], tmp_path: Path
) -> None:
    first = job(push=True).run(steps_of("github.yml", "tests"))
    assert first.outcome == "success", first.out
    assert "origin has no records yet" in first.out
    assert [path.name for path in (first.artifacts / "covgate-record").iterdir()] == ["covgate-record.json"]
    shared = job(push=True).run(steps_of("github.yml", "history"))
    assert shared.outcome == "success", shared.out
    assert "1 record pushed to refs/notes/covgate of origin" in shared.out
    assert shared.machine.pip_calls() == ["install pytest-covgate"]
    tree = origin.commit_of("main^{tree}")
    assert origin.repository.git("notes", "--ref=refs/notes/covgate", "list").decode().split()[1::2] == [tree]
    origin.propose_without_gap()
    another_workflow = job()
    another_workflow.artifacts = tmp_path / "of-the-pull-request"
    proposed = another_workflow.run(steps_of("github.yml", "tests"))
    assert proposed.outcome == "success", proposed.out
    assert "1 new record from refs/notes/covgate of origin" in proposed.out
    assert [step.outcome for step in proposed.steps][-2:] == ["skipped", "skipped"]
    assert [path.name for path in (proposed.artifacts / "covgate").iterdir()] == ["covgate.md"]


def test_a_pull_that_fails_stops_no_test(origin: Origin, job: Callable[..., Job]) -> None:
    origin.propose_without_gap()
    origin.repository.git("update-ref", "refs/notes/covgate", "main^{tree}")  # no commit: damaged
    ran = job().run(steps_of("github.yml", "tests"))
    assert ran.outcome == "success", ran.out
    assert [step.outcome for step in ran.steps if step.outcome.endswith(", ignored")] == ["failure, ignored"]


def test_what_may_write_runs_no_foreign_code() -> None:
    for path in WORKFLOWS:
        workflow = read_workflow(path)
        text = path.read_text(encoding="utf-8")
        assert "write" not in workflow["permissions"].values()
        jobs = workflow["jobs"].items()
        writers = {
            name: right for name, job in jobs for right in job.get("permissions", {}).items() if "write" in right
        }
        if path.name == "github-comment.yml":
            assert [right for right, _ in writers.values()] == ["pull-requests"]
            assert "actions/checkout" not in text
            assert workflow["on"]["workflow_run"]["workflows"] == [read_workflow(CI / "github-pr.yml")["name"]]
            continue
        assert "secrets." not in text
        assert "github.token" not in text
        is_for_main = path.name in ("github.yml", "github-shards.yml")
        assert writers == ({"history": ("contents", "write")} if is_for_main else {})
        if is_for_main:
            history = workflow["jobs"]["history"]
            assert history["if"] == "${{ github.event_name == 'push' }}"  # never for a pull request
            assert [step["run"] for step in history["steps"] if "run" in step] == [
                "pip install pytest-covgate",
                "covgate history import covgate-record.json",
                "covgate history push",
            ]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.stem))
def test_no_expression_stands_in_a_script_and_actions_have_a_major_version(path: Path) -> None:
    for job in read_workflow(path)["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            assert re.fullmatch(r"actions/[a-z-]+@v[0-9]+", step.get("uses", "actions/checkout@v4"))


@pytest.mark.parametrize("path", [*WORKFLOWS, CI / "gitlab.yml"], ids=lambda path: str(path.stem))
def test_the_doctor_finds_nothing_serious_in_them(path: Path, shop: Project) -> None:
    shop.settings('[tool.covgate]\nsource = ["shop"]\nmodule = 30\nchanged.lines = 80\n')
    if path.stem == "gitlab":
        shutil.copy(path, shop.root / ".gitlab-ci.yml")
    else:
        (shop.root / ".github/workflows").mkdir(parents=True)
        shutil.copy(path, shop.root / ".github/workflows")
    run: Run = shop.covgate("doctor")
    assert run.code == 0, run.out

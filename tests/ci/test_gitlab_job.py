"""gitlab.yml: its script run in a clone as GitLab's runner makes it, and what GitLab reads afterwards."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from ci_machine import Machine, Ran
from ci_shop import Origin
from github_runner import read_workflow

FILE: dict[str, Any] = read_workflow(Path(__file__).parents[2] / "examples/ci/gitlab.yml")
JOB: dict[str, Any] = FILE["tests"]


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin(tmp_path / "origin")


@pytest.fixture
def machine(origin: Origin, tmp_path: Path) -> Machine:
    """A job of a merge request: its pipeline runs on the branch's own commit."""
    environment = {
        "GITLAB_CI": "true",
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feature",
        "CI_DEFAULT_BRANCH": "main",
        "CI_PROJECT_URL": "https://gitlab.example/octo/shop",
        "CI_COMMIT_SHA": origin.commit_of("HEAD"),
    }
    return Machine(tmp_path / "machine", origin.root, environment)


def run(machine: Machine, depth: int) -> Ran:
    """With a depth GitLab fetches the one ref of the pipeline; with 0 all branches, and their history."""
    machine.clone("refs/heads/feature", depth=depth, all_branches=not depth)
    return machine.bash("\n".join(JOB["script"]), ("-eo", "pipefail"), JOB["variables"])


def coverage(log: str) -> str | None:
    """As GitLab reads it: the last line that matches, and the first number of what matched."""
    pattern = JOB["coverage"]
    assert pattern[0] == pattern[-1] == "/"
    for line in reversed(log.splitlines()):
        found = re.findall(pattern[1:-1], line)
        if found:
            number = re.search(r"\d+(\.\d+)?", found[-1])
            return number and number[0]
    return None


def test_a_gap_reaches_the_merge_request(origin: Origin, machine: Machine) -> None:
    origin.propose_with_a_gap()
    ran = run(machine, int(JOB["variables"]["GIT_DEPTH"]))
    assert ran.code == 1
    assert "FAILED coverage gate: the change is below target" in ran.out
    assert re.search(r"compared with (origin/)?main \(", ran.out)
    assert coverage(ran.out) == "87.5"
    assert machine.pip_calls() == ["install -e . pytest-covgate"]
    reports = JOB["artifacts"]["reports"]
    assert JOB["artifacts"]["when"] == "always"
    quality = json.loads((machine.workspace / reports["codequality"]).read_text())
    assert any(issue["location"]["path"] == "src/shop/refund.py" for issue in quality)
    assert reports["junit"] == ["pytest-junit.xml", "covgate-junit.xml"]
    for name in reports["junit"]:
        assert list(ElementTree.parse(machine.workspace / name).iter("testcase"))


def test_the_coverage_of_a_run_that_passes(origin: Origin, machine: Machine) -> None:
    origin.propose_without_gap()
    ran = run(machine, 0)
    assert ran.code == 0, ran.out
    assert coverage(ran.out) == "100.0"


def test_a_shallow_clone_is_an_error_that_names_the_variable(origin: Origin, machine: Machine) -> None:
    origin.propose_without_gap()
    ran = run(machine, 1)
    assert ran.code == 1
    assert "GIT_DEPTH: 0" in ran.out


def test_h5_the_default_branch_shares_its_record_with_a_token(origin: Origin, machine: Machine, tmp_path: Path) -> None:
    server = {"CI_COMMIT_BRANCH": "main", "CI_PROJECT_PATH": "octo/shop", "CI_SERVER_HOST": "gitlab.example"}
    machine.clone("refs/heads/main", depth=0, all_branches=True, branch="main")
    measured = machine.bash("\n".join(JOB["script"]), ("-eo", "pipefail"), server)
    assert measured.code == 0, measured.out
    assert JOB["artifacts"]["paths"] == ["covgate-record.json"]
    job = FILE["history"]
    assert job["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    sharing = Machine(tmp_path / "sharing", origin.root, dict(server))
    sharing.clone("refs/heads/main", depth=20, all_branches=False)
    record = machine.workspace / "covgate-record.json"
    (sharing.workspace / record.name).write_text(record.read_text())
    token = {"COVGATE_TOKEN": "glpat-secret"}
    redirect = {  # what the token opens is the repository here
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{origin.root.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://covgate:glpat-secret@gitlab.example/octo/shop.git",
    }
    shared = sharing.bash("\n".join(job["script"]), ("-eo", "pipefail"), {**token, **redirect})
    assert shared.code == 0, shared.out
    assert "1 record pushed to refs/notes/covgate of covgate" in shared.out
    assert "secret" not in shared.out
    assert sharing.bash("\n".join(job["after_script"]), ("-eo", "pipefail")).code == 0
    assert "secret" not in (sharing.workspace / ".git/config").read_text()
    tree = origin.commit_of("main^{tree}")
    assert origin.repository.git("notes", "--ref=refs/notes/covgate", "list").decode().split()[1::2] == [tree]


def test_a_merge_request_shares_nothing_and_reads_what_is_shared(origin: Origin, machine: Machine) -> None:
    origin.propose_without_gap()
    ran = run(machine, 0)
    assert "origin has no records yet" in ran.out
    assert not (machine.workspace / "covgate-record.json").exists()


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("TOTAL      20      3    85%", None),
        ("total      76.0 %  target 75 %  passed", "76.0"),
        ("2026-11-21T10:00:00Z 00O total      76.0 %  target 75 %  FAILED  5 more statements needed", "76.0"),
        ("\x1b[32mPASSED coverage gate: total 97.2 % (target 95); 17 modules at or above target\x1b[0m", "97.2"),
        ("total      -     target 75 %  passed", None),
    ],
)
def test_which_lines_tell_the_coverage(line: str, number: str | None) -> None:
    assert coverage(f"{line}\nPASSED\n") == number

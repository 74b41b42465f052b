"""github-comment.yml with the real report, and with artifacts as somebody malicious would make them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ci_machine import Machine
from github_runner import Job, read_workflow

WORKFLOW = read_workflow(Path(__file__).parents[2] / "examples/ci/github-comment.yml")
pytestmark = pytest.mark.skipif(shutil.which("jq") is None, reason="stands in for gh's own jq")

SHA = "5" * 40
REPORT = "<!-- covgate: shop -->\n\n### Coverage gate: FAILED\n"
BOT, SOMEBODY = "github-actions[bot]", "somebody"


def comment(number: int, login: str, body: str | None, issue: int = 7) -> dict[str, Any]:
    return {"id": number, "issue": issue, "user": {"login": login}, "body": body}


@dataclass
class PullRequest:
    """Number 7 of octo/shop, from a fork; what GitHub knows of it, and the artifact of its run."""

    folder: Path
    comments: list[dict[str, Any]]
    head: tuple[str, str] = (SHA, "somebody/shop")
    runs: int = 0

    @property
    def artifact(self) -> Path:
        return self.folder / "artifacts/covgate-comment"

    def leave(self, number: str = "7\n", report: str | None = REPORT) -> None:
        self.artifact.mkdir(parents=True, exist_ok=True)
        (self.artifact / "number").write_text(number)
        if report is not None:
            (self.artifact / "covgate.md").write_text(report)

    def run(self) -> Job:
        self.runs += 1
        machine = Machine(self.folder / f"machine{self.runs}", self.folder, {"GITHUB_ACTIONS": "true"})
        state = machine.folder / "gh.json"
        sha, repository = self.head
        pulls = {"7": {"head": {"sha": sha, "repo": {"full_name": repository} if repository else None}}}
        state.write_text(json.dumps({"pulls": pulls, "comments": self.comments, "calls": []}))
        contexts = {
            "runner.temp": str(machine.temp),
            "github.token": "token",
            "github.repository": "octo/shop",
            "github.event.workflow_run.id": "1",
            "github.event.workflow_run.head_sha": SHA,
            "github.event.workflow_run.head_repository.full_name": "somebody/shop",
        }
        job = Job(machine=machine, artifacts=self.folder / "artifacts", contexts=contexts, ref="none")
        job.run(WORKFLOW["jobs"]["comment"]["steps"])
        after = json.loads(state.read_text())
        self.comments = after["comments"]
        self.calls = after["calls"]
        return job

    @property
    def written(self) -> list[Any]:
        return [call for call in self.calls if call[0] != "GET"]


@pytest.fixture
def pull(tmp_path: Path) -> PullRequest:
    return PullRequest(tmp_path, [])


def test_the_comment_is_made_once_and_then_brought_up_to_date(pull: PullRequest) -> None:
    pull.leave()
    assert pull.run().outcome == "success"
    assert [(c["user"]["login"], c["body"]) for c in pull.comments] == [(BOT, REPORT)]
    pull.leave(report=REPORT.replace("FAILED", "PASSED"))
    assert pull.run().outcome == "success"
    assert [c["body"] for c in pull.comments] == [REPORT.replace("FAILED", "PASSED")]
    assert pull.written == [["PATCH", "update", 100]]


def test_only_our_own_comment_of_the_same_project_is_changed(pull: PullRequest) -> None:
    others = [
        comment(1, SOMEBODY, REPORT),
        comment(2, BOT, REPORT.replace("shop", "other")),
        comment(3, BOT, None),
        comment(4, BOT, ""),
        comment(5, BOT, f"see\n{REPORT}"),
        comment(6, BOT, REPORT, issue=8),
    ]
    pull.comments = [*others, comment(9, BOT, REPORT.replace("\n", "\r\n"))]
    pull.leave(report=f"{REPORT}new\n")
    assert pull.run().outcome == "success"
    assert pull.written == [["PATCH", "update", 9]]  # on a page of its own
    assert pull.comments[:-1] == others


def test_a_run_that_left_no_report_is_no_failure(pull: PullRequest) -> None:
    job = pull.run()
    assert [step.outcome for step in job.steps] == ["failure, ignored", "skipped"]
    pull.leave(report=None)
    job = pull.run()
    assert job.outcome == "success"
    assert "nothing to comment" in job.out
    assert pull.calls == []


@pytest.mark.parametrize(
    "number", ["", "0", "-1", "7; id", "7/../8", "7 8", "7\n8\n", "\u0667", "12345678901", "$(id)", "7?x=1"]
)
def test_what_is_no_number_is_refused_before_anything_is_asked(pull: PullRequest, number: str) -> None:
    pull.leave(number=number)
    job = pull.run()
    assert job.outcome == "failure"
    assert "the artifact names no pull request" in job.out
    assert pull.calls == []


@pytest.mark.parametrize(
    "head", [("6" * 40, "somebody/shop"), (SHA, "victim/shop"), (SHA, "")], ids=["moved on", "another's", "fork gone"]
)
def test_another_pull_request_gets_no_comment(pull: PullRequest, head: tuple[str, str]) -> None:
    pull.head = head
    pull.leave()
    job = pull.run()
    assert job.outcome == "success"
    assert "is not at the commit that was tested" in job.out
    assert pull.written == []


def test_a_pull_request_that_is_not_there_fails(pull: PullRequest) -> None:
    pull.leave(number="8")
    assert pull.run().outcome == "failure"
    assert pull.written == []


@pytest.mark.parametrize(
    "report",
    [
        "",
        "hello\n",
        "<!-- other: shop -->\n",
        "<!-- covgate:  --> <b>\n",
        "<!-- covgate: a --> <!-- covgate: b -->\n",
        "\n" + REPORT,
        "<!-- covgate: $(id)\n-->\n",
    ],
)
def test_what_is_no_report_is_no_comment(pull: PullRequest, report: str) -> None:
    pull.leave(report=report)
    job = pull.run()
    assert job.outcome == "failure"
    assert "covgate.md is no report of covgate" in job.out
    assert pull.written == []


def test_a_report_is_data_whatever_it_says(pull: PullRequest) -> None:
    mark = """<!-- covgate: "$(touch ran)" ` touch ran `'; touch ran;' \\" or true -->"""
    report = f"{mark}\n@{pull.folder}/secret ::error::no\n"
    pull.comments = [comment(1, BOT, REPORT)]
    pull.leave(report=report)
    job = pull.run()
    assert job.outcome == "success", job.out
    assert pull.comments[-1]["body"] == report
    assert pull.written == [["POST", "create", 7]]
    assert "::error::" not in job.out
    assert not list(pull.folder.rglob("ran"))


def test_a_link_in_the_artifact_is_not_followed(pull: PullRequest) -> None:
    secret = pull.folder / "secret"
    secret.write_text(f"{REPORT}secret")
    pull.leave(report=None)
    (pull.artifact / "covgate.md").symlink_to(secret)
    assert "nothing to comment" in pull.run().out
    assert pull.calls == []

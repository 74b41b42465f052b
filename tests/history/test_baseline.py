"""H6: which record a run is compared with, in real repositories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from covgate.errors import UsageError
from covgate.git.change import read_change
from covgate.git.request import ChangeRequest
from covgate.git.revision import read_revision
from covgate.history.baseline import BaselineRequest, find_baseline
from covgate.history.store import FILE, Store
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.comparison import Baseline, BaselineMissing
from covgate.model.record_json import to_line
from records import ENVIRONMENT, record, recorded
from repositories import Repository

BODY = "def f():\n    return 1\n"


class History:
    """A repository on the branch `feature`, one commit after `main`, and its records."""

    def __init__(self, root: Path) -> None:
        self.repository = Repository(root)
        self.store = Store(root / FILE)
        self.repository.write({".gitignore": ".covgate/\n", "app/a.py": BODY})
        self.repository.commit(message="first")
        self.repository.commit({"app/b.py": BODY}, message="second")
        self.repository.git("checkout", "-q", "-b", "feature")
        self.repository.commit({"app/a.py": BODY + "\n\ndef g():\n    return 2\n"})

    def keep(self, ref: str, **parts: object) -> str:
        """Leave a record of this revision; return its run."""
        git, branch = self.repository.git, self.repository.git("branch", "--show-current").decode().strip()
        git("checkout", "-q", "--detach", ref)
        revision = read_revision(self.repository.root, self.repository.environment)
        git("checkout", "-q", branch)
        given = {"run": f"run of {ref}", "revision": revision, **parts}
        self.store.add([record(recorded("app/a.py", (1, 2), (2,)), **given)])
        return str(given["run"])

    def find(self, named: str | None = None, diff: Path | None = None) -> Baseline | BaselineMissing:
        root, environment = self.repository.root, self.repository.environment
        asked = ChangeRequest(environment=environment, diff=diff)
        request = BaselineRequest(root, environment, self.store, ENVIRONMENT, named)
        return find_baseline(request, read_change(asked, root))


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "repo")


def found(baseline: Baseline | BaselineMissing) -> tuple[str, str, int]:
    assert isinstance(baseline, Baseline), baseline
    return baseline.record.run, baseline.source, baseline.distance


def test_h6_it_is_the_record_of_the_merge_base(history: History) -> None:
    for ref in ("main~1", "main", "feature"):
        history.keep(ref)
    baseline = history.find()
    assert found(baseline) == ("run of main", "main", 0)
    assert isinstance(baseline, Baseline)
    assert baseline.files is not None
    assert [(file.path, file.status) for file in baseline.files] == [("app/a.py", "modified")]


def test_h6_else_that_of_its_nearest_ancestor_with_what_changed_since_then(history: History) -> None:
    history.keep("main~1")
    baseline = history.find()
    assert found(baseline) == ("run of main~1", "main", 1)
    assert isinstance(baseline, Baseline)
    assert baseline.files is not None
    assert [(file.path, file.status) for file in baseline.files] == [("app/a.py", "modified"), ("app/b.py", "added")]


def test_h6_never_a_descendant_or_another_branch(history: History) -> None:
    history.keep("feature")
    missing = history.find()
    assert missing == BaselineMissing(
        "no run of main or its ancestors is recorded",
        "run pytest --covgate or covgate check --complete there, or covgate history pull",
    )


@pytest.mark.parametrize("parts", [{"is_complete": False}, {"tests_passed": False}])
def test_h6_never_a_partial_run_or_one_with_failed_tests(history: History, parts: dict[str, bool]) -> None:
    history.keep("main", **parts)
    history.keep("main~1")
    assert found(history.find())[0] == "run of main~1"


def test_h6_never_one_of_an_edited_work_tree(history: History) -> None:
    history.repository.git("checkout", "-q", "main")
    history.repository.write({"app/a.py": BODY + "x = 1\n"})
    edited = read_revision(history.repository.root, history.repository.environment)
    assert not edited.is_clean
    history.store.add([record(revision=edited)])
    history.repository.git("checkout", "-q", "app/a.py")
    history.repository.git("checkout", "-q", "feature")
    assert isinstance(history.find(), BaselineMissing)


def test_h2_one_of_another_environment_is_not_comparable_and_an_older_one_is_taken(history: History) -> None:
    history.keep("main", environment=ENVIRONMENT._replace(systems=("Linux, Python 3.11",)))
    missing = history.find()
    assert isinstance(missing, BaselineMissing)
    assert missing.reason == "no record is comparable: one ran on Linux, Python 3.11, the other on Linux, Python 3.12"
    history.keep("main~1")
    assert found(history.find())[0] == "run of main~1"


def test_h3_a_squashed_commit_is_found_by_its_tree(history: History) -> None:
    history.keep("feature")
    git = history.repository.git
    git("checkout", "-q", "main")
    git("merge", "-q", "--squash", "feature")
    history.repository.commit(message="squashed")
    git("checkout", "-q", "-b", "next")
    history.repository.commit({"app/c.py": BODY})
    assert found(history.find()) == ("run of feature", "main", 0)


def test_h9_it_comes_with_the_records_of_its_environment_up_to_it_which_tell_what_is_flaky(history: History) -> None:
    """Those of the change itself do not count: it could excuse what it loses."""
    history.keep("main~1")
    history.keep("main", run="other", environment=ENVIRONMENT._replace(systems=()))
    history.keep("main")
    history.keep("feature")
    baseline = history.find()
    assert isinstance(baseline, Baseline)
    assert {record.run for record in baseline.records} == {"run of main~1", "run of main"}


def test_h6_of_two_records_the_later_one_counts(history: History) -> None:
    history.keep("main")
    history.keep("main", run="later")
    assert found(history.find())[0] == "later"


def test_h6_a_revision_that_is_named(history: History) -> None:
    history.keep("main")
    history.keep("main~1")
    assert found(history.find("HEAD~2")) == ("run of main~1", "HEAD~2", 0)


def test_h6_a_file_that_is_named(history: History, tmp_path: Path) -> None:
    history.keep("main")
    path = tmp_path / "record.json"
    path.write_text(to_line(history.store.all()[0]) + "\n")
    baseline = history.find(str(path))
    assert found(baseline) == ("run of main", "record.json", 0)
    assert isinstance(baseline, Baseline)
    assert baseline.files is not None


def test_h6_a_report_of_coverage_json(history: History, tmp_path: Path) -> None:
    path = tmp_path / "coverage.json"
    files = {"app/a.py": {"executed_lines": [1], "missing_lines": [2], "summary": {"num_statements": 2}}}
    meta = {"timestamp": "2026-11-21T08:30:00", "branch_coverage": False}
    path.write_text(json.dumps({"meta": meta, "files": files}))
    baseline = history.find(str(path))
    assert isinstance(baseline, Baseline)
    assert (baseline.record.share.covered, baseline.record.share.units, baseline.files) == (1, 2, None)


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("nowhere", "no baseline: nowhere is neither a revision of this clone nor a file"),
        ("--all", "no baseline: --all is neither"),
        ("HEAD", "no baseline HEAD: no run of HEAD"),
    ],
)
def test_a_name_that_cannot_be_used_is_wrong_use(history: History, named: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        history.find(named)
    assert error.value.remedy


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 99}', '{"totals": 3}', "\xff"])
def test_a_file_of_another_tool_is_wrong_use(history: History, tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(UsageError) as error:
        history.find(str(path))
    assert "covgate history show --json" in error.value.remedy


def test_a_file_of_another_environment_is_wrong_use(history: History, tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_text(to_line(record(environment=ENVIRONMENT._replace(branches=True))))
    with pytest.raises(UsageError, match="is not comparable: one was measured with branches"):
        history.find(str(path))


def test_a_change_that_is_not_known_has_no_baseline(history: History) -> None:
    root = history.repository.root
    request = BaselineRequest(root, history.repository.environment, history.store, ENVIRONMENT)
    history.keep("main")
    unknown = ChangeUnavailable("a shallow clone", "fetch it", error="shallow-clone")
    assert find_baseline(request, unknown) == BaselineMissing("a shallow clone", "fetch it", error="shallow-clone")
    of_a_diff = find_baseline(request, Change(base=None, base_source="x.diff", files=()))
    assert isinstance(of_a_diff, BaselineMissing)
    assert of_a_diff.reason == "the change comes from a diff file"

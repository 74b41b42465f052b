"""C1, C3 and C4: what the change is compared with, and what is said where it is not there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from changes import EDITED, asked, change, files, read
from covgate.errors import UsageError
from covgate.git.change import read_change
from covgate.git.request import ChangeRequest
from covgate.model.change import ChangeUnavailable
from repositories import Repository


def test_c2_the_change_starts_at_the_merge_base(repository: Repository) -> None:
    base = repository.git("rev-parse", "HEAD").decode().strip()
    repository.commit({"app/a.py": EDITED})
    repository.git("checkout", "-q", "main")
    repository.commit({"app/b.py": "elsewhere = 1\n"})
    repository.git("checkout", "-q", "feature")
    found = change(repository)
    assert (found.base, [file.path for file in found.files]) == (base, ["app/a.py"])


def test_c2_criss_cross_merges_hide_nothing_of_the_branch(repository: Repository) -> None:
    """Both have merged the other's first commit: two merge-bases. The branch's later commits are the change."""
    repository.commit({"app/a.py": EDITED})
    repository.git("branch", "-q", "first")
    repository.git("checkout", "-q", "main")
    repository.commit({"app/b.py": EDITED})
    repository.git("branch", "-q", "other")
    repository.git("merge", "-q", "first", "-m", "one")
    repository.git("checkout", "-q", "feature")
    repository.git("merge", "-q", "other", "-m", "two")
    repository.commit({"app/c.py": "new = 1\n"})
    assert len(repository.git("merge-base", "--all", "main", "feature").split()) == 2
    found = change(repository)
    assert found.base in repository.git("merge-base", "--all", "main", "feature").decode().split()
    assert "app/c.py" in {file.path for file in found.files}


def test_c2_a_base_that_is_no_ancestor_and_a_detached_head(repository: Repository) -> None:
    start = repository.git("rev-parse", "main").decode().strip()
    repository.commit({"app/a.py": EDITED})
    repository.git("checkout", "-q", "main")
    tip = repository.commit({"app/b.py": EDITED})
    repository.git("checkout", "-q", "--detach", "feature")
    assert change(repository, base=tip).base == start
    assert set(files(repository, base=tip)) == {"app/a.py"}


@pytest.mark.parametrize("ci", ["", "true"])
def test_c4_a_named_base_of_another_history_is_an_error(repository: Repository, ci: str) -> None:
    repository.git("checkout", "-q", "--orphan", "pages")
    repository.commit({"index.html": "x\n"})
    repository.git("checkout", "-q", "-f", "feature")
    found = read(repository, setting="pages", environment={"CI": ci})
    assert isinstance(found, ChangeUnavailable)
    assert found.is_error
    assert "no common commit" in found.reason
    with pytest.raises(UsageError, match="no common commit"):
        asked(repository.root, base="pages", environment=repository.environment)


@pytest.mark.parametrize("ci", ["", "true"])
@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("maim", "did you mean main?"),
        ("origin/mian", "did you mean origin/main?"),
        ("v1.O", "did you mean v1.0?"),
        ("nothing like it", "check its spelling"),
    ],
)
def test_c4_a_misspelt_base_is_an_error_in_ci_and_outside(
    repository: Repository, ci: str, name: str, remedy: str
) -> None:
    """Issue F, 6: `--covgate-base=maim` passed on a developer's machine."""
    repository.git("update-ref", "refs/remotes/origin/main", "main")
    repository.git("tag", "v1.0")
    found = read(repository, setting=name, environment={"CI": ci})
    assert isinstance(found, ChangeUnavailable)
    assert found.is_error
    assert found.is_asked_for
    assert found.reason == f"no base: {name} is not in this clone (tool.covgate.changed.base)"
    assert remedy in found.remedy
    with pytest.raises(UsageError) as error:
        asked(repository.root, base=name, environment={**repository.environment, "CI": ci})
    assert error.value.message == f"no base: {name} is not in this clone (--covgate-base)"
    assert remedy in error.value.remedy


@pytest.mark.parametrize(
    ("option", "setting", "environment", "source"),
    [
        ("other", "main", {}, "other"),
        (None, "other", {"GITHUB_BASE_REF": "main"}, "other (tool.covgate.changed.base)"),
        (None, None, {"GITHUB_BASE_REF": "other"}, "other (GITHUB_BASE_REF)"),
        (None, None, {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "other"}, "other (CI_MERGE_REQUEST_TARGET_BRANCH_NAME)"),
        (
            None,
            None,
            {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/other"},
            "other (SYSTEM_PULLREQUEST_TARGETBRANCH)",
        ),
        (None, None, {"BITBUCKET_PR_DESTINATION_BRANCH": "other"}, "other (BITBUCKET_PR_DESTINATION_BRANCH)"),
        (None, None, {"CHANGE_TARGET": "other"}, "other (CHANGE_TARGET)"),
        (None, None, {"BUILDKITE_PULL_REQUEST_BASE_BRANCH": "other"}, "other (BUILDKITE_PULL_REQUEST_BASE_BRANCH)"),
        (None, None, {"GITHUB_BASE_REF": ""}, "main"),
        (None, None, {}, "main"),
    ],
)
def test_c1_the_first_base_that_exists(
    repository: Repository, option: str | None, setting: str | None, environment: dict[str, str], source: str
) -> None:
    repository.git("branch", "other")
    repository.commit({"app/a.py": EDITED})
    assert change(repository, base=option, setting=setting, environment=environment).base_source == source


def test_c1_the_remote_comes_before_local_branches(repository: Repository, tmp_path: Path) -> None:
    repository.git("checkout", "-q", "main")
    clone = tmp_path / "clone"
    repository.git("clone", "-q", str(repository.root), str(clone))
    cloned = Repository.__new__(Repository)
    cloned.root, cloned.environment = clone, repository.environment
    cloned.git("checkout", "-q", "-b", "feature")
    cloned.commit({"app/a.py": EDITED})
    cloned.git("update-ref", "refs/remotes/origin/next", "origin/main")
    cloned.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/next")
    assert change(cloned).base_source == "origin/next"
    cloned.git("remote", "set-head", "origin", "--delete")
    assert change(cloned).base_source == "origin/main"
    assert change(cloned, environment={"GITHUB_BASE_REF": "main"}).base_source == "origin/main (GITHUB_BASE_REF)"


def test_c3_a_merge_is_compared_with_its_first_parent(repository: Repository) -> None:
    repository.commit({"app/a.py": EDITED})
    repository.commit({"app/b.py": EDITED})
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "feature", "-m", "merge")
    assert set(files(repository)) == {"app/a.py", "app/b.py"}


def test_c3_the_first_commit_has_nothing_to_compare_with(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    found = read(repository)
    assert isinstance(found, ChangeUnavailable)
    assert "it is the first commit" in found.reason


@pytest.mark.parametrize(("asked", "ci", "is_error"), [(True, "true", True), (True, "", False), (False, "true", False)])
def test_c4_no_base_is_an_error_only_where_it_is_asked_for_in_ci(
    repository: Repository, asked: bool, ci: str, is_error: bool
) -> None:
    repository.git("branch", "-D", "main")
    found = read(repository, is_asked_for=asked, environment={"CI": ci})
    assert isinstance(found, ChangeUnavailable)
    assert found.is_error is is_error
    assert "no base: origin/HEAD or origin/main" in found.reason
    assert "fetch-depth: 0" in found.remedy


def test_c4_an_unknown_ref_is_not_replaced_by_the_next(repository: Repository) -> None:
    for request in ({"base": "nowhere"}, {"setting": "nowhere"}, {"environment": {"GITHUB_BASE_REF": "nowhere"}}):
        found = read(repository, **request)
        assert isinstance(found, ChangeUnavailable)
        assert "nowhere" in found.reason


@pytest.mark.parametrize("depth", ["1", "2"])
def test_c4_a_shallow_clone_says_so(repository: Repository, tmp_path: Path, depth: str) -> None:
    repository.commit({"app/a.py": EDITED})
    repository.git("checkout", "-q", "main")
    repository.commit({"app/b.py": EDITED})
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth", depth, "--branch", "feature", f"file://{repository.root}", str(clone))
    cloned = Repository.__new__(Repository)
    cloned.root, cloned.environment = clone, repository.environment
    cloned.git("fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main")
    found = read(cloned, environment={"CI": "1"}, is_asked_for=True)
    assert isinstance(found, ChangeUnavailable)
    assert found.is_error
    assert "fetch-depth: 0" in found.remedy
    assert "shallow" in found.reason


def test_c4_a_shallow_push_build_is_skipped(repository: Repository, tmp_path: Path) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit({"app/a.py": EDITED})
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.root}", str(clone))
    cloned = Repository.__new__(Repository)
    cloned.root, cloned.environment = clone, repository.environment
    found = read(cloned)
    assert isinstance(found, ChangeUnavailable)
    assert "a shallow clone ends there" in found.reason


def test_c4_outside_any_repository(tmp_path: Path) -> None:
    found = read_change(ChangeRequest(environment={**os.environ, "CI": "1"}, is_asked_for=True), tmp_path)
    assert isinstance(found, ChangeUnavailable)
    assert not found.is_error
    assert "in no git repository" in found.reason


def test_c4_without_git(tmp_path: Path) -> None:
    found = read_change(ChangeRequest(environment={"PATH": str(tmp_path)}, is_asked_for=True), tmp_path)
    assert isinstance(found, ChangeUnavailable)
    assert found.reason == "git is not installed"


def test_c4_a_repository_without_a_commit(tmp_path: Path) -> None:
    made = Repository(tmp_path / "new")
    found = read(made)
    assert isinstance(found, ChangeUnavailable)
    assert "no commit yet" in found.reason
    made.write({"a.py": "x = 1\n"})
    made.git("add", "a.py")
    assert set(files(made, staged=True)) == {"a.py"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_c4_a_repository_of_another_user_names_the_remedy(repository: Repository) -> None:
    subprocess.run(["chown", "-R", "1234:1234", str(repository.root)], check=True)
    found = read(repository)
    assert isinstance(found, ChangeUnavailable)
    assert "belongs to another user" in found.reason
    assert "safe.directory" in found.remedy
    allowed = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    repository.write({"app/a.py": EDITED})
    assert set(files(repository, environment=allowed)) == {"app/a.py"}


def test_c4_the_first_commit_is_skipped_even_where_the_change_is_asked_for(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    found = read(repository, is_asked_for=True, environment={"CI": "1"})
    assert isinstance(found, ChangeUnavailable)
    assert not found.is_error


@pytest.mark.parametrize("in_ci", [True, False])
def test_c4_without_a_repository_a_base_of_the_settings_is_missed_in_a_ci_only(tmp_path: Path, in_ci: bool) -> None:
    """A release is tested without a repository; a job whose container lacks it must not be green for ever."""
    request = ChangeRequest(setting="main", is_asked_for=True, environment={"CI": "1"} if in_ci else {})
    found = read_change(request, tmp_path)
    assert isinstance(found, ChangeUnavailable)
    assert (found.is_error, found.is_asked_for) == (in_ci, True)


def test_c4_without_a_repository_a_base_of_an_option_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="in no git repository") as error:
        asked(tmp_path, base="main")
    assert error.value.remedy == "run it in a clone, or leave out --covgate-base"

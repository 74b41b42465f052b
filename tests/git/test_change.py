"""C1 to C5 and the git traps, against real repositories with hostile user settings."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from covgate.errors import UsageError
from covgate.git.change import ChangeRequest, change_request, read_change
from covgate.model.change import WHOLE_FILE, Change, ChangedFile, ChangeUnavailable
from covgate.model.settings import Settings
from repositories import Repository

BODY = "".join(f"x{number} = {number}\n" for number in range(1, 11))
EDITED = BODY.replace("x5 = 5\n", "x5 = 55\nx55 = 5\n")
PLAIN_DIFF = ("-c", "diff.noprefix=false", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """On the branch `feature`, one commit after `main`, with nothing changed yet."""
    made = Repository(tmp_path / "repo")
    made.commit({"app/a.py": BODY, "app/b.py": BODY, "readme.md": "hello\n"})
    made.git("checkout", "-q", "-b", "feature")
    return made


def read(made: Repository, root: str = ".", **request: Any) -> Change | ChangeUnavailable:
    environment = {**made.environment, **request.pop("environment", {})}
    return read_change(ChangeRequest(environment=environment, **request), made.root / root)


def change(made: Repository, root: str = ".", **request: Any) -> Change:
    found = read(made, root, **request)
    assert isinstance(found, Change), found
    return found


def files(made: Repository, root: str = ".", **request: Any) -> dict[str, ChangedFile]:
    return {file.path: file for file in change(made, root, **request).files}


def test_c2_committed_staged_unstaged_and_untracked_are_one_change(repository: Repository) -> None:
    repository.commit({"app/a.py": EDITED})
    repository.write({"app/b.py": BODY + "staged = 1\n"})
    repository.git("add", "app/b.py")
    repository.write(
        {"app/b.py": BODY + "staged = 1\nunstaged = 1\n", "app/new.py": "x = 1  # pragma: no cover\ny = 2"}
    )
    found = files(repository)
    assert {path: (file.status, file.lines) for path, file in found.items()} == {
        "app/a.py": ("modified", ((5, 6),)),
        "app/b.py": ("modified", ((11, 12),)),
        "app/new.py": ("untracked", ((1, 2),)),
    }


def test_c2_ignored_files_are_no_part_of_the_change(repository: Repository) -> None:
    repository.write({".gitignore": "made.py\n", "app/made.py": "x = 1\n", "app/a.py": EDITED})
    assert set(files(repository)) == {"app/a.py"}


def test_c2_the_change_starts_at_the_merge_base(repository: Repository) -> None:
    base = repository.git("rev-parse", "HEAD").decode().strip()
    repository.commit({"app/a.py": EDITED})
    repository.git("checkout", "-q", "main")
    repository.commit({"app/b.py": "elsewhere = 1\n"})
    repository.git("checkout", "-q", "feature")
    found = change(repository)
    assert (found.base, [file.path for file in found.files]) == (base, ["app/a.py"])


def test_c2_main_merged_into_the_branch_is_no_part_of_the_change(repository: Repository) -> None:
    repository.commit({"app/a.py": EDITED})
    repository.git("checkout", "-q", "main")
    repository.commit({"app/b.py": "elsewhere = 1\n"})
    repository.git("checkout", "-q", "feature")
    repository.git("merge", "-q", "main", "-m", "merge")
    assert set(files(repository)) == {"app/a.py"}


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


def test_c4_without_a_repository_a_named_base_is_skipped(tmp_path: Path) -> None:
    assert asked(tmp_path, base="main").base == "main"
    found = read_change(ChangeRequest(environment={"PATH": os.environ["PATH"]}, base="main"), tmp_path)
    assert isinstance(found, ChangeUnavailable)
    assert not found.is_error


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


def test_c3_on_the_base_with_a_clean_tree_the_change_is_the_last_commit(repository: Repository) -> None:
    """A push to main must not compare itself with itself."""
    repository.git("checkout", "-q", "main")
    parent = repository.git("rev-parse", "HEAD").decode().strip()
    repository.commit({"app/a.py": EDITED})
    repository.write({"coverage.xml": "left over by the run\n"})
    found = change(repository)
    assert found.base == parent
    assert found.base_source == "the previous commit"
    assert [file.path for file in found.files] == ["app/a.py"]


def test_c3_a_merge_is_compared_with_its_first_parent(repository: Repository) -> None:
    repository.commit({"app/a.py": EDITED})
    repository.commit({"app/b.py": EDITED})
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "feature", "-m", "merge")
    assert set(files(repository)) == {"app/a.py", "app/b.py"}


def test_c3_a_checkout_behind_main_is_no_empty_change(repository: Repository) -> None:
    """CI builds an older push while main has moved on."""
    repository.git("checkout", "-q", "main")
    repository.commit({"app/a.py": EDITED})
    repository.commit({"app/b.py": EDITED})
    repository.git("checkout", "-q", "--detach", "HEAD~1")
    assert set(files(repository)) == {"app/a.py"}


def test_c3_work_under_way_on_main_is_the_change(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    repository.write({"app/a.py": EDITED})
    assert change(repository).base_source == "main"


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


def test_c5_hooks_variables_and_the_working_folder_do_not_matter(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"app/a.py": EDITED})
    hook = {
        "GIT_DIR": str(tmp_path / "nowhere"),
        "GIT_WORK_TREE": "/",
        "GIT_INDEX_FILE": str(tmp_path / "no-index"),
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_DIFF_OPTS": "-u9",
        "GIT_PREFIX": "app/",
    }
    monkeypatch.chdir(tmp_path)
    assert files(repository, environment=hook) == files(repository)
    assert files(repository, root="app", environment=hook).keys() == {"a.py"}


def test_c5_a_project_below_the_repositorys_top_has_a_change_of_its_own(repository: Repository) -> None:
    """Issue F, 13: the README's first look counted files that are not the shop's."""
    repository.commit({"services/pay/pay/a.py": "x = 1\n", "other/b.py": "x = 1\n", "services/pay2/c.py": "x = 1\n"})
    repository.write({"services/pay/new.py": "x = 1\n", "other/new.py": "x = 1\n", "readme.md": "more\n"})
    found = files(repository, root="services/pay")
    assert {path: file.status for path, file in found.items()} == {"pay/a.py": "added", "new.py": "untracked"}
    diff = repository.root.parent / "all.diff"
    diff.write_bytes(repository.git(*PLAIN_DIFF, "main", "--"))
    assert set(files(repository, root="services/pay", diff=diff)) == {"pay/a.py"}
    repository.git("add", "services/pay/new.py", "other/new.py")
    assert set(files(repository, root="services/pay", staged=True)) == {"new.py"}


@pytest.mark.parametrize("source", ["git", "a diff"])
def test_13_a_file_moved_into_the_project_is_new_to_it_and_one_moved_out_is_gone(
    repository: Repository, source: str
) -> None:
    """No target of the project has held the file before; else code could come in untested by way of another folder."""
    repository.git("checkout", "-q", "main")
    repository.commit({"app/project/out.py": "".join(f"out{number} = 1\n" for number in range(9))})
    repository.git("checkout", "-q", "-B", "feature")
    repository.git("mv", "app/a.py", "app/project/came.py")
    repository.git("mv", "app/project/out.py", "app/went.py")
    repository.commit()
    diff = repository.root.parent / "moved.diff"
    diff.write_bytes(repository.git(*PLAIN_DIFF, "-M", "main"))
    assert b"rename to app/project/came.py" in diff.read_bytes()
    found = files(repository, root="app/project", **({"diff": diff} if source == "a diff" else {}))
    assert found["came.py"].status == "added"
    assert found["came.py"].old_path is None
    assert found["came.py"].lines == (WHOLE_FILE if source == "a diff" else ((1, 10),))
    assert {path: file.status for path, file in found.items()} == {"came.py": "added", "out.py": "deleted"}


def test_c5_worktrees(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "-q", "-b", "second", str(tmp_path / "tree"))
    second = Repository.__new__(Repository)
    second.root, second.environment = tmp_path / "tree", repository.environment
    second.commit({"app/a.py": EDITED})
    assert set(files(second)) == {"app/a.py"}


def test_renames_deletions_modes_and_types(repository: Repository) -> None:
    repository.git("mv", "app/a.py", "app/moved.py")
    repository.write({"app/moved.py": EDITED})
    repository.git("rm", "-q", "app/b.py")
    (repository.root / "readme.md").chmod(0o755)
    repository.commit()
    found = files(repository)
    assert (found["app/moved.py"].status, found["app/moved.py"].old_path) == ("renamed", "app/a.py")
    assert found["app/moved.py"].lines == ((5, 6),)
    assert (found["app/b.py"].status, found["app/b.py"].lines) == ("deleted", ())
    assert (found["readme.md"].status, found["readme.md"].lines) == ("modified", ())


def test_a_link_that_becomes_a_file_is_an_edit(repository: Repository) -> None:
    (repository.root / "link.py").symlink_to("app/a.py")
    repository.commit()
    repository.git("branch", "-f", "main")
    (repository.root / "link.py").unlink()
    repository.commit({"link.py": "x = 1\n"})
    assert files(repository)["link.py"].status == "modified"


def test_binary_files_count_whole(repository: Repository) -> None:
    repository.commit({"logo.png": b"\x89PNG\0\0", "app/b.py": BODY.encode() + b"# \0\r"})
    found = files(repository)
    assert found["app/b.py"].lines == found["logo.png"].lines == WHOLE_FILE


def test_crlf_conversion_is_gits_business(repository: Repository) -> None:
    repository.git("config", "core.autocrlf", "true")
    repository.write({"app/a.py": EDITED.replace("\n", "\r\n").encode()})
    assert files(repository)["app/a.py"].lines == ((5, 6),)


def test_submodules_are_left_out(repository: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.commit({"x.py": "x = 1\n"})
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "vendored")
    repository.commit()
    assert set(files(repository)) <= {".gitmodules"}


@pytest.mark.parametrize(
    "name",
    [
        "sp ace.py",
        'q"uote.py',
        "tab\t.py",
        "new\nline.py",
        "x b/y.py",
        "ünï.py",
        "-dash.py",
        os.fsdecode(b"latin\xe9.py"),
    ],
)
def test_odd_names(repository: Repository, name: str) -> None:
    repository.commit({name: "x = 1\n"})
    assert files(repository)[name].lines == ((1, 1),)
    repository.write({name: "x = 1\ny = 2\n", f"un{name}": "x = 1\n"})
    found = files(repository)
    assert found[name].lines == ((1, 2),)
    assert found[f"un{name}"].status == "untracked"


def test_staged_is_the_index_in_the_line_numbers_of_the_work_tree(repository: Repository) -> None:
    repository.write({"app/a.py": EDITED, "app/b.py": EDITED})
    repository.git("add", "app/a.py")
    repository.write({"app/a.py": "above = 1\n" + EDITED.replace("x55 = 5\n", "x55 = 6\n")})
    found = change(repository, staged=True)
    assert found.base_source == "HEAD (staged files only)"
    assert {file.path: file.lines for file in found.files} == {"app/a.py": ((6, 6),)}


def test_staged_in_a_hook_of_commit_all_reads_the_index_of_that_commit(repository: Repository) -> None:
    repository.write({"app/a.py": EDITED})
    repository.git("config", "core.hooksPath", ".hooks")
    hook = repository.root / ".hooks/pre-commit"
    repository.write(
        {
            ".hooks/pre-commit": '#!/bin/sh\nprintf %s "$GIT_INDEX_FILE" > .hooks/index\ncp "$GIT_INDEX_FILE" .git/kept.lock\n'
        }
    )
    hook.chmod(0o755)
    repository.git("commit", "-q", "-a", "-m", "all")
    repository.git("reset", "-q", "HEAD~1")
    assert (repository.root / ".hooks/index").read_text() != ".git/index"
    assert set(files(repository, staged=True)) == set()
    assert set(files(repository, staged=True, environment={"GIT_INDEX_FILE": ".git/kept.lock"})) == {"app/a.py"}


def test_a_diff_file_takes_gits_place(repository: Repository, tmp_path: Path) -> None:
    repository.write({"app/a.py": EDITED, "app/new.py": "x = 1\n"})
    repository.git("rm", "-q", "app/b.py")
    repository.git("add", "--all")
    diff = tmp_path / "change.diff"
    diff.write_bytes(
        repository.git("diff", "--cached", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative")
    )
    found = change(repository, diff=diff)
    assert (found.base, found.base_source) == (None, "the diff change.diff")
    assert {file.path: (file.status, file.lines) for file in found.files} == {
        "app/a.py": ("modified", ((5, 6),)),
        "app/b.py": ("deleted", ()),
        "app/new.py": ("added", ((1, 1),)),
    }


@pytest.mark.parametrize(
    ("files_after", "message"),
    [
        ({"app/a.py": BODY}, "differs in line 5"),
        ({"app/a.py": "x = 1\n"}, "differs in line 5"),
        ({}, "which is not in"),
    ],
)
def test_a_diff_that_does_not_fit_the_tree_is_refused(
    repository: Repository, tmp_path: Path, files_after: dict[str, str], message: str
) -> None:
    diff = tmp_path / "change.diff"
    diff.write_text("--- a/app/a.py\n+++ b/app/a.py\n@@ -5 +5,2 @@\n-x5 = 5\n+x5 = 55\n+x55 = 5\n")
    (repository.root / "app/a.py").unlink()
    repository.write(dict(files_after))
    with pytest.raises(UsageError, match=message):
        read(repository, diff=diff)


def asked(root: Path, **options: Any) -> ChangeRequest:
    given = {"base": None, "diff": None, "staged": False, "environment": {}, **options}
    return change_request(Settings(), root=root, **given)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base": "-x"}, "no ref"),
        ({"base": ""}, "no ref"),
        ({"base": "main", "staged": True}, "contradict"),
        ({"diff": Path("nowhere.diff")}, "cannot be read"),
    ],
)
def test_what_can_be_refused_before_the_first_test(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        asked(tmp_path, **options)


def test_a_malformed_diff_is_refused_before_the_first_test(tmp_path: Path) -> None:
    diff = tmp_path / "x.diff"
    diff.write_bytes(b"\0binary")
    with pytest.raises(UsageError, match="is no unified diff"):
        asked(tmp_path, diff=diff)


def test_an_option_asks_for_the_change_and_the_default_does_not(tmp_path: Path) -> None:
    assert asked(tmp_path, base="main").is_asked_for
    assert not asked(tmp_path).is_asked_for


def test_a_diff_that_names_a_file_twice_is_refused(repository: Repository, tmp_path: Path) -> None:
    """As `git format-patch --stdout` does: the line numbers belong to different trees."""
    diff = tmp_path / "two.diff"
    one = "--- a/app/a.py\n+++ b/app/a.py\n@@ -5 +5 @@\n-x5 = 5\n+x5 = 5\n"
    diff.write_text(one + one)
    with pytest.raises(UsageError, match=r"changes app/a\.py twice"):
        read(repository, diff=diff)


def test_a_diff_with_mnemonic_prefixes_and_files_that_are_no_python(repository: Repository, tmp_path: Path) -> None:
    (repository.root / "link").symlink_to("nowhere")
    repository.write({"app/a.py": EDITED})
    repository.git("add", "--all")
    diff = tmp_path / "change.diff"
    diff.write_bytes(
        repository.git(
            "-c",
            "diff.noprefix=false",
            "diff",
            "--cached",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-relative",
        )
    )
    assert b"+++ i/app/a.py" in diff.read_bytes()
    assert files(repository, diff=diff)["app/a.py"].lines == ((5, 6),)


def test_c4_the_first_commit_is_skipped_even_where_the_change_is_asked_for(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    found = read(repository, is_asked_for=True, environment={"CI": "1"})
    assert isinstance(found, ChangeUnavailable)
    assert not found.is_error


def test_j7_a_file_moved_without_gits_knowledge_is_a_rename(repository: Repository) -> None:
    (repository.root / "app/a.py").rename(repository.root / "app/moved.py")
    repository.write({"app/moved.py": EDITED, "app/new.py": "x = 1\n"})
    found = files(repository)
    assert (found["app/moved.py"].status, found["app/moved.py"].lines) == ("renamed", ((5, 6),))
    assert found["app/new.py"].status == "untracked"
    assert repository.git("status", "--porcelain").split() == [
        b"D",
        b"app/a.py",
        b"??",
        b"app/moved.py",
        b"??",
        b"app/new.py",
    ]


def test_c5_a_low_rename_limit_does_not_make_renames_new(repository: Repository) -> None:
    repository.git("config", "diff.renameLimit", "1")
    repository.git("checkout", "-q", "main")
    bodies = {f"app/m{number}.py": "".join(f"y{number}_{line} = {line}\n" for line in range(30)) for number in range(4)}
    repository.commit(dict(bodies))
    repository.git("checkout", "-q", "-B", "feature")
    for name, body in bodies.items():
        repository.git("mv", name, name.replace("app/m", "app/n"))
        repository.write({name.replace("app/m", "app/n"): body + "z = 1\n"})
    repository.commit()
    assert {file.status for file in files(repository).values()} == {"renamed"}


def test_c3_files_that_a_build_leaves_behind_do_not_hide_a_push(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit({"app/a.py": EDITED})
    repository.write({"app/_version.py": "version = 1\n"})
    assert "app/a.py" in files(repository, environment={"CI": "true"})

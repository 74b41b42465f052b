"""The revision that is checked out, against what git prints of it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from covgate.git.repository import GitError
from covgate.git.revision import read_revision
from covgate.model.revision import Revision
from repositories import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repo")
    made.environment["GIT_COMMITTER_DATE"] = "1700000000 +0530"
    made.commit(
        {"app/a.py": "x = 1\n", "other/b.py": "y = 1\n", ".gitignore": "made.py\n"}, "one\n\ncommitter x <y> 1 +0000"
    )
    return made


def revision(made: Repository, root: str = ".", **environment: str) -> Revision:
    return read_revision(made.root / root, {**made.environment, **environment})


def printed(made: Repository, *words: str) -> str:
    return made.git(*words).decode().strip()


def test_tree_commit_branch_and_time(repository: Repository) -> None:
    assert revision(repository) == Revision(
        tree=printed(repository, "rev-parse", "HEAD^{tree}"),
        commit=printed(repository, "rev-parse", "HEAD"),
        branch="main",
        is_clean=True,
        time=datetime.fromtimestamp(1_700_000_000, timezone.utc),
    )


def test_a_branch_of_several_words_and_none(repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "feature/ünï")
    assert revision(repository).branch == "feature/ünï"
    repository.git("checkout", "-q", "--detach")
    assert revision(repository).branch is None


def test_a_linked_worktree_has_its_own_branch(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "-q", "-b", "second", str(tmp_path / "tree"))
    assert read_revision(tmp_path / "tree", repository.environment).branch == "second"
    assert revision(repository).branch == "main"


def test_an_equal_tree_of_another_commit(repository: Repository) -> None:
    before = revision(repository)
    repository.commit()
    after = revision(repository)
    assert (after.tree, after.commit == before.commit) == (before.tree, False)


@pytest.mark.parametrize(
    ("files", "root", "is_clean", "is_clean_in_ci"),
    [
        ({"app/a.py": "x = 2\n"}, ".", False, False),
        ({"app/new.py": ""}, ".", False, True),
        ({"app/made.py": "", "notes.txt": ""}, ".", True, True),
        ({"other/b.py": "y = 2\n"}, "app", True, True),
        ({"app/a.py": "x = 1\n"}, ".", True, True),
    ],
    ids=["edited", "untracked", "ignored", "outside the project", "written again"],
)
def test_clean(
    repository: Repository, files: dict[str, str | bytes], root: str, is_clean: bool, is_clean_in_ci: bool
) -> None:
    repository.write(files)
    assert revision(repository, root).is_clean is is_clean
    assert revision(repository, root, CI="1").is_clean is is_clean_in_ci


@pytest.mark.parametrize("seconds", ["99999999999999999999", "9" * 5000, "x"])
def test_a_time_that_nobody_can_read_is_the_one_that_git_shows(repository: Repository, seconds: str) -> None:
    """A commit can be written with any time."""
    tree = printed(repository, "rev-parse", "HEAD^{tree}")
    text = f"tree {tree}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> {seconds} +0000\n\nmessage\n"
    (repository.root / "app/made.py").write_text(text)
    commit = printed(repository, "hash-object", "-t", "commit", "--literally", "-w", "app/made.py")
    (repository.root / ".git/refs/heads/main").write_text(f"{commit}\n")
    assert revision(repository).time == datetime.fromtimestamp(0, timezone.utc)


def test_without_a_commit(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="no commit yet") as error:
        revision(Repository(tmp_path / "new"))
    assert error.value.is_expected

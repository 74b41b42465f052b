"""Reads which state of the repository is checked out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from covgate.ci import is_ci
from covgate.git.differences import ProjectTree
from covgate.git.objects import GitObject
from covgate.git.repository import GitError, Repository, open_repository
from covgate.model.revision import Revision

TREE = re.compile(rb"tree ([0-9a-f]+)\n")
PARENT = re.compile(rb"tree [0-9a-f]+\nparent ([0-9a-f]+)\n")
COMMITTED_AT = re.compile(rb"\ncommitter [^\n]* (-?[0-9]+) [-+][0-9]+\n")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def read_revision(root: Path, environment: Mapping[str, str]) -> Revision:
    """Return the revision of the project at `root`; raises `GitError`, an expected one where there is no commit.

    It is clean where no tracked file of the project differs from the commit, and, outside a CI, no Python file is
    untracked: a build may leave some behind. After a verdict, git is asked at most once more.
    """
    root = root.resolve()
    repository = open_repository(root, environment)
    commit = repository.find_commit("HEAD")
    if commit is None:
        raise GitError("no-base", "the repository has no commit yet", "commit once", is_expected=True)
    tree = ProjectTree(repository=repository, root=root)
    is_clean = not tree.diff(commit.id) and (is_ci(environment) or not tree.untracked_sources())
    branch = repository.symbolic_target("HEAD")
    return Revision(
        tree=_tree_of(commit),
        commit=commit.id,
        branch=None if branch is None else branch.removeprefix("refs/heads/"),
        is_clean=is_clean,
        time=_time_of(commit),
    )


class Commit(NamedTuple):
    """The ids of a commit and its tree, and when it was made, in UTC."""

    id: str
    tree: str
    time: datetime


def revision_of(repository: Repository, ref: str) -> Revision | None:
    """Return the commit that `ref` names, as a revision whose files nobody has edited; None where there is none."""
    commit = repository.find_commit(ref)
    if commit is None:
        return None
    return Revision(tree=_tree_of(commit), commit=commit.id, branch=None, is_clean=True, time=_time_of(commit))


def first_parents(repository: Repository, commit: str, most: int) -> Iterator[tuple[str, str]]:
    """Yield the ids of a commit and its tree, then of its first parent, and so on: at most `most` of them."""
    name: str | None = commit
    for _ in range(most):
        found = None if name is None else repository.find_commit(name)
        if found is None:
            return
        yield found.id, _tree_of(found)
        parent = PARENT.match(found.content)
        name = None if parent is None else parent[1].decode("ascii")


def list_first_parents(repository: Repository, most: int) -> list[Commit]:
    """Return the commit that is checked out, its first parent, and so on: at most `most` of them.

    There are none before the first commit. For hundreds of commits this takes a fifth of the time of `first_parents`.
    """
    if repository.find_commit("HEAD") is None:
        return []
    lines = repository.ask("rev-list", "--first-parent", f"-n{most}", "--format=%H %T %ct", "HEAD").decode("ascii")
    rows = (line.split(" ") for line in lines.splitlines() if not line.startswith("commit "))
    return [Commit(commit, tree, _time_from(seconds)) for commit, tree, seconds in rows]


def _tree_of(commit: GitObject) -> str:
    match = TREE.match(commit.content)
    if match is None:
        raise GitError("git-failed", f"the commit {commit.id} names no tree", "check the repository: git fsck")
    return match[1].decode("ascii")


def _time_of(commit: GitObject) -> datetime:
    """Return the time of a commit; the first second of 1970, as git does, where nobody can read it."""
    header = commit.content.partition(b"\n\n")[0] + b"\n"
    match = COMMITTED_AT.search(header)
    return _time_from(match[1] if match else "")


def _time_from(seconds: str | bytes) -> datetime:
    try:
        return EPOCH + timedelta(seconds=int(seconds))
    except (OverflowError, ValueError):
        return EPOCH

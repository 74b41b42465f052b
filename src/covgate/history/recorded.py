"""The records of the commits that led to HEAD."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from covgate.git.repository import GitError, open_repository, project_folder
from covgate.git.revision import first_parent_commits
from covgate.history.store import Store
from covgate.judge.trend import Recorded
from covgate.model.record import Record

MOST_COMMITS = 1000
AT_ONCE = 500
"""Trees that are asked for in one query: older versions of SQLite allow 999."""


def recorded_commits(root: Path, environment: Mapping[str, str], store: Store) -> list[Recorded]:
    """Return the recorded commits of the first-parent history of HEAD, the oldest first.

    Outside of a repository, and before its first commit, each record stands for itself. Runs on edited files, runs of
    a part of the tests and runs with failed tests are left out. Raises `GitError` and `HistoryError`.
    """
    try:
        repository = open_repository(root, environment)
        commits = list(first_parent_commits(repository, "HEAD", MOST_COMMITS))
        folder = project_folder(repository, root)
    except GitError as error:
        if not error.is_expected:
            raise
        commits, folder = [], "."
    if not commits:
        return _by_time(store)
    by_tree: dict[str, list[Record]] = {}
    trees = sorted({commit.tree for commit in commits})
    for at in range(0, len(trees), AT_ONCE):
        for record in store.find(trees[at : at + AT_ONCE], folder):
            if record.is_of_its_commit and record.revision is not None:
                by_tree.setdefault(record.revision.tree, []).append(record)
    known = [commit for commit in reversed(commits) if commit.tree in by_tree]
    return [Recorded(commit.time, commit.id, by_tree[commit.tree]) for commit in known]


def _by_time(store: Store) -> list[Recorded]:
    records = [one for one in store.all() if one.is_complete and one.tests_passed and one.revision is None]
    return [Recorded(one.time, None, (one,)) for one in sorted(records, key=lambda one: one.time)]

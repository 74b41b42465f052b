"""The records of the commits that led to HEAD."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from covgate.git.repository import GitError, open_repository, project_folder
from covgate.git.revision import list_first_parents
from covgate.history.store import Store
from covgate.judge.trend import Recorded
from covgate.model.record import Record

MOST_COMMITS = 1000
AT_ONCE = 500
"""Trees that are asked for in one query: older versions of SQLite allow 999."""


def recorded_commits(
    root: Path, environment: Mapping[str, str], store: Store, *, with_modules: bool = True
) -> list[Recorded]:
    """Return the recorded commits of the first-parent history of HEAD, the oldest first.

    Outside of a repository, and before its first commit, each record stands for itself. Runs on edited files, runs of
    a part of the tests and runs with failed tests are left out. Raises `GitError` and `HistoryError`.
    """
    try:
        repository = open_repository(root, environment)
        commits = list_first_parents(repository, MOST_COMMITS)
        folder = project_folder(repository, root)
    except GitError as error:
        if not error.is_expected:
            raise
        commits, folder = [], "."
    if not commits:
        return _by_time(store, with_modules=with_modules)
    by_tree: dict[str, list[Record]] = {}
    trees = sorted({commit.tree for commit in commits} & store.trees(folder))
    for at in range(0, len(trees), AT_ONCE):
        for record in store.find(trees[at : at + AT_ONCE], folder, with_modules=with_modules):
            if record.is_of_its_commit and record.revision is not None:
                by_tree.setdefault(record.revision.tree, []).append(record)
    known = [commit for commit in reversed(commits) if commit.tree in by_tree]
    return [Recorded(commit.time, commit.id, by_tree[commit.tree]) for commit in known]


def _by_time(store: Store, *, with_modules: bool) -> list[Recorded]:
    records = store.all(with_modules=with_modules)
    usable = [one for one in records if one.is_complete and one.tests_passed and one.revision is None]
    return [Recorded(one.time, None, (one,)) for one in sorted(usable, key=lambda one: one.time)]

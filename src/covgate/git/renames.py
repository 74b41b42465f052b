"""Finds what became of files that are gone: renamed, or deleted."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from covgate.files import shown_path
from covgate.git.repository import GitError, Repository, open_repository
from covgate.model.change import Change, ChangeUnavailable

MOST_RENAMES = 20
"""Renames followed one after the other."""


def what_became_of(
    gone: Iterable[str], change: Change | ChangeUnavailable, root: Path, environment: Mapping[str, str]
) -> dict[str, str | None]:
    """Return the new path of each of these (relative to `root`) that was renamed; None for what was deleted.

    Nothing of those that git never saw. Looks at the change first, which knows what is not committed,
    then at the history.
    """
    root = root.resolve()
    files = change.files if isinstance(change, Change) else ()
    recent: dict[str, str | None] = {file.path: None for file in files if file.status == "deleted"}
    recent |= {file.old_path: file.path for file in files if file.old_path is not None}
    try:
        repository: Repository | None = open_repository(root, environment)
    except GitError:
        repository = None
    new_paths: dict[str, str | None] = {}
    for path in gone:
        steps = list(_steps(path, recent, repository, root))
        if steps:
            new_paths[path] = steps[-1]
    return new_paths


def _steps(
    path: str, recent: Mapping[str, str | None], repository: Repository | None, root: Path
) -> Iterable[str | None]:
    """Yield the names that a file had one after the other; None at the end where it was deleted."""
    for _ in range(MOST_RENAMES):
        if path in recent:
            new = recent[path]
        else:
            is_gone, new = (False, None) if repository is None else _find_removal(path, repository, root)
            if not is_gone:
                return
        yield new
        if new is None or (root / new).is_file():
            return
        path = new


def _find_removal(path: str, repository: Repository, root: Path) -> tuple[bool, str | None]:
    """Return whether a commit took `path` away, and the new name that the commit gave it."""
    below_top = os.path.relpath(root / path, repository.top).replace(os.sep, "/")
    log = ("log", "-1", "--format=%H", "--no-renames", "--diff-filter=D", "--", f":(top,literal){below_top}")
    try:
        commit = repository.run(*log).decode("ascii").strip()
        if not commit:
            return False, None
        listed = repository.run(
            "show", "--format=", "--name-status", "-z", "--find-renames=50%", "-l1000", "--diff-filter=R", commit
        )
    except GitError:  # no commit yet
        return False, None
    words = [os.fsdecode(word) for word in listed.split(b"\0")]
    for old, new in zip(words[1::3], words[2::3], strict=False):  # each time: R and a score, the old name, the new
        if old == below_top:
            file = repository.top / new
            return True, shown_path(root, str(file)) if file.is_relative_to(root) else None  # else of another project
    return True, None

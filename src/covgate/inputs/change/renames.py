"""What became of files that are gone: where git says they were renamed to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from covgate.inputs.change.git import GitError, Repository, open_repository
from covgate.inputs.tree import shown_path
from covgate.model.change import Change, NoChange

LONGEST = 20
"""Renames followed one after the other."""


def renamed_files(
    gone: Iterable[str], change: Change | NoChange, root: Path, environment: Mapping[str, str]
) -> dict[str, str]:
    """For each path of `gone` (relative to `root`) that was renamed to a file that is there: its new path.

    Looks at the change first, which knows what is not committed, then at the history. Empty where git
    cannot be asked.
    """
    root = root.resolve()
    moved = {file.old_path: file.path for file in getattr(change, "files", ()) if file.old_path is not None}
    try:
        repository = open_repository(root, environment)
        found = {path: _followed(path, moved, repository, root) for path in gone}
    except GitError:
        found = {path: moved.get(path) for path in gone}
    return {path: new for path, new in found.items() if new is not None and (root / new).is_file()}


def _followed(path: str, moved: Mapping[str, str], repository: Repository, root: Path) -> str | None:
    for _ in range(LONGEST):
        new = moved.get(path) or _renamed_in_history(path, repository, root)
        if new is None or (root / new).is_file():
            return new
        path = new
    return None


def _renamed_in_history(path: str, repository: Repository, root: Path) -> str | None:
    """The new name that the commit which took `path` away gave it."""
    below_top = os.path.relpath(root / path, repository.top).replace(os.sep, "/")
    log = ("log", "-1", "--format=%H", "--no-renames", "--diff-filter=D", "--", f":(top,literal){below_top}")
    commit = repository.run(*log).decode("ascii").strip()
    if not commit:
        return None
    listed = repository.run(
        "show", "--format=", "--name-status", "-z", "--find-renames=50%", "-l1000", "--diff-filter=R", commit
    )
    words = [os.fsdecode(word) for word in listed.split(b"\0")]
    for old, new in zip(words[1::3], words[2::3], strict=False):  # each time: R and a score, the old name, the new
        if old == below_top:
            return shown_path(root, str(repository.top / new))
    return None

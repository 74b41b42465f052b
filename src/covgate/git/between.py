"""Reads what changed in the project's files between two commits."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from covgate.git.changed_files import committed_files
from covgate.git.differences import ProjectTree
from covgate.git.line_structure import has_lines_of_git
from covgate.git.patch import PatchFile
from covgate.git.repository import GitError, Repository, open_repository
from covgate.model.change import ChangedFile


def files_between(
    root: Path, environment: Mapping[str, str], old_commit: str, new_commit: str
) -> tuple[ChangedFile, ...]:
    """Return the files of the project at `root` that differ between two commits, in lines of the new one.

    A file of which git and Python count the lines differently, in one of the commits, counts as changed as a whole.
    Raises `GitError`, also for a commit that this clone does not have.
    """
    root = root.resolve()
    repository = open_repository(root, environment)
    old, new = (_require_commit(repository, name) for name in (old_commit, new_commit))
    patch = ProjectTree(repository=repository, root=root).diff(old, new)

    def has_other_lines(file: PatchFile) -> bool:
        if not file.hunks or file.status == "deleted":
            return False
        names = [(new, file.path)]
        if file.status != "added":
            names.append((old, file.old_path or file.path))
        return not all(_has_lines_of_git(repository, commit, path) for commit, path in names)

    return committed_files(patch, repository.top, root, has_other_lines)


def _require_commit(repository: Repository, name: str) -> str:
    commit = repository.commit(name)
    if commit is None:
        raise GitError(
            "shallow-clone", f"the commit {name} is not in this clone", "git fetch --unshallow, or fetch its branch"
        )
    return commit


def _has_lines_of_git(repository: Repository, commit: str, path: str) -> bool:
    """Whether a file is stored in lines that Python counts like git; not where it cannot be read."""
    found = repository.objects.find(os.fsencode(f"{commit}:{path}"))
    return found is not None and found.kind == "blob" and has_lines_of_git(found.content)

"""Reads a change that is given as a file: a unified diff."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from covgate.errors import UsageError
from covgate.files import read_ordinary
from covgate.git.changed_files import changed_files
from covgate.git.patch import PatchError, PatchFile, parse_patch
from covgate.git.repository import GitError, Repository, open_repository
from covgate.model.change import Change

MOST_PATCH = 2**30
"""Bytes of a diff."""


def read_diff_file(path: Path, root: Path, environment: Mapping[str, str]) -> Change:
    """Return the change that the unified diff `path` describes; raises `UsageError` where it does not fit the tree."""
    patch = _parse_file(path)
    folder = _folder_of(patch, root)
    changed = [file.path for file in patch if file.status != "deleted"]
    repeated = next((name for name in changed if changed.count(name) > 1), None)
    if repeated is not None:
        raise UsageError(
            "diff-unusable", f"{path} changes {repeated} twice", "give one diff against a single base, not one a commit"
        )
    for file in patch:
        if file.status != "deleted":
            _require_fit(file, folder, path)
    try:
        repository: Repository | None = open_repository(root, environment)
    except GitError:
        repository = None
    files = changed_files(patch, (), folder, root, repository)
    return Change(base=None, base_source=f"the diff {path.name}", files=files)


def _parse_file(path: Path) -> list[PatchFile]:
    remedy = "give a unified diff, as git diff writes it"
    try:
        return parse_patch(read_ordinary(path, MOST_PATCH))
    except OSError as error:
        raise UsageError("diff-unusable", f"the diff {path} cannot be read: {error.strerror}", remedy) from None
    except PatchError as error:
        raise UsageError("diff-unusable", f"{path} is not a unified diff: {error}", remedy) from None


def _folder_of(patch: list[PatchFile], root: Path) -> Path:
    """Return the folder that the names of a diff refer to: the project's, or one above that has more of the files."""
    names = [file.path for file in patch if file.status != "deleted"]
    folders = [root, *root.parents]
    return max(folders, key=lambda folder: (sum(map(os.path.isfile, (folder / n for n in names))), len(folder.parts)))


def _require_fit(file: PatchFile, folder: Path, diff: Path) -> None:
    """Raise `UsageError` where a diff is not of these files: the wrong lines would be judged."""
    remedy = "make the diff from the files that were tested"
    if not file.path.endswith(".py"):  # links, submodules, large files kept elsewhere: nothing to cover
        return
    try:
        lines = read_ordinary(folder / file.path).split(b"\n")
    except (OSError, ValueError):
        raise UsageError("diff-unusable", f"{diff} changes {file.path}, which is not in {folder}", remedy) from None
    numbers = (number for first, last in file.lines for number in range(first, last + 1))
    for number, text in zip(numbers, file.added, strict=True):
        if number > len(lines) or lines[number - 1].rstrip(b"\r") != text.rstrip(b"\r"):
            raise UsageError(
                "diff-unusable", f"{diff} does not fit the tree: {file.path} differs in line {number}", remedy
            )

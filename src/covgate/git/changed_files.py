"""Turns the files of a diff into the files of a change: those of the project, each once, in lines of today."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from covgate.files import read_ordinary, shown_path
from covgate.git.line_structure import files_with_other_lines, has_lines_of_git
from covgate.git.patch import PatchFile
from covgate.git.repository import Repository
from covgate.model.change import WHOLE_FILE, ChangedFile
from covgate.model.line_map import WHOLE_FILE_HUNK, Hunk, LineMap, added_lines


def changed_files(
    patch: Iterable[PatchFile], untracked: Iterable[str], folder: Path, root: Path, repository: Repository | None
) -> tuple[ChangedFile, ...]:
    """Return the files of a diff, whose names start at `folder`, and the untracked ones: those below `root`."""
    inside = _parts_inside(patch, folder, root)
    edited = [folder / file.path for file in inside if file.hunks and file.status != "deleted"]
    odd = files_with_other_lines(edited, repository)
    tracked = [_changed(file, folder, root, is_whole=folder / file.path in odd) for file in inside]
    return _one_each([*tracked, *(_untracked(name, folder, root) for name in untracked)])


def committed_files(
    patch: Iterable[PatchFile], folder: Path, root: Path, has_other_lines: Callable[[PatchFile], bool]
) -> tuple[ChangedFile, ...]:
    """Return the files of a diff of two commits; one whose lines git does not count as Python counts as a whole."""
    inside = _parts_inside(patch, folder, root)
    return _one_each(_changed(file, folder, root, is_whole=has_other_lines(file)) for file in inside)


def _parts_inside(patch: Iterable[PatchFile], folder: Path, root: Path) -> list[PatchFile]:
    return [part for file in patch if (part := _part_inside(file, folder, root))]


def _part_inside(file: PatchFile, folder: Path, root: Path) -> PatchFile | None:
    """Return what of a file's change belongs to the project at `root`.

    A file that was moved into the project is new to it: no target of this project has held it.
    """
    is_inside = (folder / file.path).is_relative_to(root)
    if file.status != "renamed" or file.old_path is None:
        return file if is_inside else None
    was_inside = (folder / file.old_path).is_relative_to(root)
    if is_inside and not was_inside:
        return PatchFile(new_path=file.path, status="added", is_binary=True)  # the diff does not show all its lines
    if was_inside and not is_inside:
        return PatchFile(old_path=file.old_path, status="deleted")
    return file if is_inside else None


def _changed(file: PatchFile, folder: Path, root: Path, *, is_whole: bool) -> ChangedFile:
    old = file.old_path if file.status == "renamed" else None
    is_whole |= file.is_binary
    hunks = (WHOLE_FILE_HUNK,) if is_whole else LineMap.from_hunks(file.hunks).then(file.later).hunks()
    return ChangedFile(
        path=shown_path(root, os.path.join(folder, file.path)),
        status=file.status,
        old_path=None if old is None else shown_path(root, os.path.join(folder, old)),
        lines=WHOLE_FILE if is_whole and file.status != "deleted" else file.lines,
        hunks=hunks,
    )


def _untracked(name: str, folder: Path, root: Path) -> ChangedFile:
    try:
        content = read_ordinary(folder / name)
    except OSError:  # gone since it was listed
        content = b""
    lines = content.split(b"\n")
    count = len(lines) - (not lines[-1])
    is_whole = not has_lines_of_git(content)
    hunks = (WHOLE_FILE_HUNK if is_whole else Hunk(0, 0, 1, count),) if count else ()
    path = shown_path(root, str(folder / name))
    return ChangedFile(path=path, status="untracked", lines=added_lines(hunks), hunks=hunks)


def _one_each(files: Iterable[ChangedFile]) -> tuple[ChangedFile, ...]:
    """Return one entry for each path: git lists a change of type (a link becomes a file) as deleted and added."""
    by_path: dict[str, ChangedFile] = {}
    for file in files:
        before = by_path.get(file.path)
        if before is not None and before.status == "deleted" and file.status == "added":
            file = file._replace(status="modified", hunks=(WHOLE_FILE_HUNK,))
        by_path[file.path] = file
    return tuple(by_path[path] for path in sorted(by_path))

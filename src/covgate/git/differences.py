"""Reads git's diffs: of the work tree, with hidden lines and moved files, and of two versions of a file."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from covgate.git.line_structure import has_lines_of_git
from covgate.git.patch import PatchFile, parse_patch
from covgate.git.repository import DIFF, Repository
from covgate.model.line_map import WHOLE_FILE_HUNK, LineMap

BLOB = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")


class ProjectTree(NamedTuple):
    """The part of a work tree that belongs to the project at `root` (resolved)."""

    repository: Repository
    root: Path

    @property
    def below_top(self) -> str:
        return os.path.relpath(self.root, self.repository.top).replace(os.sep, "/")

    def diff(self, *what: str, index: str | None = None) -> list[PatchFile]:
        """Return the differences that `git diff WHAT` shows in the project's files.

        What was moved into the project is added here, and what was moved out of it is deleted. The text of Python
        files is shown even where an attribute (`binary`, `-diff`) or a NUL byte makes git hide it.
        """
        patch = self._diff(what, f":(literal){self.below_top}", index)
        if not any(_is_hidden(file) for file in patch):
            return patch
        as_text = self._diff((*what, "--text"), f"./{_without_wildcards(self.below_top)}/*.py", index)
        shown = {file.path: file for file in as_text}
        return [shown.get(file.path, file) if _is_hidden(file) else file for file in patch]

    def untracked_sources(self) -> list[str]:
        """Return the Python files that git neither tracks nor ignores, relative to the top."""
        below = b"" if self.below_top == "." else os.fsencode(f"{self.below_top}/")
        untracked = self.repository.list_files(self.below_top).untracked
        return [os.fsdecode(name) for name in untracked if name.endswith(b".py") and name.startswith(below)]

    def _diff(self, what: Sequence[str], where: str, index: str | None) -> list[PatchFile]:
        words = (*DIFF, *what, "--", where)
        return parse_patch(self.repository.ask(*words) if index is None else self.repository.run(*words, index=index))


def diff_and_untracked(tree: ProjectTree, commit: str) -> tuple[list[PatchFile], list[str]]:
    """Return the diff of `commit` against the work tree, and the Python files that are not tracked.

    A file that was moved without git's knowledge is a rename, as it will be once it is committed.
    """
    patch, untracked = tree.diff(commit), tree.untracked_sources()
    gone = {file.path: file.old_blob for file in patch if file.status == "deleted" and file.old_blob is not None}
    if not gone or not untracked:
        return patch, untracked
    again = _diff_of_moved(tree, gone, [name for name in untracked if name not in gone])
    new = {file.path for file in again if file.status != "renamed" and file.path not in gone}
    known = [file for file in patch if file.path not in gone] + [file for file in again if file.path not in new]
    return known, [name for name in untracked if name in new]


def map_blob_lines(repository: Repository, old: str, new: str) -> LineMap | None:
    """Return the line map between two versions of a file that git stores, by their ids; None where one is not stored.

    A version whose lines git counts differently from Python keeps no line.
    """
    contents = []
    for blob in (old, new):
        found = repository.objects.find(blob.encode()) if BLOB.fullmatch(blob) else None
        if found is None or found.kind != "blob":
            return None
        contents.append(found.content)
    if not all(map(has_lines_of_git, contents)):
        return LineMap.from_hunks([WHOLE_FILE_HUNK])
    patch = parse_patch(repository.ask(*DIFF, "--text", old, new)) if old != new else []
    return LineMap.from_hunks(hunk for file in patch for hunk in file.hunks)


def _diff_of_moved(tree: ProjectTree, gone: dict[str, str], untracked: Sequence[str]) -> list[PatchFile]:
    """Return the diff of these files that are gone against the work tree with these untracked files.

    git pairs only files that an index names. The user's stays as it is, and a copy of it would not do: git tells by
    the index's own time which of its entries it cannot trust. So the index here is a new one, of these files only.
    """
    run = tree.repository.run
    entries = b"".join(b"100644 %s 0\t%s\0" % (blob.encode(), os.fsencode(path)) for path, blob in gone.items())
    names = b"\0".join(map(os.fsencode, untracked))
    with tempfile.TemporaryDirectory() as folder:
        index, objects = os.path.join(folder, "index"), os.path.join(folder, "objects")
        os.mkdir(objects)
        run("update-index", "-z", "--index-info", index=index, stdin=entries)
        if names:
            add = ("--literal-pathspecs", "add", "--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul")
            run(*add, index=index, objects=objects, stdin=names)
        return tree.diff(index=index)


def _is_hidden(file: PatchFile) -> bool:
    return file.is_binary and file.path.endswith(".py")


def _without_wildcards(path: str) -> str:
    return re.sub(r"[*?\[\\]", r"\\\g<0>", path)

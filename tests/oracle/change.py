"""What git says of the change of a generated repository.

The work tree is written into an index of its own and compared with the base there, so the change is what it would be if
everything were committed.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

# Nobody's configuration, and nothing that a hook or a CI has set.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
STATUS = {"A": "added", "M": "modified", "D": "deleted", "R": "renamed"}


@dataclass(frozen=True)
class FileChange:
    """A file of the change: `path` and `old_path` from the repository's top, `lines` added or edited."""

    path: str
    status: str
    old_path: str | None
    lines: frozenset[int]


@dataclass(frozen=True)
class Change:
    """The commit compared with, and the changed Python files."""

    base: str
    files: tuple[FileChange, ...]


def git(top: Path, *args: str, index: str | None = None) -> str:
    environment = CLEAN if index is None else {**CLEAN, "GIT_INDEX_FILE": index}
    command = ["git", "-c", "core.quotePath=false", *args]
    done = subprocess.run(command, cwd=top, env=environment, capture_output=True, stdin=subprocess.DEVNULL, check=True)
    return done.stdout.decode()


def read_change(top: Path, base: str) -> Change | None:
    """The change against the merge-base with `base`; None where there is no commit to compare with."""
    head = git(top, "rev-parse", "HEAD").strip()
    commit = git(top, "merge-base", base, "HEAD").strip()
    if commit == head and not git(top, "status", "--porcelain"):
        parents = git(top, "rev-list", "--parents", "-n", "1", "HEAD").split()[1:]
        if not parents:
            return None
        commit = parents[0]
    untracked = set(git(top, "ls-files", "--others", "--exclude-standard", "-z").split("\0"))
    with tempfile.TemporaryDirectory() as folder:
        index = str(Path(folder, "index"))
        # Without what git noted of file times: an edit in the second of the last one must not be missed.
        git(top, "read-tree", "HEAD", index=index)
        git(top, "add", "--all", index=index)
        names = git(top, "diff", "--cached", "-M", "--name-status", "-z", commit, index=index)
        patch = git(top, "diff", "--cached", "-M", "-U0", "--no-color", commit, index=index)
    lines = added_lines(patch)
    files = []
    for status, old, path in named(names):
        if path.endswith(".py"):
            shown = "untracked" if status == "A" and path in untracked else STATUS[status]
            files.append(FileChange(path, shown, old, frozenset(lines.get(path, ()))))
    return Change(commit, tuple(files))


def named(names: str) -> list[tuple[str, str | None, str]]:
    """(letter, old path of a rename, path) of each file in the output of `--name-status -z`."""
    fields = iter(names.split("\0"))
    found: list[tuple[str, str | None, str]] = []
    for status in fields:
        if status.startswith("R"):
            old = next(fields)
            found.append(("R", old, next(fields)))
        elif status:
            found.append((status[0], None, next(fields)))
    return found


def added_lines(patch: str) -> dict[str, set[int]]:
    """The numbers of the lines that a patch without context adds, by path."""
    found: dict[str, set[int]] = {}
    path = ""
    body = 0
    for line in patch.split("\n"):
        if body and line.startswith(("+", "-")):
            body -= 1
        elif line.startswith("+++ b/"):
            path = line.removeprefix("+++ b/").removesuffix("\t")
        elif hunk := re.match(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line):
            removed, start, added = (int(number) if number else 1 for number in hunk.groups())
            body = removed + added
            found.setdefault(path, set()).update(range(start, start + added))
    return found

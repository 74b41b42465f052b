"""Whether the cache may be read and written: it is ours, and nobody has committed it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from covgate.files import why_not_ordinary
from covgate.git.repository import GitError
from covgate.git.tracked import tracked_paths

FOLDER = ".covgate"
BESIDE = ("", "-journal", "-wal", "-shm")
"""What SQLite keeps beside its file, and reads."""


def mistrust(cache: Path, root: Path, environment: Mapping[str, str]) -> str | None:
    """Why the file `cache` is left alone in the project at `root`, in a note; None where nothing speaks against it."""
    link = next((path for path in _parts(cache, root) if path.is_symlink()), None)
    if link is not None:
        return f"nothing is read from the cache or written to it: {link} is a link"
    reason = why_not_ordinary(cache)
    if reason is not None:
        return f"nothing is read from the cache or written to it: {cache} is {reason}"
    if not (os.path.lexists(cache) or os.path.lexists(root / FOLDER)):
        return None
    try:
        tracked = tracked_paths(root, environment, [FOLDER, *(f"{cache}{end}" for end in BESIDE)])
    except GitError as error:
        return f"nothing is read from the cache: git does not say whether it is committed ({error.message})"
    if not tracked:
        return None
    names = ", ".join(os.path.relpath(path, root.resolve()) for path in tracked[:3])
    more = f" and {len(tracked) - 3} more" if len(tracked) > 3 else ""
    return f"committed to git, so not read: {names}{more}; take it out with git rm --cached, and ignore it"


def _parts(cache: Path, root: Path) -> Iterable[Path]:
    """The file, and the folders in which it lies below the root."""
    yield cache
    for folder in cache.parents:
        if folder == root or not folder.is_relative_to(root):
            break
        yield folder

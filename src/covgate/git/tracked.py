"""What git tracks: whoever wrote a change may have committed what only a measurement or a cache should leave."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from covgate.git.repository import GitError, open_repository


def tracked_paths(
    root: Path, environment: Mapping[str, str], names: Iterable[str | Path], beginnings: Iterable[str | Path] = ()
) -> tuple[Path, ...]:
    """Return the files (absolute) that git tracks at or below `names`, or whose path starts with one of `beginnings`.

    Both are absolute, or relative to `root`. Upper and lower case count as equal, as on some file
    systems they are. Nothing where there is no repository. Raises `GitError` where git does not answer.
    """
    try:
        repository = open_repository(root, environment)
    except GitError as error:
        if error.is_expected:
            return ()
        raise
    whole = _paths_below(repository.top, root, names)
    parts = _paths_below(repository.top, root, beginnings)
    if not whole and not parts:
        return ()
    below = os.path.relpath(root.resolve(), repository.top).replace(os.sep, "/")
    is_outside = below != "." and not all(path.startswith(_lowered(f"{below}/")) for path in (*whole, *parts))
    tracked = repository.list_files("." if is_outside else below).tracked
    candidates = [path for path in tracked if path.lower().startswith((*whole, *parts))]
    inside = (*parts, *(path + b"/" for path in whole))
    return tuple(
        repository.top / os.fsdecode(path)
        for path in candidates
        if path.lower() in whole or path.lower().startswith(inside)
    )


def _paths_below(top: Path, root: Path, names: Iterable[str | Path]) -> tuple[bytes, ...]:
    """Return those below `top`, relative to it and in lower case: as written, and as their links are resolved."""
    below = set()
    for name in names:
        path = Path(os.path.abspath(root / name))
        for spelling in (path, path.parent.resolve() / path.name, path.resolve()):
            if spelling.is_relative_to(top) and spelling != top:
                below.add(_lowered(spelling.relative_to(top).as_posix()))
    return tuple(sorted(below))


def _lowered(path: str) -> bytes:
    """Return the path as bytes, in the lower case of ASCII letters, as git compares names without their case."""
    return os.fsencode(path).lower()

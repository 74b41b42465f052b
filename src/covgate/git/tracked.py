"""What git tracks: whoever wrote a change may have committed what only a measurement or a cache should leave."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from covgate.git.repository import GitError, open_repository


def tracked_paths(
    root: Path, environment: Mapping[str, str], names: Iterable[str | Path], beginnings: Iterable[str | Path] = ()
) -> tuple[Path, ...]:
    """The files (absolute) that git tracks at or below `names`, and those whose path starts with one of `beginnings`.

    Both are absolute, or relative to `root`. Upper and lower case count as equal, as on some file
    systems they are. Nothing where there is no repository. Raises `GitError` where git does not answer.
    """
    try:
        repository = open_repository(root, environment)
    except GitError as error:
        if error.is_expected:
            return ()
        raise
    specs = [f":(top,icase,literal){path}" for path in _below(repository.top, root, names)]
    specs += [f":(top,icase,glob){_escaped(path)}*" for path in _below(repository.top, root, beginnings)]
    if not specs:
        return ()
    listed = repository.run("ls-files", "-z", "--full-name", "--", *specs)
    return tuple(repository.top / os.fsdecode(name) for name in listed.split(b"\0") if name)


def _below(top: Path, root: Path, names: Iterable[str | Path]) -> list[str]:
    """Those below `top`, relative to it: as they are written, and as their links are resolved."""
    found = set()
    for name in names:
        path = Path(os.path.abspath(root / name))
        for spelling in (path, path.parent.resolve() / path.name, path.resolve()):
            if spelling.is_relative_to(top) and spelling != top:
                found.add(spelling.relative_to(top).as_posix())
    return sorted(found)


def _escaped(path: str) -> str:
    return re.sub(r"([*?\[\\])", r"\\\1", path)

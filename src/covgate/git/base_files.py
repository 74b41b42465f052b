"""Reads files as the base has them: git prints them, nothing is checked out and nothing runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from covgate.git.repository import open_repository


def read_base_files(commit: str, names: Iterable[str], root: Path, environment: Mapping[str, str]) -> dict[str, bytes]:
    """Return the content of these files of `commit`, by name relative to `root` (resolved); those that are there.

    Raises `GitError`.
    """
    repository = open_repository(root, environment)
    contents: dict[str, bytes] = {}
    for name in names:
        path = os.path.relpath(root / name, repository.top).replace(os.sep, "/")
        if path.startswith("../"):
            continue
        file = repository.objects.find(os.fsencode(f"{commit}:{path}"))
        if file is not None and file.kind == "blob":  # else a folder
            contents[name] = file.content
    return contents

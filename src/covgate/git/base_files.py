"""Reads files as the base has them: git prints them, nothing is checked out and nothing runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from covgate.git.repository import GitError, open_repository


def read_base_files(commit: str, names: Iterable[str], root: Path, environment: Mapping[str, str]) -> dict[str, bytes]:
    """The content of these files of `commit`, by name relative to `root` (resolved); those that are there.

    Two git processes, however many files. Raises `GitError`.
    """
    repository = open_repository(root, environment)
    wanted = {name: os.path.relpath(root / name, repository.top).replace(os.sep, "/") for name in names}
    asked = [name for name, path in wanted.items() if "\n" not in path and not path.startswith("../")]
    lines = b"".join(os.fsencode(f"{commit}:{wanted[name]}") + b"\n" for name in asked)
    answer = repository.run("cat-file", "--batch", "--follow-symlinks", stdin=lines)
    return _contents(answer, asked)


def _contents(answer: bytes, asked: Iterable[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    at = 0
    for name in asked:
        end = answer.find(b"\n", at)
        if end < 0:
            raise GitError("git cat-file ended early")
        header, at = answer[at:end], end + 1
        kind, _, size = header.rpartition(b" ")
        if not size.isdigit():  # "... missing"
            continue
        content, at = answer[at : at + int(size)], at + int(size) + 1
        if kind.endswith(b" blob"):  # else a folder, or a link that leads to no file of the commit
            found[name] = content
    return found

"""Ordinary files, as against devices, pipes and whatever else may stand where a name or a link points."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MOST_BYTES = 2**25
"""No source or settings file is longer; the kernel shows files of any length."""
KERNEL = ("/proc/", "/sys/")


def why_not_ordinary(path: str | Path, most: int = MOST_BYTES) -> str | None:
    """What keeps a file that is there from being read at once and to its end; None where nothing does.

    Says nothing of a file that is not there.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return "a folder" if stat.S_ISDIR(found.st_mode) else "a device, a pipe or the like, not a file"
    if found.st_size > most:
        return f"longer than {most // 2**20} MB"
    if not found.st_size and os.path.realpath(path).startswith(KERNEL):
        return "a file of the kernel"
    return None


def read_ordinary(path: str | Path, most: int = MOST_BYTES) -> bytes:
    """The content of an ordinary file; raises `OSError`, for others too, and never waits for a writer."""
    reason = why_not_ordinary(path, most)
    if reason is not None:
        raise OSError(errno.EINVAL, f"it is {reason}", str(path))
    with open(path, "rb") as file:
        return file.read()

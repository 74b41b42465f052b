"""Reads and writes the file: as it is, and aside first."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from covgate.errors import UsageError
from covgate.files import read_ordinary, write_aside


def read_text(path: Path) -> str:
    """The file as it is, with its byte order mark and line ends; empty where there is none."""
    try:
        return read_ordinary(path).decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "make it a readable UTF-8 file") from None


def write_text(path: Path, before: str, after: str) -> None:
    """Replace the file whose text was `before`.

    Raises `UsageError` where it may not be written, which is somebody's wish though renaming over
    it would work, or where somebody else has written it meanwhile.
    """
    target = path if path.exists() else path.parent
    if not os.access(target, os.W_OK):
        raise UsageError(f"{path} cannot be written: no permission", "make it writable, or use --dry-run")
    if read_text(path) != before:
        raise UsageError(f"{path} was edited meanwhile", "run the command again")
    write_aside(path, after)


def shown_change(before: str, after: str) -> str:
    """What would be written, as a unified diff."""
    old, new = (text.replace("\r\n", "\n").splitlines(keepends=True) for text in (before, after))
    lines = difflib.unified_diff(old, new, "pyproject.toml", "pyproject.toml")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

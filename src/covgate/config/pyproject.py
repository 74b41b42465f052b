"""The file pyproject.toml: read and parsed once, written back only where nobody else has changed it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from covgate.config.toml import parse_toml
from covgate.errors import UsageError
from covgate.files import read_ordinary, write_aside


class Pyproject(NamedTuple):
    """One pyproject.toml. A file that does not exist has no text, an empty document and no error.

    `text` is the file as it is, with its byte order mark and line ends. `document` is shared, so it is only read;
    it is empty where there is an `error`.
    """

    path: Path
    text: str = ""
    document: Mapping[str, Any] = {}
    error: str = ""
    remedy: str = ""

    def require_valid(self) -> Pyproject:
        """Returns itself; raises `UsageError` where the file cannot be read or is not valid TOML."""
        if self.error:
            raise UsageError("settings", f"{self.path} {self.error}", self.remedy)
        return self

    def table(self, *keys: str) -> Mapping[str, Any]:
        """The table at this key path; empty where there is none, or something that is no table."""
        table = self.document
        for key in keys:
            inner = table.get(key)
            table = inner if isinstance(inner, Mapping) else {}
        return table


def read_pyproject(root: Path) -> Pyproject:
    """Reads `pyproject.toml` of `root`; never raises, an error is part of the value."""
    path = root / "pyproject.toml"
    unreadable = "make it a readable UTF-8 file"
    try:
        content = read_ordinary(path)
    except FileNotFoundError:
        return Pyproject(path)
    except OSError as error:
        return Pyproject(path, error=f"cannot be read: {error}", remedy=unreadable)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        text = content.decode("utf-8", "replace")
        return Pyproject(path, text, error=f"cannot be read: {error}", remedy=unreadable)
    try:
        return Pyproject(path, text, parse_toml(text))
    except ValueError as error:
        remedy = "fix that line; the gate did not run"
        return Pyproject(path, text, error=f"is not valid TOML: {error}", remedy=remedy)


def write_pyproject(path: Path, before: str, after: str) -> None:
    """Replaces the file whose text was `before`.

    Raises `UsageError` where the file may not be written (renaming over a read-only file would work, but
    somebody made it read-only on purpose), or where somebody else has changed it since.
    """
    target = path if path.exists() else path.parent
    if not os.access(target, os.W_OK):
        raise UsageError(
            "file-not-written", f"{path} cannot be written: no permission", "make it writable, or use --dry-run"
        )
    if read_pyproject(path.parent).require_valid().text != before:
        raise UsageError(
            "settings-not-edited", f"{path} was changed by another program meanwhile", "run the command again"
        )
    write_aside(path, after)


def diff_of(before: str, after: str) -> str:
    """What would be written, as a unified diff."""
    import difflib

    old, new = (text.replace("\r\n", "\n").splitlines(keepends=True) for text in (before, after))
    lines = difflib.unified_diff(old, new, "pyproject.toml", "pyproject.toml")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

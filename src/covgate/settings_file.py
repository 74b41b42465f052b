"""Writes `[tool.covgate]` into pyproject.toml; everything else in the file stays as it is."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from covgate.errors import UsageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BOM = "\ufeff"


def read_text(path: Path) -> str:
    """The file as it is, with its byte order mark and line ends; empty where there is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "make it a readable UTF-8 file") from None


def with_table(text: str, table: str, path: Path, *, replace: bool) -> str:
    """`text` with `table` (TOML, from its `[tool.covgate]` on) at its end.

    Raises `UsageError` where there is such a table already (unless `replace`), or where none can be
    added.
    """
    try:
        found = tomllib.loads(text.removeprefix(BOM))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}", "mend that line") from None
    tool = found.get("tool", {})
    if isinstance(tool, dict) and "covgate" in tool:
        if not replace:
            raise UsageError(f"{path} has a [tool.covgate] already", "replace it with --force, or edit it by hand")
        text = _without_table(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    body = text.rstrip("\r\n")
    gap = newline * 2 if body.removeprefix(BOM) else ""
    added = body + gap + table.replace("\n", newline)
    try:
        tomllib.loads(added.removeprefix(BOM))
    except tomllib.TOMLDecodeError:
        raise UsageError(
            f"a table cannot be added to {path}, where tool is no ordinary table", f"add it by hand:\n{table}"
        ) from None
    return added


def require_writable(path: Path) -> None:
    """A read-only file is somebody's wish, though renaming over it would work."""
    target = path if path.exists() else path.parent
    if not os.access(target, os.W_OK):
        raise UsageError(f"{path} cannot be written: no permission", "make it writable, or use --dry-run")


def _without_table(text: str) -> str:
    try:
        import tomlkit
    except ImportError:
        raise UsageError(
            "replacing the table needs tomlkit, which keeps the rest of the file as it is",
            'pip install "pytest-covgate[edit]", or take the table out by hand',
        ) from None
    mark, body = (BOM, text.removeprefix(BOM)) if text.startswith(BOM) else ("", text)
    document = tomlkit.parse(body)
    tool: Any = document["tool"]
    del tool["covgate"]
    return mark + tomlkit.dumps(document)

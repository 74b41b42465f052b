"""Finds the root of the project from any folder in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from covgate.config.pyproject import read_pyproject
from covgate.config.settings import is_own_table
from covgate.config.toml import text_of
from covgate.errors import UsageError

PYTEST_SECTIONS = {"tox.ini": "pytest", "setup.cfg": "tool:pytest"}
PYTEST_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini")


def find_root(start: Path) -> Path:
    """The nearest folder from `start` upwards whose `pyproject.toml` has `[tool.covgate]`, else pytest's rootdir."""
    return _folder_with_table(start) or _rootdir(start)


def require_settings_at(rootdir: Path) -> None:
    """Raises `UsageError` where `[tool.covgate]` is in a folder above pytest's rootdir and not in the rootdir itself.

    Such a run would read no settings, and pass.
    """
    holder = _folder_with_table(rootdir)
    if holder is not None and holder != rootdir:
        raise UsageError(
            "settings-root",
            f"[tool.covgate] is in {holder / 'pyproject.toml'}, but pytest's rootdir is {rootdir}",
            f"add --rootdir={holder}, or, where {rootdir} is a project of its own, "
            "add a [tool.covgate] table to its pyproject.toml",
        )


def _folder_with_table(start: Path) -> Path | None:
    return next((folder for folder in _upwards(start) if _has_own_table(folder)), None)


def _has_own_table(folder: Path) -> bool:
    """Also where the table is misspelt or the file is invalid: reading the settings there reports the error."""
    pyproject = read_pyproject(folder)
    if pyproject.error and "tool.covgate" in pyproject.text:
        return True
    return any(map(is_own_table, pyproject.table("tool")))


def _rootdir(start: Path) -> Path:
    """As pytest finds it (https://docs.pytest.org/en/stable/reference/customize.html#finding-the-rootdir)."""
    nearest: Path | None = None
    for folder in _upwards(start):
        if any((folder / name).is_file() for name in PYTEST_FILES):
            return folder
        if (folder / "pyproject.toml").is_file():
            nearest = nearest or folder
            if _is_for_pytest(folder):
                return folder
        if any(_has_section(folder / name, section) for name, section in PYTEST_SECTIONS.items()):
            return folder
    if nearest is not None:
        return nearest
    return next((folder for folder in _upwards(start) if (folder / "setup.py").is_file()), start)


def _is_for_pytest(folder: Path) -> bool:
    pyproject = read_pyproject(folder)
    return not pyproject.error and "pytest" in pyproject.table("tool")


def _has_section(file: Path, section: str) -> bool:
    return re.search(rf"^\[{re.escape(section)}\]", text_of(file), re.MULTILINE) is not None


def _upwards(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.parents

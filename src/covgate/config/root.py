"""Finds the project's root, whatever folder a run or a command is started in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from covgate.config.settings import is_own_table
from covgate.config.toml import tomllib
from covgate.errors import UsageError
from covgate.files import read_ordinary

PYTEST_SECTIONS = {"tox.ini": "pytest", "setup.cfg": "tool:pytest"}
PYTEST_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini")


def find_root(start: Path) -> Path:
    """The nearest folder from `start` upwards whose `pyproject.toml` has `[tool.covgate]`, else pytest's rootdir."""
    return _folder_with_table(start) or _rootdir(start)


def require_settings_at(rootdir: Path) -> None:
    """Raises `UsageError` where `[tool.covgate]` stands above pytest's rootdir and not in it.

    Without that, a run would pass because it reads no settings.
    """
    holder = _folder_with_table(rootdir)
    if holder is not None and holder != rootdir:
        raise UsageError(
            f"[tool.covgate] is in {holder / 'pyproject.toml'}, but pytest's rootdir is {rootdir}",
            f"add --rootdir={holder}, or, where {rootdir} is a project of its own, "
            "add a [tool.covgate] table to its pyproject.toml",
        )


def _folder_with_table(start: Path) -> Path | None:
    return next((folder for folder in _upwards(start) if _has_own_table(folder / "pyproject.toml")), None)


def _has_own_table(file: Path) -> bool:
    """Also where it is misspelt, or the file is no TOML: reading the settings there says what is wrong."""
    try:
        text = read_ordinary(file).decode("utf-8-sig", "replace")
    except OSError:
        return False
    try:
        return any(map(is_own_table, _table(tomllib.loads(text), "tool")))
    except tomllib.TOMLDecodeError:
        return "tool.covgate" in text


def _rootdir(start: Path) -> Path:
    """As pytest finds it (https://docs.pytest.org/en/stable/reference/customize.html#finding-the-rootdir)."""
    pyproject: Path | None = None
    for folder in _upwards(start):
        if any((folder / name).is_file() for name in PYTEST_FILES):
            return folder
        if (folder / "pyproject.toml").is_file():
            pyproject = pyproject or folder
            if _is_for_pytest(folder / "pyproject.toml"):
                return folder
        if any(_has_section(folder / name, section) for name, section in PYTEST_SECTIONS.items()):
            return folder
    if pyproject is not None:
        return pyproject
    return next((folder for folder in _upwards(start) if (folder / "setup.py").is_file()), start)


def _is_for_pytest(file: Path) -> bool:
    try:
        document = tomllib.loads(read_ordinary(file).decode("utf-8-sig"))
    except (OSError, ValueError):
        return False
    return "pytest" in _table(document, "tool")


def _has_section(file: Path, section: str) -> bool:
    try:
        text = read_ordinary(file).decode("utf-8", "replace")
    except OSError:
        return False
    return re.search(rf"^\[{re.escape(section)}\]", text, re.MULTILINE) is not None


def _table(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = document.get(key)
    return table if isinstance(table, Mapping) else {}


def _upwards(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.parents

"""Reads pytest's own settings, from the file that pytest would use."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from covgate.config.ini import parse_ini
from covgate.config.pyproject import read_pyproject
from covgate.config.toml import read_toml, text_of
from covgate.model.rules import PytestSettings

TOML_FILES = ("pytest.toml", ".pytest.toml")
INI_FILES = ("pytest.ini", ".pytest.ini")
SHARED_FILES = (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest"))


def read_pytest_settings(root: Path) -> PytestSettings:
    """The settings at `root`; a file that is pytest's alone is used even where it is empty."""
    for name in TOML_FILES:
        if (root / name).is_file():
            table = read_toml(root / name).get("pytest")
            return _settings(name, table if isinstance(table, Mapping) else {})
    for name in INI_FILES:
        if (root / name).is_file():
            return _from_ini(root, name, "pytest") or PytestSettings(file=name)
    pyproject = read_pyproject(root)
    if table := pyproject.table("tool", "pytest"):
        return _settings("pyproject.toml", pyproject.table("tool", "pytest", "ini_options") or table)
    shared = (_from_ini(root, name, section) for name, section in SHARED_FILES)
    return next((settings for settings in shared if settings is not None), PytestSettings())


def _from_ini(root: Path, name: str, section: str) -> PytestSettings | None:
    keys = parse_ini(text_of(root / name)).get(section)
    return None if keys is None else _settings(name, {key: value.text for key, value in keys.items()})


def _settings(file: str, keys: Mapping[str, Any]) -> PytestSettings:
    return PytestSettings(
        file=file,
        addopts=_words(keys.get("addopts")),
        testpaths=tuple(path.rstrip("/").removeprefix("./") for path in _words(keys.get("testpaths"))),
        python_files=_words(keys.get("python_files")) or PytestSettings().python_files,
    )


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(word for word in value if isinstance(word, str))
    if not isinstance(value, str):
        return ()
    with contextlib.suppress(ValueError):
        return tuple(shlex.split(value, posix=os.sep == "/"))
    return tuple(value.split())

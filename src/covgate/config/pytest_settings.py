"""pytest's own settings, from the first file that pytest would take."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from covgate.config.ini import parse_ini
from covgate.config.lenient import read_toml, text_of
from covgate.model.rules import PytestSettings

TOML_FILES = ("pytest.toml", ".pytest.toml")
INI_FILES = ("pytest.ini", ".pytest.ini")
LATER = (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest"))


def read_pytest_settings(root: Path) -> PytestSettings:
    """An own file of pytest's counts even where it is empty."""
    for name in TOML_FILES:
        if (root / name).is_file():
            return _settings(name, _table(read_toml(root / name), "pytest"))
    for name in INI_FILES:
        if (root / name).is_file():
            return _from_ini(root, name, "pytest") or PytestSettings(file=name)
    tool = _table(_table(read_toml(root / "pyproject.toml"), "tool"), "pytest")
    if tool:
        return _settings("pyproject.toml", _table(tool, "ini_options") or tool)
    found = (_from_ini(root, name, section) for name, section in LATER)
    return next((settings for settings in found if settings is not None), PytestSettings())


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


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = table.get(key)
    return found if isinstance(found, Mapping) else {}

"""Files that may be missing or broken: of no interest then, as whoever owns them will say so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from covgate.config.toml import tomllib
from covgate.files import read_ordinary


def text_of(path: Path) -> str:
    try:
        return read_ordinary(path).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text_of(path))
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return {}

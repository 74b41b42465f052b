"""Names of `toml` under their former place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from covgate.config.edit import _open
from covgate.config.toml import toml_key, toml_string, toml_value

__all__ = ["parsed", "toml_key", "toml_string", "toml_value"]


def parsed(text: str, path: Path) -> Mapping[str, Any]:
    return _open(text, path)[2]

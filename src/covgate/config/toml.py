"""TOML as the gate reads and writes it: numbers exactly, keys and strings with their escapes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from covgate.files import read_ordinary

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - measured on a newer Python
    import tomli as tomllib

__all__ = ["BOM", "parse_toml", "read_toml", "text_of", "toml_key", "toml_string", "toml_value", "tomllib"]

BOM = "\ufeff"
NAN = Decimal("nan")


@lru_cache(maxsize=8)
def parse_toml(text: str) -> Mapping[str, Any]:
    """The document in `text`, with floats as `Decimal`; every caller with the same text shares it, and only reads it.

    Raises `ValueError` where `text` is not valid TOML.
    """
    try:
        return tomllib.loads(text.removeprefix(BOM), parse_float=_exact)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _exact(number: str) -> Decimal | float:
    try:
        value = Decimal(number)
    except InvalidOperation:  # an exponent beyond those of `Decimal`: a number in somebody else's table
        return float(number)
    return NAN if value.is_nan() else value  # one object, so that equal documents compare equal


def text_of(path: Path) -> str:
    """The text of a settings file; empty where it cannot be read, as its owner will report that."""
    try:
        return read_ordinary(path).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def read_toml(path: Path) -> Mapping[str, Any]:
    """The document in a settings file; empty where it cannot be read or parsed, as its owner will report that."""
    try:
        return parse_toml(text_of(path))
    except ValueError:
        return {}


def toml_string(text: str) -> str:
    """A string or a quoted key: JSON's escapes are TOML's escapes too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_key(key: str) -> str:
    """A key, quoted where it has to be."""
    return key if re.fullmatch("[A-Za-z0-9_-]+", key) else toml_string(key)


def toml_value(value: object) -> str:
    """A value on one line."""
    if isinstance(value, str):
        return toml_string(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{toml_key(key)} = {toml_value(inner)}' for key, inner in value.items())} }}"
    return value.isoformat() if isinstance(value, date) else str(value)

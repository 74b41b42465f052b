"""What reads TOML: the standard library, or on Python 3.10 the package it comes from."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - measured on a newer Python
    import tomli as tomllib

__all__ = ["tomllib"]

"""The line at which a report points for a setting."""

from __future__ import annotations

from covgate.model.rules import KeyPath, Rules

PYPROJECT = "pyproject.toml"


def line_of(rules: Rules, file: str, path: KeyPath, item: str = "") -> int | None:
    """The line of an item of the setting, else of the setting, else of the nearest table around it."""
    places = rules.places.get(file, {})
    candidates = [(*path, item)] if item else []
    candidates += [path[:length] for length in range(len(path), 0, -1)]
    return next((places[one] for one in candidates if one in places), None)

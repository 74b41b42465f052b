"""The changes that commands make, each as new text.

Every text is read again before it is given out: it holds what was asked for, and all that was there.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from covgate.config.toml_text import (
    after_ours,
    at_the_end,
    edited,
    parsed,
    read,
    toml_value,
    with_key_dropped,
    with_key_renamed,
    with_new_keys,
    without_ours,
)
from covgate.errors import UsageError


def with_table(text: str, table: str, path: Path, *, replace: bool) -> str:
    """`text` with `table` (TOML, from its `[tool.covgate]` on) at its end.

    Raises `UsageError` where there is such a table already (unless `replace`), or where none can be
    added.
    """
    tool = parsed(text, path).get("tool", {})
    if isinstance(tool, dict) and "covgate" in tool:
        if not replace:
            raise UsageError(f"{path} has a [tool.covgate] already", "replace it with --force, or edit it by hand")
        text = without_ours(text, path)
    added = at_the_end(text, table)
    if read(added) is None:
        raise UsageError(
            f"a table cannot be added to {path}, where tool is no ordinary table", f"add it by hand:\n{table}"
        )
    return added


def with_acceptance(text: str, entry: Mapping[str, object], path: Path, *, place: int | None) -> str:
    """`text` with one more entry of `[[tool.covgate.accept]]`, or with these keys set in the one at `place`.

    Raises `UsageError` where it cannot be written.
    """
    expected: dict[str, Any] = copy.deepcopy(parsed(text, path))
    entries = expected.setdefault("tool", {}).setdefault("covgate", {}).setdefault("accept", [])
    table = "[[tool.covgate.accept]]\n" + "".join(f"{key} = {toml_value(value)}\n" for key, value in entry.items())
    if place is None:
        entries.append(dict(entry))
        for candidate in (after_ours(text, table), at_the_end(text, table)):
            if read(candidate) == expected:
                return candidate
    else:
        entries[place] |= entry

    def change(document: Any) -> None:
        entries = document["tool"]["covgate"].setdefault("accept", [])
        if place is None:
            entries.append(dict(entry))
        else:
            for key, value in entry.items():
                if entries[place].get(key) != value:  # what stays keeps its form
                    entries[place][key] = value

    by_hand = f"write it by hand:\n{table}"
    if place is not None:
        text = with_new_keys(text, entry, place, path)
    return edited(text, path, change, expected, by_hand)


def with_levels(
    text: str,
    path: Path,
    *,
    values: Mapping[tuple[str, ...], int | float],
    renamed: Mapping[str, str],
    dropped: Iterable[str],
) -> str:
    """`text` with keys of `targets` dropped and renamed, then with these values.

    The key path of a value starts below `[tool.covgate]`; where an entry of `targets` is a bare
    percentage, that is its `target`. Raises `UsageError` where it cannot be written.
    """

    def change(document: Any) -> None:
        for keys, value in values.items():
            table = document["tool"]["covgate"]
            for key in keys[:-1]:
                if not isinstance(table[key], Mapping):
                    break
                table = table[key]
            else:
                key = keys[-1]
            table[key] = value

    for key in dropped:
        text = with_key_dropped(text, key, path)
    for old, new in renamed.items():
        text = with_key_renamed(text, old, new, path)
    expected = copy.deepcopy(parsed(text, path))
    change(expected)
    if expected == parsed(text, path):
        return text
    said = [f"{'.'.join(keys)} = {value}" for keys, value in values.items()]
    return edited(text, path, change, expected, "edit it by hand:\n  " + "\n  ".join(said))

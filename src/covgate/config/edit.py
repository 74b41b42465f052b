"""The changes that commands make to pyproject.toml, each as new text.

Only the text of what is asked for is replaced. Every result is parsed again before it is given out: it must hold
exactly what was asked for, all that was there, and every comment that does not belong to something removed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from covgate.config.layout import KeyPath
from covgate.config.toml import BOM, parse_toml, toml_key, toml_value
from covgate.config.toml_edit import EditError, add_after, add_at_end, add_item, add_key, drop, rename_key, set_value
from covgate.errors import UsageError

OWN: KeyPath = ("tool", "covgate")
ACCEPT: KeyPath = (*OWN, "accept")
TARGETS: KeyPath = (*OWN, "targets")


def with_table(text: str, table: str, path: Path, *, replace: bool) -> str:
    """`text` with `table` (TOML that starts with `[tool.covgate]`) added at its end.

    Raises `UsageError` where there is such a table already (unless `replace`), or where none can be added.
    """
    mark, body, document = _open(text, path)
    expected = copy.deepcopy(document)
    tool = expected.setdefault("tool", {})
    try:
        if isinstance(tool, dict) and "covgate" in tool:
            if not replace:
                raise UsageError(
                    "settings-not-edited",
                    f"{path} already has [tool.covgate]",
                    "replace it with --force, or edit it by hand",
                )
            del tool["covgate"]
            body = drop(body, OWN)
            _require_document(body, expected)
        added = add_at_end(body, table)
        if isinstance(tool, dict) and table:
            tool["covgate"] = parse_toml(table)["tool"]["covgate"]
        _require_document(added, expected)
    except EditError:
        raise UsageError(
            "settings-not-edited",
            f"[tool.covgate] cannot be added to {path}, because tool is not an ordinary table there",
            f"add it by hand:\n{table}",
        ) from None
    return mark + added


def with_acceptance(text: str, entry: Mapping[str, object], path: Path, *, place: int | None) -> str:
    """`text` with one more entry of `[[tool.covgate.accept]]`, or with these keys set in the entry number `place`.

    Raises `UsageError` where it cannot be written.
    """
    mark, body, document = _open(text, path)
    expected = copy.deepcopy(document)
    entries = expected.setdefault("tool", {}).setdefault("covgate", {}).setdefault("accept", [])
    table = "[[tool.covgate.accept]]\n" + "".join(f"{key} = {toml_value(value)}\n" for key, value in entry.items())
    ways: list[Callable[[], str]]
    if place is None:
        entries.append(dict(entry))
        ways = [
            lambda: add_after(body, OWN, table),
            lambda: add_at_end(body, table),
            lambda: add_item(body, ACCEPT, dict(entry)),
            lambda: add_key(body, OWN, "accept", [dict(entry)]),
        ]
    else:
        old = copy.copy(entries[place])
        entries[place] |= entry
        ways = [lambda: _with_entry(body, (*ACCEPT, place), old, entry)]
    for way in ways:
        try:
            added = way()
            _require_document(added, expected)
        except EditError:
            continue
        return mark + added
    raise _refusal(path, f"write it by hand:\n{table}")


def with_levels(
    text: str,
    path: Path,
    *,
    values: Mapping[tuple[str, ...], int | float],
    renamed: Mapping[str, str],
    dropped: Iterable[str],
) -> str:
    """`text` with keys of `targets` dropped and renamed, then with these values.

    The key path of a value starts below `[tool.covgate]`. Where an entry of `targets` is a bare percentage, that
    is its `target`. Raises `UsageError` where it cannot be written.
    """
    mark, body, document = _open(text, path)
    expected, dropped = copy.deepcopy(document), tuple(dropped)
    by_hand = [f"remove {toml_key(key)} from [tool.covgate.targets]" for key in dropped]
    by_hand += [f"rename {toml_key(old)} to {toml_key(new)} in [tool.covgate.targets]" for old, new in renamed.items()]
    by_hand += [f"set {'.'.join(map(toml_key, keys))} = {value} in [tool.covgate]" for keys, value in values.items()]
    try:
        for key in dropped:
            body = drop(body, (*TARGETS, key))
            del _table_at(expected, TARGETS)[key]
        for old, new in renamed.items():
            body = rename_key(body, (*TARGETS, old), new)
            _table_at(expected, TARGETS)[new] = _table_at(expected, TARGETS).pop(old)
        for keys, value in values.items():
            full = (*OWN, *keys)
            if not isinstance(_table_at(expected, full[:-1]), Mapping):
                full = full[:-1]
            number = Decimal(str(value))
            if _table_at(expected, full) != number:
                body = set_value(body, full, number)
                _table_at(expected, full[:-1])[full[-1]] = number
        _require_document(body, expected)
    except (EditError, LookupError):
        raise _refusal(path, "edit it by hand:\n  " + "\n  ".join(by_hand)) from None
    return mark + body


def _open(text: str, path: Path) -> tuple[str, str, dict[str, Any]]:
    """The byte order mark, the text behind it, and its document. Raises `UsageError` for invalid TOML."""
    try:
        document = parse_toml(text)
    except ValueError as error:
        raise UsageError("settings", f"{path} is not valid TOML: {error}", "fix that line") from None
    mark = BOM if text.startswith(BOM) else ""
    return mark, text.removeprefix(BOM), dict(document)


def _refusal(path: Path, by_hand: str) -> UsageError:
    return UsageError(
        "settings-not-edited", f"{path} has [tool.covgate] in a form that cannot be edited automatically", by_hand
    )


def _require_document(text: str, expected: Mapping[str, Any]) -> None:
    """Raises `EditError` where `text` does not hold exactly what is `expected`."""
    try:
        holds = _without_empty_tables(parse_toml(text)) == _without_empty_tables(expected)
    except ValueError:
        holds = False
    if not holds:
        raise EditError


def _without_empty_tables(document: Mapping[str, Any], path: KeyPath = TARGETS) -> dict[str, Any]:
    """Without the empty tables on `path`: one that is only written in dotted keys is gone with its last key."""
    kept = dict(document)
    if path and isinstance(kept.get(str(path[0])), Mapping):
        kept[str(path[0])] = _without_empty_tables(kept[str(path[0])], path[1:])
        if not kept[str(path[0])]:
            del kept[str(path[0])]
    return kept


def _table_at(document: Any, path: KeyPath) -> Any:
    for key in path:
        document = document[key]
    return document


def _with_entry(text: str, path: KeyPath, old: Mapping[str, object], entry: Mapping[str, object]) -> str:
    """The table at `path` with these keys; a value that stays keeps the form in which it is written."""
    for key, value in entry.items():
        if key not in old:
            text = add_key(text, path, key, value)
        elif old[key] != value:
            text = set_value(text, (*path, key), value)
    return text

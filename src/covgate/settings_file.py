"""Writes settings of ours into pyproject.toml; everything else in the file stays as it is.

Every text is read again before it is written: it holds what was asked for, and all that was there.
"""

from __future__ import annotations

import copy
import difflib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from covgate.errors import UsageError
from covgate.publish import write_aside

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BOM = "\ufeff"
OWN_HEADER = re.compile(r"[ \t]*\[\[?[ \t]*tool[ \t]*\.[ \t]*([\"']?)covgate\1[ \t]*[.\]]")
HEADER = re.compile(r"[ \t]*\[")


def read_text(path: Path) -> str:
    """The file as it is, with its byte order mark and line ends; empty where there is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "make it a readable UTF-8 file") from None


def write_text(path: Path, before: str, after: str) -> None:
    """Replace the file whose text was `before`.

    Raises `UsageError` where it may not be written, which is somebody's wish though renaming over
    it would work, or where somebody else has written it meanwhile.
    """
    target = path if path.exists() else path.parent
    if not os.access(target, os.W_OK):
        raise UsageError(f"{path} cannot be written: no permission", "make it writable, or use --dry-run")
    if read_text(path) != before:
        raise UsageError(f"{path} was edited meanwhile", "run the command again")
    write_aside(path, after)


def with_table(text: str, table: str, path: Path, *, replace: bool) -> str:
    """`text` with `table` (TOML, from its `[tool.covgate]` on) at its end.

    Raises `UsageError` where there is such a table already (unless `replace`), or where none can be
    added.
    """
    tool = _parsed(text, path).get("tool", {})
    if isinstance(tool, dict) and "covgate" in tool:
        if not replace:
            raise UsageError(f"{path} has a [tool.covgate] already", "replace it with --force, or edit it by hand")
        without = copy.deepcopy(_parsed(text, path))
        del without["tool"]["covgate"]
        text = _edited(text, path, lambda document: document["tool"].pop("covgate"), without, "take the table out")
    added = _at_the_end(text, table)
    if _read(added) is None:
        raise UsageError(
            f"a table cannot be added to {path}, where tool is no ordinary table", f"add it by hand:\n{table}"
        )
    return added


def with_acceptance(text: str, entry: Mapping[str, object], path: Path, *, place: int | None) -> str:
    """`text` with one more entry of `[[tool.covgate.accept]]`, or with the one at `place` replaced.

    Raises `UsageError` where it cannot be written.
    """
    expected: dict[str, Any] = copy.deepcopy(_parsed(text, path))
    entries = expected.setdefault("tool", {}).setdefault("covgate", {}).setdefault("accept", [])
    table = "[[tool.covgate.accept]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in entry.items())
    if place is None:
        entries.append(dict(entry))
        for candidate in (_after_ours(text, table), _at_the_end(text, table)):
            if _read(candidate) == expected:
                return candidate
    else:
        entries[place] = dict(entry)

    def change(document: Any) -> None:
        covgate = document["tool"]["covgate"]
        if place is None:
            covgate.setdefault("accept", []).append(dict(entry))
            return
        old = covgate["accept"][place]
        for key in [key for key in old if key not in entry]:
            del old[key]
        old.update(entry)

    return _edited(text, path, change, expected, f"write it by hand:\n{table}")


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
    gone = tuple(dropped)

    def change(document: Any) -> None:
        covgate = document["tool"]["covgate"]
        for key in gone:
            del covgate["targets"][key]
        for keys, value in values.items():
            table = covgate
            for key in keys[:-1]:
                if not isinstance(table[key], Mapping):
                    break
                table = table[key]
            else:
                key = keys[-1]
            table[key] = value
        if "targets" in covgate and not covgate["targets"]:
            del covgate["targets"]

    for old, new in renamed.items():
        text = _with_key_renamed(text, old, new, path)
    expected = copy.deepcopy(_parsed(text, path))
    change(expected)
    if expected == _parsed(text, path):
        return text
    said = [f"{'.'.join(keys)} = {value}" for keys, value in values.items()]
    said += [f"{key} is gone" for key in gone]
    return _edited(text, path, change, expected, "edit it by hand:\n  " + "\n  ".join(said))


def _with_key_renamed(text: str, old: str, new: str, path: Path) -> str:
    """A key of `targets`, wherever it stands: what comes out has to be the same but for that name."""
    before = _parsed(text, path)
    expected = copy.deepcopy(before)
    targets = expected["tool"]["covgate"]["targets"]
    targets[new] = targets.pop(old)
    for found in re.finditer(rf"(?:\"{re.escape(old)}\"|'{re.escape(old)}'|\b{re.escape(old)}\b)", text):
        candidate = text[: found.start()] + toml_string(new) + text[found.end() :]
        if _read(candidate) == expected:
            return candidate
    raise UsageError(f"the key {old} cannot be renamed in {path}", f"rename it to {new} by hand")


def toml_string(text: str) -> str:
    """A string or quoted key of TOML: JSON's escapes are its escapes too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def shown_change(before: str, after: str) -> str:
    """What would be written, as a unified diff."""
    old, new = (text.replace("\r\n", "\n").splitlines(keepends=True) for text in (before, after))
    lines = difflib.unified_diff(old, new, "pyproject.toml", "pyproject.toml")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _value(value: object) -> str:
    if isinstance(value, str):
        return toml_string(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix(BOM))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}", "mend that line") from None


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text.removeprefix(BOM))
    except tomllib.TOMLDecodeError:
        return None


def _at_the_end(text: str, table: str) -> str:
    newline = _newline(text)
    body = text.rstrip("\r\n")
    gap = newline * 2 if body.removeprefix(BOM) else ""
    return body + gap + table.replace("\n", newline)


def _after_ours(text: str, table: str) -> str:
    """`table` behind the last table of ours, before what belongs to the next one."""
    lines = text.removeprefix(BOM).splitlines(keepends=True)
    own = [at for at, line in enumerate(lines) if OWN_HEADER.match(line)]
    end = next(_headers(lines, own[-1] + 1), len(lines)) if own else len(lines)
    if end == len(lines):
        return _at_the_end(text, table)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1  # a comment above a header is the header's
    newline = _newline(text)
    before, after = "".join(lines[:end]), "".join(lines[end:])
    mark = BOM if text.startswith(BOM) else ""
    return mark + before + newline + table.replace("\n", newline) + after


def _headers(lines: list[str], start: int) -> Iterator[int]:
    return (at for at in range(start, len(lines)) if HEADER.match(lines[at]))


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _without_empty_tool(document: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of `tool.covgate = 1` without it is nothing; of `[tool]` an empty table."""
    return {key: value for key, value in document.items() if key != "tool" or value}


def _edited(text: str, path: Path, change: Callable[[Any], object], expected: Mapping[str, Any], by_hand: str) -> str:
    """`text` after `change` to its document, comments and all; it then says what is `expected`."""
    try:
        import tomlkit
    except ImportError:
        raise UsageError(
            f"changing what stands in {path} needs tomlkit, which keeps the rest of it as it is",
            f'pip install "pytest-covgate[edit]", or {by_hand}',
        ) from None
    try:
        document = tomlkit.parse(text.removeprefix(BOM))
        change(document)
        edited = tomlkit.dumps(document)
    except Exception:  # an editor of every form that TOML has, with limits of its own
        edited = ""
    if "\r\n" in text and "\n" not in text.replace("\r\n", ""):
        edited = re.sub("(?<!\r)\n", "\r\n", edited)
    found = _read(edited)
    if found is None or _without_empty_tool(found) != _without_empty_tool(expected):
        raise UsageError(f"{path} has [tool.covgate] in a form that cannot be edited for you", by_hand)
    return (BOM if text.startswith(BOM) else "") + edited

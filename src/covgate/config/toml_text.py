"""Surgery on TOML: lines are cut and put in where that comes out right, else tomlkit edits."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from covgate.config.toml import tomllib
from covgate.errors import UsageError

BOM = "\ufeff"
OWN_HEADER = re.compile(r"[ \t]*\[\[?[ \t]*tool[ \t]*\.[ \t]*([\"']?)covgate\1[ \t]*[.\]]")
ACCEPT_HEADER = re.compile(r"\ufeff?[ \t]*\[\[[ \t]*tool[ \t]*\.[ \t]*covgate[ \t]*\.[ \t]*accept[ \t]*\]\]")
HEADER = re.compile(r"[ \t]*\[")


def toml_string(text: str) -> str:
    """A string or quoted key of TOML: JSON's escapes are its escapes too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_key(key: str) -> str:
    return key if re.fullmatch("[A-Za-z0-9_-]+", key) else toml_string(key)


def toml_value(value: object) -> str:
    if isinstance(value, str):
        return toml_string(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{toml_key(key)} = {toml_value(inner)}' for key, inner in value.items())} }}"
    return value.isoformat() if isinstance(value, date) else str(value)


def parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix(BOM))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}", "mend that line") from None


def read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text.removeprefix(BOM))
    except tomllib.TOMLDecodeError:
        return None


def at_the_end(text: str, table: str) -> str:
    newline = _newline(text)
    body = text.rstrip("\r\n")
    gap = newline * 2 if body.removeprefix(BOM) else ""
    return body + gap + table.replace("\n", newline)


def after_ours(text: str, table: str) -> str:
    """`table` behind the last table of ours, before what belongs to the next one."""
    lines = text.removeprefix(BOM).splitlines(keepends=True)
    own = [at for at, line in enumerate(lines) if OWN_HEADER.match(line)]
    end = next(_headers(lines, own[-1] + 1), len(lines)) if own else len(lines)
    if end == len(lines):
        return at_the_end(text, table)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1  # a comment above a header is the header's
    newline = _newline(text)
    before, after = "".join(lines[:end]), "".join(lines[end:])
    mark = BOM if text.startswith(BOM) else ""
    return mark + before + newline + table.replace("\n", newline) + after


def without_ours(text: str, path: Path) -> str:
    """Without `[tool.covgate]` and all below it; a comment above a header is the header's."""
    expected = copy.deepcopy(parsed(text, path))
    del expected["tool"]["covgate"]
    kept: list[str] = []
    pending: list[str] = []  # comments and empty lines, of which the next line says whose they are
    is_ours = False
    for line in text.removeprefix(BOM).splitlines(keepends=True):
        if line.lstrip().startswith("#") or not line.strip():
            pending.append(line)
            continue
        if HEADER.match(line):
            was_ours, is_ours = is_ours, OWN_HEADER.match(line) is not None
            kept += [] if was_ours and is_ours else pending
        elif not is_ours:
            kept += pending
        pending = []
        kept += [] if is_ours else [line]
    candidate = (BOM if text.startswith(BOM) else "") + "".join([*kept, *([] if is_ours else pending)])
    found = read(candidate)
    if found is not None and _without_empty_tool(found) == _without_empty_tool(expected):
        return candidate
    return edited(text, path, lambda document: document["tool"].pop("covgate"), expected, "take the table out")


def with_new_keys(text: str, entry: Mapping[str, object], place: int, path: Path) -> str:
    """The keys that an entry lacks, behind its last one; as it is where the entry is no table of its own.

    An editor would put them behind the comments that follow, which are those of the next table.
    """
    old = parsed(text, path)["tool"]["covgate"]["accept"][place]
    lacking = [f"{key} = {toml_value(value)}{_newline(text)}" for key, value in entry.items() if key not in old]
    lines = text.splitlines(keepends=True)
    headers = [at for at, line in enumerate(lines) if ACCEPT_HEADER.match(line)]
    if not lacking or place >= len(headers):
        return text
    end = next(_headers(lines, headers[place] + 1), len(lines))
    while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
        end -= 1
    before = "".join(lines[:end])
    candidate = before + ("" if before.endswith("\n") else _newline(text)) + "".join(lacking) + "".join(lines[end:])
    found, expected = read(candidate), copy.deepcopy(parsed(text, path))
    expected["tool"]["covgate"]["accept"][place] |= {key: entry[key] for key in entry if key not in old}
    return candidate if found == expected else text


def with_key_renamed(text: str, old: str, new: str, path: Path) -> str:
    """A key of `targets`, wherever it stands: what comes out has to be the same but for that name."""
    expected = copy.deepcopy(parsed(text, path))
    targets = expected["tool"]["covgate"]["targets"]
    targets[new] = targets.pop(old)
    for found in _written(old, text):
        candidate = text[: found.start()] + toml_string(new) + text[found.end() :]
        if read(candidate) == expected:
            return candidate
    raise UsageError(f"the key {old} cannot be renamed in {path}", f"rename it to {new} by hand")


def with_key_dropped(text: str, key: str, path: Path) -> str:
    """Without the line on which a key of `targets` stands; every other line, comments too, stays."""
    expected = copy.deepcopy(parsed(text, path))
    del expected["tool"]["covgate"]["targets"][key]
    for found in _written(key, text):
        start = text.rfind("\n", 0, found.start()) + 1
        end = text.find("\n", found.end()) + 1 or len(text)
        if read(text[:start] + text[end:]) == expected:
            return text[:start] + text[end:]
    return edited(
        text,
        path,
        lambda document: document["tool"]["covgate"]["targets"].pop(key),
        expected,
        f"take {key} out of its targets by hand",
    )


def edited(text: str, path: Path, change: Callable[[Any], object], expected: Mapping[str, Any], by_hand: str) -> str:
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
    found = read(edited)
    if (
        _comments(edited) != _comments(text)
        or found is None
        or _without_empty_tool(found) != _without_empty_tool(expected)
    ):
        raise UsageError(f"{path} has [tool.covgate] in a form that cannot be edited for you", by_hand)
    return (BOM if text.startswith(BOM) else "") + edited


def _written(key: str, text: str) -> Iterator[re.Match[str]]:
    """Wherever a key may be written, quoted or not."""
    return re.finditer(rf"\"{re.escape(key)}\"|'{re.escape(key)}'|\b{re.escape(key)}\b", text)


def _headers(lines: list[str], start: int) -> Iterator[int]:
    return (at for at in range(start, len(lines)) if HEADER.match(lines[at]))


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.lstrip().startswith("#")]


def _without_empty_tool(document: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of `tool.covgate = 1` without it is nothing; of `[tool]` an empty table."""
    return {key: value for key, value in document.items() if key != "tool" or value}

"""Edits the text of a TOML document by key path: sets, renames, drops and adds keys, and leaves the rest as it is.

The functions take valid TOML without a byte order mark. They raise `EditError` where the result would not be valid,
or would lose a comment that does not belong to what is dropped. What the result says is the caller's to check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from covgate.config.layout import KeyPath, Part, find_layout
from covgate.config.toml import parse_toml, toml_key, toml_string, toml_value


class EditError(Exception):
    """The text has a form in which a change cannot be made."""


def _splice(text: str, *changes: tuple[int, int, str]) -> str:
    """`text` with each span from start to end replaced. Raises `EditError` where that loses a comment outside."""
    changed = text
    for start, end, new in sorted(changes, reverse=True):
        changed = changed[:start] + new + changed[end:]
    kept = [
        text[start:end]
        for start, end in find_layout(text).comments
        if not any(first <= start < last for first, last, _ in changes)
    ]
    try:
        parse_toml(changed)
        comments = [changed[start:end] for start, end in find_layout(changed).comments]
    except ValueError:
        raise EditError from None
    if comments != kept:
        raise EditError
    return changed


def set_value(text: str, path: KeyPath, value: object) -> str:
    part = find_layout(text).value_at(path)
    if part is None:
        raise EditError
    return _splice(text, (part.value, part.end, toml_value(value)))


def rename_key(text: str, path: KeyPath, new: str) -> str:
    """The last key of `path` renamed, in every header and dotted key in which it is written."""
    keys = [key for part in find_layout(text).parts for key in part.keys if key.path == path]
    return _splice(text, *((key.start, key.end, toml_string(new)) for key in keys))


def drop(text: str, path: KeyPath) -> str:
    """Without the value at `path`: whole lines, with the comments between them and behind them on the same line."""
    layout = find_layout(text)
    cuts = [
        (_line_start(text, run[0].start), _line_end(text, run[-1].end), "")
        for _, run, _ in _runs_below(path, layout.statements)
    ]
    tables = {part.table for part in layout.parts if part.kind == "inline" and path[: len(part.table)] == part.table}
    for table in tables - {path}:
        for before, run, after in _runs_below(path, layout.inline_keys(table)):
            start = before.end if before is not None and after is None else run[0].start
            end = run[-1].end if after is None else after.start
            if "#" in text[start : run[0].start] + text[run[-1].end : end]:
                raise EditError  # a comment between two keys may belong to either
            cuts.append((start, end, ""))
    return _splice(text, *cuts)


def _runs_below(path: KeyPath, parts: Iterable[Part]) -> Iterator[tuple[Part | None, list[Part], Part | None]]:
    """Each run of neighbours that belong to `path`, with the part before and after it."""
    runs = [(is_below, list(run)) for is_below, run in groupby(parts, lambda part: part.path[: len(path)] == path)]
    for number, (is_below, run) in enumerate(runs):
        if is_below:
            before = runs[number - 1][1][-1] if number else None
            after = runs[number + 1][1][0] if number + 1 < len(runs) else None
            yield before, run, after


def add_at_end(text: str, table: str) -> str:
    newline = _newline(text)
    body = text.rstrip("\r\n")
    return body + (newline * 2 if body else "") + table.replace("\n", newline)


def add_after(text: str, path: KeyPath, table: str) -> str:
    """`table` behind the last table at or below `path`, before the comments of the next one."""
    statements = find_layout(text).statements
    numbers = [n for n, part in enumerate(statements) if part.kind == "header" and part.path[: len(path)] == path]
    rest = range(numbers[-1] + 1, len(statements)) if numbers else ()
    after = next((number for number in rest if statements[number].kind == "header"), None)
    if after is None:
        return add_at_end(text, table)
    newline = _newline(text)
    place = _line_end(text, statements[after - 1].end)
    return _splice(text, (place, place, newline + table.replace("\n", newline)))


def add_key(text: str, table: KeyPath, key: str, value: object) -> str:
    """A key behind the last one of `table`, in the form that the table has."""
    written = f"{toml_key(key)} = {toml_value(value)}"
    sections = [
        (part, part.path if part.kind == "header" else part.table)
        for part in find_layout(text).parts
        if part.path == table or (part.kind != "header" and part.path[: len(table)] == table)
    ]
    above = [(part, section) for part, section in sections if len(section) <= len(table)]
    if not above:
        raise EditError
    part, section = above[-1]
    if part.path == table and part.kind != "header":  # an inline table without a key
        return _splice(text, (part.value + 1, part.value + 1, f" {written} "))
    dotted = "".join(f"{toml_key(str(name))}." for name in table[len(section) :])
    if part.kind == "inline":
        return _splice(text, (part.end, part.end, f", {dotted}{written}"))
    indent, place = text[_line_start(text, part.start) : part.start], _line_end(text, part.end)
    first = "" if text[:place].endswith("\n") else _newline(text)
    return _splice(text, (place, place, f"{first}{indent}{dotted}{written}{_newline(text)}"))


def add_item(text: str, path: KeyPath, value: object) -> str:
    """One more item of an array that is written in one piece; on a line of its own where its bracket has one."""
    layout, written = find_layout(text), toml_value(value)
    array = layout.value_at(path)
    items = [part for part in layout.parts if part.kind == "item" and part.table == path]
    if array is None or not items:
        raise EditError
    bracket, last = array.end - 1, items[-1]
    line = _line_start(text, bracket)
    if text[line:bracket].strip() or line <= last.start:
        return _splice(text, (last.end, last.end, f", {written}"))
    indent = text[_line_start(text, last.start) : last.start]
    item = (line, line, f"{indent if not indent.strip() else ''}{written},{_newline(text)}")
    try:
        return _splice(text, (last.end, last.end, ","), item)
    except EditError:  # there is a comma already
        return _splice(text, item)


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _line_end(text: str, place: int) -> int:
    """Behind the line, its comment and its newline."""
    return text.find("\n", place) + 1 or len(text)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"

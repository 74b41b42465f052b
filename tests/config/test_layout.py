"""Where keys and values stand, compared with what the standard library reads there."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

import toml_documents
from covgate.config.layout import find_layout
from covgate.config.toml import BOM, parse_toml


def value_at(document: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def paths_of_values(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """The paths of all values that hold no other values."""
    inner = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    if inner:
        return {found for key, one in inner for found in paths_of_values(one, (*path, key))}
    return set() if isinstance(value, dict) else {path}


@settings(deadline=None)
@given(toml_documents.texts())
def test_every_value_stands_where_the_layout_says(text: str) -> None:
    text = text.removeprefix(BOM)
    document, layout = parse_toml(text), find_layout(text)
    for part in layout.parts:
        for key in part.keys:
            assert parse_toml(f"{text[key.start : key.end]} = 1") == {key.path[-1]: 1}
        if part.kind != "header":
            assert parse_toml(f"x = {text[part.value : part.end]}")["x"] == value_at(document, part.path)
    assert paths_of_values(document) <= {part.path for part in layout.parts}


@settings(deadline=None)
@given(toml_documents.texts())
def test_comments_are_the_comments(text: str) -> None:
    """Each generated comment starts with its number; no string holds such a text."""
    comments = [text.removeprefix(BOM)[start:end] for start, end in find_layout(text.removeprefix(BOM)).comments]
    assert len(comments) == text.count(" [tool.covgate] total = 1")
    assert all(comment[1].isdigit() for comment in comments)

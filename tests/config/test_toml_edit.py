"""One edit of a TOML text by key path; whole edits of settings, also generated ones, are in test_edit.py."""

from __future__ import annotations

import pytest

from covgate.config.toml_edit import (
    EditError,
    add_after,
    add_at_end,
    add_item,
    add_key,
    drop,
    rename_key,
    set_value,
)

TEXT = """\
# above
[a]
x = 1  # one
y = [1, 2]

[a.b]
z = { p = 1, q = 2 }
# below
"""


def test_a_value_is_set_in_its_place() -> None:
    assert set_value(TEXT, ("a", "x"), 5) == TEXT.replace("x = 1", "x = 5")
    assert set_value(TEXT, ("a", "b", "z", "q"), 5) == TEXT.replace("q = 2", "q = 5")


def test_a_key_is_renamed_wherever_it_is_written() -> None:
    assert rename_key(TEXT, ("a",), "n.m") == TEXT.replace("[a", '["n.m"')
    assert rename_key("a.b.c = 1\na.b.d = 2\n", ("a", "b"), "x") == 'a."x".c = 1\na."x".d = 2\n'


@pytest.mark.parametrize(
    ("path", "gone"),
    [
        (("a", "x"), "x = 1  # one\n"),
        (("a", "b"), "[a.b]\nz = { p = 1, q = 2 }\n"),
        (("a", "b", "z"), "z = { p = 1, q = 2 }\n"),
        (("a", "b", "z", "p"), "p = 1, "),
        (("a", "b", "z", "q"), ", q = 2"),
    ],
)
def test_what_is_dropped_takes_its_own_comment_and_no_other(path: tuple[str, ...], gone: str) -> None:
    assert gone in TEXT
    assert drop(TEXT, path) == TEXT.replace(gone, "")


@pytest.mark.parametrize(
    ("text", "table", "expected"),
    [
        ("[a]\nx = 1\n[b]\n", ("a",), "[a]\nx = 1\ny = 2\n[b]\n"),
        ("[a]\n  x = 1", ("a",), "[a]\n  x = 1\n  y = 2\n"),
        ("[a]\r\nx = 1\r\n", ("a",), "[a]\r\nx = 1\r\ny = 2\r\n"),
        ("a.x = 1\n", ("a",), "a.x = 1\na.y = 2\n"),
        ("a = { x = 1 }\n", ("a",), "a = { x = 1, y = 2 }\n"),
        ("a = {}\n", ("a",), "a = { y = 2 }\n"),
        ("[a.b]\nx = 1\n[a]\n", ("a",), "[a.b]\nx = 1\n[a]\ny = 2\n"),
    ],
)
def test_a_key_is_added_in_the_form_of_its_table(text: str, table: tuple[str, ...], expected: str) -> None:
    assert add_key(text, table, "y", 2) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = [1]\n", "x = [1, 2]\n"),
        ("x = [1,]\n", "x = [1, 2,]\n"),
        ("x = [\n  1\n]\n", "x = [\n  1,\n  2,\n]\n"),
        ("x = [\n  1,  # one\n]\n", "x = [\n  1,  # one\n  2,\n]\n"),
    ],
)
def test_an_item_is_added_on_a_line_of_its_own_where_the_bracket_has_one(text: str, expected: str) -> None:
    assert add_item(text, ("x",), 2) == expected


def test_a_table_stands_at_the_end_or_behind_the_last_of_its_kind() -> None:
    table = "[a.c]\nw = 1\n"
    assert add_at_end("", table) == table
    assert add_at_end("x = 1\n\n\n", table) == f"x = 1\n\n{table}"
    assert add_at_end("x = 1\r\n", table) == "x = 1\r\n\r\n[a.c]\r\nw = 1\r\n"
    assert add_after(f"{TEXT}[z]\n", ("a",), table) == TEXT.replace("# below\n", f"\n{table}# below\n[z]\n")
    assert add_after("x = 1\n", ("a",), table) == f"x = 1\n\n{table}"


def test_what_cannot_be_edited_is_refused() -> None:
    with pytest.raises(EditError):
        set_value(TEXT, ("a", "no"), 1)
    with pytest.raises(EditError):
        add_key(TEXT, ("no",), "x", 1)
    with pytest.raises(EditError):
        add_item("x = []\n", ("x",), 1)
    with pytest.raises(EditError):
        rename_key("a = 1\nb = 2\n", ("a",), "b")  # there would be two of that name

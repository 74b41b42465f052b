"""Text that is safe on any terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.model.words import counted
from covgate.reports.text import cells, cut_right, pad, printable, shorten_path, shorten_paths, wrap


@given(st.text(st.characters()))
def test_no_control_format_or_surrogate_character_survives(text: str) -> None:
    safe = printable(text)
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in safe)
    safe.encode("utf-8")


@given(st.text(st.characters(categories=["L", "N", "P"])), st.integers(3, 40))
def test_cut_text_fits(text: str, width: int) -> None:
    assert cells(shorten_path(text, width)) <= width
    assert cells(cut_right(text, width)) <= width
    if cells(text) <= width:
        assert shorten_path(text, width) == cut_right(text, width) == text
        assert cells(pad(text, width)) == width


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("", 0)])
def test_cells_are_what_a_terminal_shows(text: str, width: int) -> None:
    assert cells(text) == width


def test_words_keep_their_start() -> None:
    assert cut_right("never entered: pay()", 10) == "never e..."
    assert [shorten_path("abcdef", 2), cut_right("abcdef", 2)] == ["..", ".."]


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (35, "src/warehouse/orders/cart/models.py"),
        (34, "src/.../orders/cart/models.py"),
        (28, "src/.../cart/models.py"),
        (21, "src/.../models.py"),
        (16, ".../models.py"),
        (12, "...models.py"),
        (8, "...ls.py"),
    ],
)
def test_a_path_is_cut_at_folder_names(width: int, shown: str) -> None:
    assert shorten_path("src/warehouse/orders/cart/models.py", width) == shown


def test_paths_that_would_read_the_same_keep_what_tells_them_apart() -> None:
    assert shorten_paths(
        [
            "src/shop/cart/api/v1/models.py",
            "src/shop/payments/api/v1/models.py",
            "src/a.py",
            "src/shop/cart/api/v2/views.py",
        ],
        28,
    ) == [
        "src/.../cart/.../models.py",
        ".../payments/.../models.py",
        "src/a.py",
        "src/.../cart/api/v2/views.py",
    ]
    assert shorten_paths(["packages/checkout/x.py", "packages/other/checkout/x.py"], 21) == [
        "packages/.../x.py",
        ".../other/.../x.py",
    ]


names = st.lists(st.sampled_from(["a", "bb", "orders", "cart"]), min_size=1, max_size=9).map("/".join)


@given(st.lists(names, min_size=2, max_size=6, unique=True), st.integers(30, 50))
def test_different_paths_read_differently_where_there_is_room(paths: list[str], width: int) -> None:
    shown = shorten_paths(paths, width)
    assert all(cells(text) <= width for text in shown)
    assert len(set(shown)) == len(paths)


@given(st.text("ab ", min_size=1), st.integers(1, 40))
def test_wrapped_text_has_the_same_words(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert " ".join(lines) == text
    assert all(cells(line) <= max(20, width) or " " not in line.strip() for line in lines)


def test_counted_words() -> None:
    assert [counted(1, "unit"), counted(2, "unit")] == ["1 unit", "2 units"]

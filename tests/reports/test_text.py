"""Text that is safe on any terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.model.words import counted
from covgate.reports.text import cells, cut_left, cut_right, padded, printable


@given(st.text(st.characters()))
def test_no_control_format_or_surrogate_character_survives(text: str) -> None:
    safe = printable(text)
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in safe)
    safe.encode("utf-8")


@given(st.text(st.characters(categories=["L", "N", "P"])), st.integers(3, 40))
def test_cut_text_fits(text: str, width: int) -> None:
    assert cells(cut_left(text, width)) <= width
    assert cells(cut_right(text, width)) <= width
    if cells(text) <= width:
        assert cut_left(text, width) == cut_right(text, width) == text
        assert cells(padded(text, width)) == width


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("", 0)])
def test_cells_are_what_a_terminal_shows(text: str, width: int) -> None:
    assert cells(text) == width


def test_a_path_keeps_its_end_and_words_their_start() -> None:
    assert cut_left("src/shop/payments.py", 14) == "...payments.py"
    assert cut_right("never entered: pay()", 10) == "never e..."
    assert [cut_left("abcdef", 2), cut_right("abcdef", 2)] == ["..", ".."]


def test_counted_words() -> None:
    assert [counted(1, "unit"), counted(2, "unit")] == ["1 unit", "2 units"]

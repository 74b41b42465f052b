"""Styled lines, plain and in colour."""

from __future__ import annotations

import io
from typing import get_args

import pytest
from _pytest._io import TerminalWriter

from covgate.reports.styled import Span, Style, coloured, in_colour, plain

LINES = ((Span("total  "), Span("FAILED", "bad"), Span("")), (), (Span("more", "dim"),))


def test_plain_lines_have_no_style() -> None:
    assert plain(LINES) == "total  FAILED\n\nmore\n"


@pytest.mark.parametrize("style", [style for style in get_args(Style) if style != "code"])
def test_colours_are_those_that_pytest_writes(style: Style) -> None:
    markup: dict[str, dict[str, bool]] = {
        "good": {"green": True},
        "bad": {"red": True, "bold": True},
        "poor": {"red": True},
        "fair": {"yellow": True},
        "dim": {"light": True},
        "strong": {"bold": True},
    }
    writer = TerminalWriter(io.StringIO())
    writer.hasmarkup = True
    assert in_colour(Span("text", style)) == writer.markup("text", **markup.get(style, {}))


def test_coloured_lines_read_as_the_plain_ones() -> None:
    text = coloured(LINES)
    assert "\x1b[31m\x1b[1mFAILED\x1b[0m" in text
    for code in ("\x1b[31m", "\x1b[1m", "\x1b[2m", "\x1b[0m"):
        text = text.replace(code, "")
    assert text == plain(LINES)


def test_code_is_coloured_and_stays_one_line() -> None:
    pytest.importorskip("pygments", reason="pytest before 8.4 does not bring it")
    shown = in_colour(Span("    return None  # why", "code"))
    assert "\x1b[" in shown
    assert "\n" not in shown

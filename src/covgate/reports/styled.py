"""Lines of styled text, plain or in the colours of a terminal; the door that prints them knows which."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Style: TypeAlias = Literal["plain", "good", "bad", "poor", "fair", "dim", "strong", "code"]


class Span(NamedTuple):
    """A piece of one line in one style; `text` holds no control characters."""

    text: str
    style: Style = "plain"


Line: TypeAlias = tuple[Span, ...]


class View(NamedTuple):
    """How much to say, and how wide. `verbosity` is pytest's: -1 for -q, 1 for -v."""

    width: int = 80
    verbosity: int = 0
    all_rows: bool = False
    is_brief: bool = False
    """Whether a coding agent reads it: then only what there is to do, unless somebody asks for more."""
    all_option: str = "--covgate-all"
    notes_option: str = "-v"
    """What shows the notes of a run that passes."""


def plain(lines: tuple[Line, ...]) -> str:
    """The lines without any style, each ended."""
    return "".join("".join(span.text for span in line).rstrip() + "\n" for line in lines)


def coloured(lines: tuple[Line, ...]) -> str:
    """The lines in ANSI colours, each ended."""
    return "".join("".join(map(in_colour, line)).rstrip() + "\n" for line in lines)


def in_colour(span: Span) -> str:
    """A span in the colours that pytest gives such text; source code as pytest highlights it."""
    if span.style == "code":
        return _highlighted(span.text)
    codes = _CODES[span.style]
    return (
        f"{''.join(f'{ESCAPE}[{code}m' for code in codes)}{span.text}{ESCAPE}[0m" if codes and span.text else span.text
    )


ESCAPE = "\x1b"
_BOLD, _LIGHT, _RED, _GREEN, _YELLOW = 1, 2, 31, 32, 33
_CODES: dict[Style, tuple[int, ...]] = {
    "plain": (),
    "good": (_GREEN,),
    "bad": (_RED, _BOLD),
    "poor": (_RED,),
    "fair": (_YELLOW,),
    "dim": (_LIGHT,),
    "strong": (_BOLD,),
}


def _highlighted(code: str) -> str:
    """One line of Python as Pygments colours it; as it is where that is missing."""
    try:
        from pygments import highlight
        from pygments.formatters.terminal import TerminalFormatter
        from pygments.lexers.python import PythonLexer
    except ImportError:  # pragma: no cover - older pytest does not depend on it
        return code
    text: str = highlight(code, PythonLexer(stripnl=False, ensurenl=False), TerminalFormatter())
    return text

"""Source in colour, with the highlighter that pytest brings."""

from __future__ import annotations


def highlighted(code: str) -> str:
    """One line of Python with ANSI colours; as it is where Pygments is missing."""
    try:
        from pygments import highlight
        from pygments.formatters.terminal import TerminalFormatter
        from pygments.lexers.python import PythonLexer
    except ImportError:  # pragma: no cover - older pytest does not depend on it
        return code
    coloured: str = highlight(code, PythonLexer(stripnl=False, ensurenl=False), TerminalFormatter())
    return coloured

"""Whether code is still the code it was: a digest of what it says, not of where it stands."""

from __future__ import annotations

import hashlib
import tokenize
from collections.abc import Iterable, Sequence

LENGTH = 16


def fingerprint(code: Iterable[str], *around: str) -> str:
    """Hexadecimal digits that stay the same when the code moves, is indented anew or gets blank lines.

    `code` are lines as `code_lines` gives them; `around` is what else has to be the same. The text
    decides, not the tokens: how those are cut differs between versions of Python.
    """
    lines = [line for line in code if line]
    indent = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
    dedented = [line[indent:] if not line[:indent].strip() else line.lstrip() for line in lines]
    text = "\n".join([*around, *dedented])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


def code_lines(source: Sequence[str]) -> list[str]:
    """A file's lines without comments and without spaces at their ends."""
    kept = list(source)
    ends = (f"{line}\n" for line in source)
    try:
        for token in tokenize.generate_tokens(lambda: next(ends, "")):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                kept[row - 1] = kept[row - 1][:column]
    except (tokenize.TokenError, SyntaxError, ValueError):
        kept = list(source)  # no Python: a template
    return [line.rstrip() for line in kept]

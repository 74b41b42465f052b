"""Whether code is still the code it was: a digest of what it says, not of where it stands."""

from __future__ import annotations

import hashlib
import tokenize
from collections.abc import Sequence

LENGTH = 16


def fingerprint(lines: Sequence[str]) -> str:
    """Hexadecimal digits that stay the same when the code moves, is indented anew or gets other comments.

    `lines` are whole lines of source. The text decides, not the tokens: how those are cut differs
    between versions of Python.
    """
    first = next((line for line in lines if line.strip()), "")
    indent = len(first) - len(first.lstrip())
    dedented = [line[indent:] if not line[:indent].strip() else line.lstrip() for line in lines]
    kept = (line.rstrip() for line in _without_comments(dedented))
    text = "\n".join(line for line in kept if line)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


def _without_comments(lines: Sequence[str]) -> list[str]:
    kept = list(lines)
    ends = (f"{line}\n" for line in lines)
    try:
        for token in tokenize.generate_tokens(lambda: next(ends, "")):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                kept[row - 1] = kept[row - 1][:column]
            elif token.type == tokenize.ERRORTOKEN:
                return list(lines)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return list(lines)  # a part of a statement, or a template; versions of Python give up at different places
    return kept

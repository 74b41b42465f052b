"""A shell script as words and operators, without comments and here-documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""
      (?P<blank>    (?: [ \t\r] | \\\r?\n )+ )
    | (?P<comment>  \# [^\n]* )
    | (?P<newline>  \n )
    | (?P<redirect> \d* (?: &>>? | >& | <& | <<< | <<-? | >> | >\| | < | > ) )
    | (?P<operator> && | \|\| | ;; | \|& | [;&|()] )
    | (?P<word>
        (?: \\[^\n] | '[^']*' | "(?: \\. | [^"\\] )*"
          | \$\{\{ (?: (?!\}\}). ){0,500} \}\}
          | \$\( [^()\n]* \) | `[^`\n]*`
          | [^\s;&|()<>'"\\`]
        )+ )
    """,
    re.VERBOSE | re.DOTALL,
)
QUOTED = re.compile(r"""'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)""", re.DOTALL)


@dataclass(slots=True)
class Token:
    """`kind` is newline, redirect, operator, word, or unreadable for what comes after the last."""

    kind: str
    text: str
    line: int


def tokens(script: str) -> Iterator[Token]:
    at, line = 0, 1
    until: str | None = None  # the word that ends a here-document
    wants_delimiter = False
    while at < len(script):
        match = TOKEN.match(script, at)
        if match is None or match.lastgroup is None:
            yield Token("unreadable", "", line)
            return
        kind, text = match.lastgroup, match.group()
        if kind == "word" and wants_delimiter:
            until, wants_delimiter = unquoted(text), False
        elif kind == "redirect" and text.endswith(("<<", "<<-")):
            wants_delimiter = True
        if kind not in ("blank", "comment"):
            yield Token(kind, text, line)
        line += text.count("\n")
        at = match.end()
        if kind == "newline" and until is not None:
            end = re.compile(rf"^[ \t]*{re.escape(until)}[ \t\r]*$", re.MULTILINE).search(script, at)
            stop = len(script) if end is None else end.end()
            line += script.count("\n", at, stop)
            at, until = stop, None


def unquoted(word: str) -> str:
    return QUOTED.sub(lambda match: next((group for group in match.groups() if group is not None), ""), word)

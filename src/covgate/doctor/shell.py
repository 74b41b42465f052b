"""Find what hides the exit code of a command in a shell script.

This is a check for common patterns, not a shell: where a script is not understood, nothing is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

MAX_LENGTH = 20_000
"""A longer script is left alone."""
HERE_DOCUMENT = re.compile(r"""(?<!<)<<-?[ \t]*(['"\\]?)(\w+)['"]?([^\n]*\n)(.*?^[ \t]*\2[ \t\r]*$|.*)""", re.S | re.M)
QUOTE = r"""'[^']*'|"(?:\\.|[^"\\])*"|\\[^\n]|\$\{\{.{0,500}?\}\}|\$\{[^}\n]{0,200}\}|\$\([^()\n]*\)|`[^`\n]*`"""
"""Text in which operators do not count: quotes, escapes, GitHub expressions, substitutions."""
QUOTED = re.compile(QUOTE, re.DOTALL)
NOT_WORDS = re.compile(
    rf"(?P<quoted>{QUOTE})|(?<!\w)\d*(?P<redirect>&>>?|[<>]&|<<<|>>|>\||<|>)[ \t]*(?P<target>(?:{QUOTE}|[^\s;&|()<>])*)"
    r"|(?<!\S)\#[^\n]*|\\\r?\n",
    re.DOTALL,
)
WORD = re.compile(rf"(?:{QUOTE}|[^\s'\"\\`])+", re.DOTALL)
UNQUOTED = re.compile(r"""'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)""", re.DOTALL)
NOT_UNDERSTOOD = re.compile(r"""['"`\\]|\$\(""")
SEGMENT = re.compile(r"[^\n;&|()]+")
NOWHERE = frozenset(["", "/dev/null", "/dev/stderr", "/dev/stdout", "1", "2"])
CONDITIONS = frozenset(["if", "elif", "while", "until"])
KEYWORDS = CONDITIONS | {"then", "else", "do", "time", "{", "}", "!"}
SHELLS = frozenset(["sh", "bash", "zsh", "dash"])

# A hostile script must not make these slow: each text is matched in one way only, and blanks are bounded.
PASSING = r"(true|:|exit[ ]0|(?:echo|printf)\b[^;&|\n<>(){}]*)[ \t]{0,9}"
CLOSING = r"(?:(?:[;\n][ \t\n]{0,40})?[)}][ \t]{0,40}){0,3}"
JOINED = rf"{CLOSING}(?:(?:&&|\|(?!\|)&?)[^;&|\n(){{}}]+{CLOSING}){{0,9}}"
END = r"(?=[ \t]*(?:[;\n)}]|$))"
OR_PASSING = re.compile(
    rf"{JOINED}\|\|\s{{0,40}}(?:{PASSING}|\{{[ ]{PASSING};?[ ]\}})(?:\|\|[ ]?{PASSING}){{0,3}}{END}"
)
THEN_PASSING = re.compile(rf"{JOINED};[ \t]{{0,9}}{PASSING}{END}")
PIPE = re.compile(rf"{CLOSING}\|(?!\|)")
OVERRULED = re.compile(r"[;\n]\s*[^\s;}]")
UNCLEAR = re.compile(r"\$\?|PIPESTATUS|\btrap\b|^[ \t]*(if|for|while|until|case|function|select)\b", re.MULTILINE)
"""A script without errexit that holds one of these may handle the exit code itself, and so may one with groups."""


class ShellCommand(NamedTuple):
    """The words of a command without quotes, and the line of the script on which it starts (from 1).

    `ignored_by` is the text that hides its exit code; `is_certain` is false where the shell's `-e` keeps it.
    `is_piped`: the exit code is that of the last command of the pipe, unless the shell has `pipefail`.
    """

    words: tuple[str, ...]
    line: int
    ignored_by: str | None = None
    is_certain: bool = True
    is_piped: bool = False


@lru_cache(maxsize=256)  # a YAML alias may repeat one script many times
def shell_commands(script: str, *, errexit: bool = True) -> tuple[ShellCommand, ...]:
    """The simple commands of a script in order; `errexit` says whether its shell stops at the first failure."""
    if len(script) > MAX_LENGTH:
        return ()
    script = HERE_DOCUMENT.sub(lambda match: match[3] + "\n" * match[4].count("\n"), script)
    visible = NOT_WORDS.sub(_blank, script)  # the same length: an offset is one in all three texts
    masked = QUOTED.sub(lambda match: "x" * len(match[0]), visible)
    unknown = NOT_UNDERSTOOD.search(masked)
    is_clear = not UNCLEAR.search(script) and not re.search("[({]", masked)
    disabled_by = "a shell without -e"
    is_condition = False
    commands: list[ShellCommand] = []
    for segment in SEGMENT.finditer(masked, 0, unknown.start() if unknown else len(masked)):
        words = [word for word in WORD.findall(visible[segment.start() : segment.end()]) if word != ">"]
        is_negated = False
        while words and words[0] in KEYWORDS:
            keyword = words.pop(0)
            is_negated = is_negated or keyword == "!"
            is_condition = keyword in CONDITIONS or (is_condition and keyword not in ("then", "do", "else"))
        if not words:
            continue
        words = [UNQUOTED.sub(lambda match: next((g for g in match.groups() if g is not None), ""), w) for w in words]
        if words[0] == "set" and any(re.fullmatch(r"[+-][a-z]*e[a-z]*", word) for word in words):
            errexit, disabled_by = not any(word.startswith("+") for word in words), "set +e"
        start = segment.start() + len(segment[0]) - len(segment[0].lstrip())
        command = ShellCommand(words=tuple(words), line=script.count("\n", 0, start) + 1)
        if not is_condition and not is_negated:
            overruled_by = None if errexit or not is_clear else disabled_by
            command = _with_ignored_exit(command, masked, segment.end(), overruled_by)
        commands += [command, *_inner_commands(command)]
    return tuple(commands)


def _blank(match: re.Match[str]) -> str:
    """Spaces for a redirection or a comment; a redirection into a file leaves its `>`."""
    if match["quoted"]:
        return match[0]
    writes_file = match["redirect"] and ">" in match["redirect"] and match["target"] not in NOWHERE
    return (">" if writes_file else "").ljust(len(match[0]))


def _with_ignored_exit(command: ShellCommand, masked: str, end: int, overruled_by: str | None) -> ShellCommand:
    """`masked` is the script without quoted text; later commands overrule the exit code where a reason is given."""
    command = command._replace(is_piped=PIPE.match(masked, end) is not None)
    if match := OR_PASSING.match(masked, end):
        return command._replace(ignored_by=f"|| {_shorten(match[1] or match[2])}")
    if match := THEN_PASSING.match(masked, end):
        return command._replace(ignored_by=f"; {_shorten(match[1])}", is_certain=overruled_by is not None)
    if overruled_by and OVERRULED.match(masked, end):
        return command._replace(ignored_by=overruled_by)
    return command


def _shorten(passing: str) -> str:
    name = passing.split()[0]
    return f"{name} ..." if name in ("echo", "printf") else " ".join(passing.split())


def _inner_commands(command: ShellCommand) -> Iterator[ShellCommand]:
    """The commands of `sh -c "..."`."""
    words = command.words
    if words[0].rpartition("/")[2] not in SHELLS:
        return
    for option, script in pairwise(words[1:]):
        if re.fullmatch("-[a-z]*c", option):
            for inner in shell_commands(script, errexit="e" in option):
                if inner.ignored_by is None:
                    inner = inner._replace(ignored_by=command.ignored_by, is_certain=command.is_certain)
                yield inner._replace(line=command.line, is_piped=inner.is_piped or command.is_piped)
            return

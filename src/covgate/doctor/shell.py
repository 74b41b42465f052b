"""Find what hides the exit code of a command in a shell script.

This is a check for common patterns, not a shell: where a script is not understood, nothing is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

MAX_LENGTH = 20_000
"""A longer script is left alone."""
TOKEN = re.compile(
    r"""
      (?P<blank>    (?: [ \t\r] | \\\r?\n )+ | \# [^\n]* )
    | (?P<redirect> \d* (?: &>>? | >& | <& | <<< | >> | >\| | < | > ) [ \t]* )
    | (?P<operator> \n | && | \|\| | ;; | \|& | [;&|()] )
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
HERE_DOCUMENT = re.compile(r"""(?<!<)<<-?[ \t]*(['"\\]?)(\w+)['"]?([^\n]*\n)(.*?^[ \t]*\2[ \t\r]*$|.*)""", re.S | re.M)
NOWHERE = frozenset(["/dev/null", "/dev/stderr", "/dev/stdout", "1", "2"])
BRANCHES = frozenset(["then", "else", "do"])
CONDITIONS = frozenset(["if", "elif", "while", "until"])
KEYWORDS = BRANCHES | CONDITIONS | {"time", "{", "!"}
JOINING = frozenset(["&&", "||", "|", "|&"])
UNCLEAR = re.compile(
    r"\$\?|PIPESTATUS|\btrap\b|^\s*(if|for|while|until|case|function|select)\b|(?<!\$)\{", re.MULTILINE
)
"""A script without errexit that holds one of these may handle the exit code itself."""
SHELLS = frozenset(["sh", "bash", "zsh", "dash"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellCommand:
    """The words of a command without quotes, and the line of the script on which it starts (from 1).

    `ignored_by` is the text that hides its exit code; `is_certain` is false where the shell's `-e` keeps it.
    `is_piped`: the exit code is that of the last command of the pipe, unless the shell has `pipefail`.
    """

    words: tuple[str, ...]
    line: int
    ignored_by: str | None = None
    is_certain: bool = True
    is_piped: bool = False


@dataclass(slots=True)
class _Part:
    """One simple command and the operator after it, which stands in `depth` groups."""

    line: int
    depth: int
    is_condition: bool
    words: list[str] = field(default_factory=list)
    operator: str = ""
    writes_file: bool = False

    @property
    def is_list_end(self) -> bool:
        return self.operator not in JOINING

    @property
    def always_passes(self) -> bool:
        return self.words in (["true"], [":"], ["exit", "0"]) or (
            self.words[0] in ("echo", "printf") and not self.writes_file
        )


@lru_cache(maxsize=256)  # a YAML alias may repeat one script many times
def shell_commands(script: str, *, errexit: bool = True) -> tuple[ShellCommand, ...]:
    """The simple commands of a script in order; `errexit` says whether its shell stops at the first failure."""
    if len(script) > MAX_LENGTH:
        return ()
    parts = _parts(HERE_DOCUMENT.sub(lambda match: match[3] + "\n" * match[4].count("\n"), script))
    commands: list[ShellCommand] = []
    disabled_by = "a shell without -e"
    for index, part in enumerate(parts):
        if part.words[0] == "set" and any(re.fullmatch(r"\+[a-z]*e[a-z]*", word) for word in part.words):
            errexit, disabled_by = False, "set +e"
        elif part.words[0] == "set" and any(re.fullmatch(r"-[a-z]*e[a-z]*", word) for word in part.words):
            errexit = True
        overruled_by = None if errexit or UNCLEAR.search(script) else disabled_by
        command = _command(parts[index:], overruled_by)
        commands += [command, *_inner_commands(command)]
    return tuple(commands)


def _command(parts: Sequence[_Part], overruled_by: str | None) -> ShellCommand:
    """The first of `parts`. Later commands overrule its exit code where `overruled_by` is given."""
    first = parts[0]
    command = ShellCommand(words=tuple(first.words), line=first.line)
    if first.is_condition:
        return command
    command = replace(command, is_piped=first.operator in ("|", "|&"))
    last_index = next((index for index, part in enumerate(parts) if part.operator not in ("&&", "|", "|&")), 0)
    last, later = parts[last_index], parts[last_index + 1 :]
    fallback = _passing_list(later, last.depth)
    if last.operator == "||" and fallback:
        return replace(command, ignored_by=f"|| {fallback}")
    if last.operator == ";" and fallback and later[0].line == last.line:
        return replace(command, ignored_by=f"; {fallback}", is_certain=overruled_by is not None)
    if overruled_by and later and first.depth == 0 and first.operator in (";", "\n"):
        return replace(command, ignored_by=overruled_by)
    return command


def _passing_list(parts: Sequence[_Part], depth: int) -> str | None:
    """The first command of a list inside `depth` groups, where no command of the list can fail."""
    end = next((index for index, part in enumerate(parts) if part.depth <= depth and part.is_list_end), len(parts))
    commands = parts[: end + 1]
    if not commands or not all(part.always_passes for part in commands):
        return None
    words = commands[0].words
    return f"{words[0]} ..." if words[0] in ("echo", "printf") else " ".join(words)


def _inner_commands(command: ShellCommand) -> Iterator[ShellCommand]:
    """The commands of `sh -c "..."`."""
    words = command.words
    if words[0].rpartition("/")[2] not in SHELLS:
        return
    for option, script in pairwise(words[1:]):
        if re.fullmatch("-[a-z]*c", option):
            for inner in shell_commands(script, errexit="e" in option):
                if inner.ignored_by is None:
                    inner = replace(inner, ignored_by=command.ignored_by, is_certain=command.is_certain)
                yield replace(inner, line=command.line, is_piped=inner.is_piped or command.is_piped)
            return


def _parts(script: str) -> list[_Part]:
    """The simple commands up to the first text that is not understood."""
    parts: list[_Part] = []
    part: _Part | None = None
    offset = depth = 0
    line = 1
    is_condition = is_negated = False
    redirect = ""
    while offset < len(script) and (match := TOKEN.match(script, offset)) is not None:
        kind, text = match.lastgroup, match.group()
        offset = match.end()
        if kind == "redirect":
            redirect = text
        elif kind == "operator" or (part is None and text == "}"):
            part, redirect, is_negated = None, "", False
            depth += text == "("
            if text in (")", "}"):
                depth = max(0, depth - 1)
                if parts:  # the operator after the group follows the last command in it
                    parts[-1].depth, parts[-1].operator = depth, ""
            elif parts and not parts[-1].operator and text != "(":
                parts[-1].operator = text
        elif kind == "word" and redirect:
            if part is not None and ">" in redirect and _unquote(text) not in NOWHERE:
                part.writes_file = True
            redirect = ""
        elif kind == "word" and part is None and text in KEYWORDS:
            depth += text == "{"
            is_negated = is_negated or text == "!"
            is_condition = text in CONDITIONS or (is_condition and text not in BRANCHES)
        elif kind == "word":
            if part is None:
                part = _Part(line=line, depth=depth, is_condition=is_condition or is_negated)
                parts.append(part)
            part.words.append(_unquote(text))
        line += text.count("\n")
    return parts


def _unquote(word: str) -> str:
    return QUOTED.sub(lambda match: next((group for group in match.groups() if group is not None), ""), word)

"""Commands of a shell script, each with what makes its outcome count for nothing.

Far from a whole shell: a script that is not understood to its end gives no commands from there on,
so that nothing is said of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from covgate.doctor.shell_tokens import Token, tokens, unquoted

LONGEST = 20_000
"""A script of more characters is left alone."""

OPENING = frozenset(["then", "else", "do", "time"])
TESTED = frozenset(["if", "elif", "while", "until", "!"])
BLOCKS = frozenset(["if", "for", "while", "until", "case", "function", "select"])
SHELLS = frozenset(["sh", "bash", "zsh", "dash"])
NOWHERE = frozenset(["/dev/null", "/dev/stderr", "/dev/stdout", "1", "2"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellCommand:
    """Words without quotes, and the line of the script they start in (from 1).

    `loss` is the text because of which the outcome does not count; `in_pipe` is true where the
    outcome is that of the pipe's last command, unless the shell has `pipefail`; `before` is a
    command that always passes, later on the same line: it would have the last word without `-e`.
    """

    words: tuple[str, ...]
    line: int
    loss: str | None = None
    in_pipe: bool = False
    before: str | None = None
    is_tested: bool = False
    """True for the condition of an `if` or a loop."""


@dataclass(slots=True)
class _Simple:
    words: list[str] = field(default_factory=list)
    line: int = 0
    is_tested: bool = False
    writes: bool = False
    """True where its output goes into a file, which a later step may read."""


@dataclass(slots=True)
class _Group:
    statements: list[_Statement]


@dataclass(slots=True)
class _Statement:
    """Pipelines, each with the `&&` or `||` before it; `end` is what comes after the last."""

    parts: list[tuple[str, list[_Simple | _Group]]]
    end: str


class _UnreadableError(Exception):
    """More shell than is understood here."""


@lru_cache(maxsize=256)  # an alias of YAML may bring one script many times
def shell_commands(script: str, *, errexit: bool = True) -> tuple[ShellCommand, ...]:
    """The simple commands of a script in their order.

    `errexit` says whether the shell that runs it stops at the first command that fails.
    """
    if len(script) > LONGEST:
        return ()
    parser = _Parser(list(tokens(script)))
    found: list[ShellCommand] = []
    for statement, following in parser.with_next():
        later = _always_passes(following.parts) if following is not None and statement.end == ";" else None
        found += [
            command if command.is_tested else replace(command, before=later)
            for command in _commands(statement.parts, None)
        ]
    return tuple(_overruled(found, script, errexit=errexit))


class _Parser:
    """Statements of a token list; what it cannot read ends it."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0

    def with_next(self) -> Iterator[tuple[_Statement, _Statement | None]]:
        statements = []
        try:
            while self._at < len(self._tokens):
                before = self._at
                statements.append(self._statement())
                if self._at == before:  # the closing of nothing: a case, most often
                    break
        except (_UnreadableError, RecursionError):
            pass
        full = [statement for statement in statements if statement.parts]
        yield from zip(full, [*full[1:], None], strict=False)

    def _next(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _statement(self) -> _Statement:
        """One and-or list, with what ends it."""
        parts: list[tuple[str, list[_Simple | _Group]]] = []
        joined_by = ""
        while True:
            pipeline = self._pipeline()
            if pipeline:
                parts.append((joined_by, pipeline))
            token = self._next()
            if token is None or token.text in (")", "}"):
                return _Statement(parts, "")
            self._at += 1
            if token.text not in ("&&", "||"):
                return _Statement(parts, token.text)
            joined_by = token.text
            self._skip_newlines()

    def _pipeline(self) -> list[_Simple | _Group]:
        nodes: list[_Simple | _Group] = []
        while True:
            node = self._node()
            if node is not None:
                nodes.append(node)
            token = self._next()
            if token is None or token.text not in ("|", "|&"):
                return nodes
            self._at += 1
            self._skip_newlines()

    def _skip_newlines(self) -> None:
        while (token := self._next()) is not None and token.kind == "newline":
            self._at += 1

    def _node(self) -> _Simple | _Group | None:
        command = _Simple()
        while (token := self._next()) is not None:
            if token.kind == "unreadable":
                raise _UnreadableError
            if token.kind == "redirect":
                self._redirect(command)
                continue
            if not command.words and token.text in ("(", "{"):
                return self._group({"(": ")", "{": "}"}[token.text])
            if token.text == "(" or (token.text == ")" and command.words and command.words[0] == "case"):
                raise _UnreadableError
            if token.kind != "word" or (token.text == "}" and not command.words):
                break
            self._at += 1
            if not command.words:
                command.line = token.line
                if token.text in OPENING or token.text in TESTED:
                    command.is_tested = command.is_tested or token.text in TESTED
                    continue
            command.words.append(unquoted(token.text))
        return command if command.words else None

    def _redirect(self, command: _Simple) -> None:
        operator = self._tokens[self._at].text
        self._at += 1
        target = self._next()
        if target is not None and target.kind == "word":
            command.writes = command.writes or (">" in operator and unquoted(target.text) not in NOWHERE)
            self._at += 1

    def _group(self, closing: str) -> _Group:
        self._at += 1
        statements = []
        while (token := self._next()) is not None and token.text != closing:
            before = self._at
            statements.append(self._statement())
            if self._at == before:  # the closing of something else
                raise _UnreadableError
        if token is None:
            raise _UnreadableError
        self._at += 1
        while (token := self._next()) is not None and token.kind == "redirect":
            self._redirect(_Simple())
        return _Group(statements)


def _commands(parts: Sequence[tuple[str, list[_Simple | _Group]]], loss: str | None) -> Iterator[ShellCommand]:
    """The commands of an and-or list; `loss` is what a list around it makes of its outcome."""
    for number, (_, pipeline) in enumerate(parts):
        lost = loss or _swallowed(parts[number + 1 :])
        for at, node in enumerate(pipeline):
            piped = at < len(pipeline) - 1
            if isinstance(node, _Group):
                for statement in node.statements:
                    inner = _commands(statement.parts, lost)
                    yield from (replace(command, in_pipe=command.in_pipe or piped) for command in inner)
                continue
            words = tuple(node.words)
            shown, piped = (None, False) if node.is_tested else (lost, piped)
            yield ShellCommand(words=words, line=node.line, loss=shown, in_pipe=piped, is_tested=node.is_tested)
            yield from _in_shell(words, node.line, shown)


def _in_shell(words: tuple[str, ...], line: int, loss: str | None) -> Iterator[ShellCommand]:
    """The commands of `sh -c "..."`."""
    if len(words) > 2 and words[0].rpartition("/")[2] in SHELLS:
        for at, word in enumerate(words[1:-1], start=1):
            if re.fullmatch("-[a-z]*c", word):
                inner = shell_commands(words[at + 1], errexit="e" in word)
                yield from (replace(command, line=line, loss=command.loss or loss) for command in inner)
                return


def _swallowed(later: Sequence[tuple[str, list[_Simple | _Group]]]) -> str | None:
    """The `|| ...` after which the list passes whatever came before."""
    for number, (joined_by, _) in enumerate(later):
        if joined_by == "||":
            passes = _always_passes(later[number:])
            if passes:
                return f"|| {passes}"
    return None


def _always_passes(parts: Sequence[tuple[str, list[_Simple | _Group]]]) -> str | None:
    """The first command in words, where none of the list can fail."""
    shown = [_passing(node) for _, pipeline in parts for node in pipeline]
    return shown[0] if shown and all(shown) else None


def _passing(node: _Simple | _Group) -> str | None:
    if isinstance(node, _Group):
        shown = [_always_passes(statement.parts) for statement in node.statements if statement.parts]
        return shown[0] if shown and all(shown) else None
    words = node.words
    if words in (["true"], [":"], ["exit", "0"]):
        return " ".join(words)
    if words[0] in ("echo", "printf") and not node.writes:
        return f"{words[0]} ..."
    return None


def _overruled(commands: Sequence[ShellCommand], script: str, *, errexit: bool) -> Iterator[ShellCommand]:
    """With the loss of what a later command overrules, as the shell does not stop at a failure."""
    has_blocks = any(command.words[0] in BLOCKS for command in commands) or "{" in script.replace("${", "")
    by = "no -e in the shell"
    lines = script.splitlines()
    for number, command in enumerate(commands):
        if command.words[:2] in (("set", "+e"), ("set", "+ex"), ("set", "+xe")):
            errexit, by = False, command.words[0] + " " + command.words[1]
        elif command.words[:1] == ("set",) and any(re.fullmatch("-[a-z]*e[a-z]*", w) for w in command.words[1:]):
            errexit = True
        rest = "\n".join(lines[command.line - 1 :])
        is_asked_for = "$?" in rest or "PIPESTATUS" in rest
        if errexit or number == len(commands) - 1 or is_asked_for or has_blocks or command.loss:
            yield command
        else:
            yield replace(command, loss=by if command.before is None else f"; {command.before}", before=None)

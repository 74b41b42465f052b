"""Reads unified diffs. Hunks are counted line by line, so no content is taken for a header."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from covgate.model.change import FileStatus
from covgate.model.snapshot import LineRange

HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
ESCAPE = re.compile(rb'\\([abtnvfr"\\]|[0-7]{3})')
ESCAPES = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
NOWHERE = "/dev/null"


class PatchError(ValueError):
    """Text that is no unified diff; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Line numbers start at 1; a count of 0 stands after the line named."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    added: tuple[tuple[int, bytes], ...]
    """The lines added or edited: number in the new version, and text without its line end."""


@dataclass(slots=True, kw_only=True)
class PatchFile:
    """One file of a diff. Names are as the diff has them, without quotes and a/ or b/."""

    old_path: str | None = None
    new_path: str | None = None
    status: FileStatus = "modified"
    is_binary: bool = False
    hunks: list[Hunk] = field(default_factory=list)

    @property
    def path(self) -> str:
        return self.new_path or self.old_path or ""

    @property
    def added_lines(self) -> tuple[LineRange, ...]:
        return as_ranges(number for hunk in self.hunks for number, _ in hunk.added)


def parse_patch(text: bytes) -> list[PatchFile]:
    """The files of a unified diff, git's or another's; raises `PatchError`."""
    reader = _Reader(text.removesuffix(b"\n").split(b"\n"))
    files: list[PatchFile] = []
    current: PatchFile | None = None
    while reader.more():
        line = reader.take()
        if line.startswith(b"diff --git "):
            current = _headed(line[len(b"diff --git ") :])
            files.append(current)
        elif line.startswith(b"--- ") and reader.peek().startswith(b"+++ "):
            if current is None or current.hunks:
                current = PatchFile()
                files.append(current)
            _name(current, line[4:], reader.take()[4:])
        elif line.startswith((b"diff --cc ", b"diff --combined ", b"@@@ ")):
            raise PatchError(f"line {reader.number}: a combined diff; give one against a single base")
        elif line.startswith(b"@@ "):
            if current is None:
                raise PatchError(f"line {reader.number}: a hunk before any file name")
            current.hunks.append(_hunk(line, reader))
        elif current is not None and not current.hunks:
            _extended_header(current, line)
    if not files and text.strip():
        raise PatchError("no file of a unified diff is in it")
    return files


def as_ranges(numbers: Iterator[int] | list[int]) -> tuple[LineRange, ...]:
    """Ascending line numbers as ranges, both ends included."""
    ranges: list[LineRange] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)


class _Reader:
    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self.number = 0

    def more(self) -> bool:
        return self.number < len(self._lines)

    def peek(self) -> bytes:
        return self._lines[self.number] if self.more() else b""

    def take(self) -> bytes:
        self.number += 1
        return self._lines[self.number - 1]


def _hunk(header: bytes, reader: _Reader) -> Hunk:
    match = HUNK.match(header)
    if match is None:
        raise PatchError(f"line {reader.number}: not a hunk header: {_shown(header)}")
    old_start, old_count, new_start, new_count = (1 if n is None else int(n) for n in match.groups())
    old_left, new_left, number = old_count, new_count, new_start
    added = []
    while old_left or new_left:
        if not reader.more():
            raise PatchError(f"line {reader.number}: the diff ends inside a hunk")
        line = reader.take()
        kind = line[:1]
        if kind == b"+" and new_left:
            added.append((number, line[1:]))
            number, new_left = number + 1, new_left - 1
        elif kind == b"-" and old_left:
            old_left -= 1
        elif kind in (b" ", b"") and old_left and new_left:
            number, old_left, new_left = number + 1, old_left - 1, new_left - 1
        elif kind != b"\\":
            raise PatchError(f"line {reader.number}: the hunk does not have the lines that its header counts")
    return Hunk(old_start=old_start, old_count=old_count, new_start=new_start, new_count=new_count, added=tuple(added))


def _headed(names: bytes) -> PatchFile:
    """Both names of `diff --git`; they only matter where no other header names the file."""
    if names.startswith(b'"'):
        old, rest = _quoted(names)
        new = _unquoted(rest.strip())
        return PatchFile(old_path=old.removeprefix("a/"), new_path=new.removeprefix("b/"))
    for split in range(names.find(b" "), len(names), 1):  # a/NAME b/NAME, NAME may hold " b/"
        if split < 0:
            break
        if names[split : split + 1] == b" ":
            old, new = os.fsdecode(names[:split]), _unquoted(names[split + 1 :])
            if old.removeprefix("a/") == new.removeprefix("b/"):
                return PatchFile(old_path=old.removeprefix("a/"), new_path=new.removeprefix("b/"))
    return PatchFile()  # a rename: its own header lines name both


def _extended_header(file: PatchFile, line: bytes) -> None:
    if line.startswith(b"new file mode"):
        file.status, file.old_path = "added", None
    elif line.startswith(b"deleted file mode"):
        file.status, file.new_path = "deleted", None
    elif line.startswith(b"rename from "):
        file.status, file.old_path = "renamed", _unquoted(line[len(b"rename from ") :])
    elif line.startswith(b"rename to "):
        file.new_path = _unquoted(line[len(b"rename to ") :])
    elif line.startswith(b"copy to "):
        file.status, file.new_path = "added", _unquoted(line[len(b"copy to ") :])
    elif line.startswith((b"Binary files ", b"GIT binary patch")):
        file.is_binary = True


def _name(file: PatchFile, old: bytes, new: bytes) -> None:
    """`--- old` and `+++ new`; what follows a tab is a time stamp, or git's mark of a space."""
    before, after = (_unquoted(name.split(b"\t")[0].rstrip(b"\r")) for name in (old, new))
    if before.startswith(("a/", NOWHERE)) and after.startswith(("b/", NOWHERE)):
        before, after = before.removeprefix("a/"), after.removeprefix("b/")
    if before == NOWHERE:
        file.status = "added"
    elif after == NOWHERE:
        file.status = "deleted"
    file.old_path = None if before == NOWHERE else before
    file.new_path = None if after == NOWHERE else after


def _unquoted(name: bytes) -> str:
    return _quoted(name)[0] if name.startswith(b'"') else os.fsdecode(name)


def _quoted(text: bytes) -> tuple[str, bytes]:
    """The C-style quoted name at the head of `text`, and what follows it."""
    end = 1
    while end < len(text) and text[end : end + 1] != b'"':
        end += 2 if text[end : end + 1] == b"\\" else 1
    if end >= len(text):
        raise PatchError(f"a quoted name that does not end: {_shown(text)}")
    return os.fsdecode(ESCAPE.sub(_unescaped, text[1:end])), text[end + 1 :]


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 0xFF]) if code.isdigit() else ESCAPES.get(code, code)


def _shown(line: bytes) -> str:
    return repr(line[:60].decode("utf-8", "replace"))

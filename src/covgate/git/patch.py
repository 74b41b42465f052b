"""Reads unified diffs. Hunks are counted line by line, so no content is taken for a header."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from covgate.model.change import FileStatus
from covgate.model.line_map import UNCHANGED, Hunk, LineMap, added_lines
from covgate.model.lines import LineRange

HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
ESCAPE = re.compile(rb'\\([abtnvfr"\\]|[0-7]{3})')
ESCAPES = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
NOWHERE = "/dev/null"
PREFIXES = ("a/", "b/", "c/", "i/", "o/", "w/")
"""git's usual and its mnemonic ones: index, work tree, commit, object."""


class PatchError(ValueError):
    """Text that is not a unified diff; the message says where."""


@dataclass(slots=True, kw_only=True)
class PatchFile:
    """One file of a diff. Names are as the diff has them, without quotes and a/ or b/."""

    old_path: str | None = None
    new_path: str | None = None
    status: FileStatus = "modified"
    is_binary: bool = False
    old_blob: str | None = None
    """git's id of the old content of a regular file, where the diff says that it was deleted."""
    is_only_named: bool = True
    """Whether the diff says nothing of the file: git has not looked whether one with another time differs."""
    hunks: list[Hunk] = field(default_factory=list)
    later: LineMap = UNCHANGED
    """Later edits of the file, which are no part of this diff: they move its lines, or take them away."""
    added: list[bytes] = field(default_factory=list)
    """The text of all lines that were added, without their line ends."""

    @property
    def path(self) -> str:
        return self.new_path or self.old_path or ""

    @property
    def lines(self) -> tuple[LineRange, ...]:
        """The lines of today that were added or edited, in ascending order, neighbouring runs joined."""
        added = added_lines(self.hunks)
        if self.later == UNCHANGED:
            return added
        today = (self.later.new_line(line) for first, last in added for line in range(first, last + 1))
        return added_lines(Hunk(0, 0, line, 1) for line in today if line is not None)


def parse_patch(text: bytes) -> list[PatchFile]:
    """Return the files of a unified diff, git's or another's; raises `PatchError`."""
    reader = _Reader(text.removesuffix(b"\n").split(b"\n"))
    files: list[PatchFile] = []
    current: PatchFile | None = None
    while reader.more():
        line = reader.take()
        if line.startswith(b"diff --git "):
            current = _file_of_header(line[len(b"diff --git ") :])
            files.append(current)
        elif line.startswith(b"--- ") and reader.peek().startswith(b"+++ "):
            if current is None or current.hunks:
                current = PatchFile()
                files.append(current)
            _set_names(current, line[4:], reader.take()[4:])
        elif line.startswith((b"diff --cc ", b"diff --combined ", b"@@@ ")):
            raise PatchError(f"line {reader.number}: a combined diff; give one against a single base")
        elif line.startswith(b"@@ "):
            if current is None:
                raise PatchError(f"line {reader.number}: a hunk before any file name")
            _read_hunk(line, reader, current)
        elif current is not None and not current.hunks:
            _read_extended_header(current, line)
    if not files and text.strip():
        raise PatchError("no file of a unified diff is in it")
    return [file for file in files if not file.is_only_named]


class _Reader:
    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self.number = 0

    def more(self) -> bool:
        return self.number < len(self._lines)

    def peek(self) -> bytes:
        return self._lines[self.number] if self.more() else b""

    def ahead(self, count: int) -> list[bytes]:
        return self._lines[self.number : self.number + count]

    def take(self) -> bytes:
        self.number += 1
        return self._lines[self.number - 1]


def _read_hunk(header: bytes, reader: _Reader, file: PatchFile) -> None:
    """Add the runs of one hunk of the text to `file`; git's own, without context, is a single run."""
    match = HUNK.match(header)
    if match is None:
        raise PatchError(f"line {reader.number}: not a hunk header: {_shown(header)}")
    old_start, old_count, new_start, new_count = (1 if n is None else int(n) for n in match.groups())
    block = reader.ahead(old_count + new_count)
    gone, come = block[:old_count], block[old_count:]
    if len(block) == old_count + new_count and _all(gone, b"-") and _all(come, b"+"):
        reader.number += len(block)
        file.hunks.append(Hunk(old_start, old_count, new_start, new_count))
        file.added += [line[1:] for line in come]
    else:
        _read_runs(reader, file, old_start + (not old_count), old_count, new_start + (not new_count), new_count)


def _all(lines: list[bytes], mark: bytes) -> bool:
    return all(line.startswith(mark) for line in lines)


def _read_runs(reader: _Reader, file: PatchFile, old: int, old_left: int, new: int, new_left: int) -> None:
    """Read any hunk, line by line; `old` and `new` are the next lines' numbers."""
    gone = come = 0

    def end_run() -> None:
        nonlocal gone, come
        if gone or come:
            file.hunks.append(Hunk(old - gone - (not gone), gone, new - come - (not come), come))
        gone = come = 0

    while old_left or new_left:
        if not reader.more():
            raise PatchError(f"line {reader.number}: the diff ends inside a hunk")
        line = reader.take()
        kind = line[:1]
        if kind == b"+" and new_left:
            file.added.append(line[1:])
            come, new, new_left = come + 1, new + 1, new_left - 1
        elif kind == b"-" and old_left:
            if come:  # another run, without context between
                end_run()
            gone, old, old_left = gone + 1, old + 1, old_left - 1
        elif kind in (b" ", b"") and old_left and new_left:
            end_run()
            old, new, old_left, new_left = old + 1, new + 1, old_left - 1, new_left - 1
        elif kind != b"\\":
            raise PatchError(f"line {reader.number}: the hunk does not have the lines that its header counts")
    end_run()


def _file_of_header(names: bytes) -> PatchFile:
    """Return the file of `diff --git`, with both names; they only matter where no other header names the file."""
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


def _read_extended_header(file: PatchFile, line: bytes) -> None:
    file.is_only_named = False
    if line.startswith(b"new file mode"):
        file.status, file.old_path = "added", None
    elif line.startswith(b"deleted file mode"):
        file.status, file.new_path = "deleted", None
        file.old_blob = "" if line.startswith(b"deleted file mode 100") else None
    elif line.startswith(b"index ") and file.old_blob == "":
        file.old_blob = line[len(b"index ") :].partition(b"..")[0].decode("ascii", "replace")
    elif line.startswith(b"rename from "):
        file.status, file.old_path = "renamed", _unquoted(line[len(b"rename from ") :])
    elif line.startswith(b"rename to "):
        file.new_path = _unquoted(line[len(b"rename to ") :])
    elif line.startswith(b"copy to "):
        file.status, file.new_path = "added", _unquoted(line[len(b"copy to ") :])
    elif line.startswith((b"Binary files ", b"GIT binary patch")):
        file.is_binary = True


def _set_names(file: PatchFile, old: bytes, new: bytes) -> None:
    """Take both names from `--- old` and `+++ new`; what follows a tab is a time stamp, or git's mark of a space."""
    file.is_only_named = False
    before, after = (_unquoted(name.split(b"\t")[0].rstrip(b"\r")) for name in (old, new))
    prefixed = all(name == NOWHERE or name.startswith(PREFIXES) for name in (before, after))
    if prefixed and before[:2] != after[:2]:
        before, after = (name if name == NOWHERE else name[2:] for name in (before, after))
    if before == NOWHERE:
        file.status = "added"
    elif after == NOWHERE:
        file.status = "deleted"
    file.old_path = None if before == NOWHERE else before
    file.new_path = None if after == NOWHERE else after


def _unquoted(name: bytes) -> str:
    return _quoted(name)[0] if name.startswith(b'"') else os.fsdecode(name)


def _quoted(text: bytes) -> tuple[str, bytes]:
    """Return the C-style quoted name at the head of `text`, and what follows it."""
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

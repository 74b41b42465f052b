"""Reads objects of a repository through one git process, which answers question after question."""

from __future__ import annotations

import contextlib
import re
import subprocess
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from covgate.git.process import GitError, explain_failure

BATCH = ("cat-file", "--batch", "--follow-symlinks")
COMPLAINT = re.compile(rb"^(?:error|fatal):", re.MULTILINE)
"""git has not looked in vain: a partial clone lacks the object, and it may not be fetched, or it is damaged."""


class GitObject(NamedTuple):
    """An object: its id, its kind (`commit`, `tree`, `blob` or `tag`), and what it holds."""

    id: str
    kind: str
    content: bytes


class ObjectReader:
    """Finds objects by their name. git starts with the first question, and ends with this reader.

    There is one question at a time and its answer is read whole, so neither side ever waits for the other to read.
    """

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._command = command
        self._folder = folder
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    def find(self, name: bytes) -> GitObject | None:
        """Return the object that `name` stands for (`main^{commit}`, `HEAD:src/a.py`), None where there is none.

        A name with a line end cannot be asked for. Raises `GitError` where git fails, or where a partial clone
        lacks the object.
        """
        if b"\n" in name or b"\0" in name or name.endswith(b"\r"):
            return None
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(name + b"\n")
            process.stdin.flush()
        except OSError:  # it has ended
            raise self._failure() from None
        header = process.stdout.readline()
        if not header.endswith(b"\n"):
            raise self._failure()
        identity, _, size = header[:-1].rpartition(b" ")
        if not size.isdigit():  # "... missing", "... ambiguous"
            if COMPLAINT.search(self._error_text()):
                raise self._failure()
            return None
        content = process.stdout.read(int(size) + 1)
        if len(content) != int(size) + 1:
            raise self._failure()
        id_, _, kind = identity.partition(b" ")
        # A link that leads out of the commit or nowhere has one word ("dangling"), and the rest of its path as content.
        return GitObject(id_.decode("ascii"), kind.decode("ascii"), content[:-1]) if kind else None

    def close(self) -> None:
        """End git; the next question starts it again."""
        if self._process is not None and self._errors is not None:
            _end(self._process, self._errors)
        self._process = self._errors = None

    def _start(self) -> subprocess.Popen[bytes]:
        errors = tempfile.TemporaryFile()  # noqa: SIM115  a pipe that nobody reads would fill up
        try:
            process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        except OSError as error:
            errors.close()
            raise GitError("git-failed", f"git cannot be run: {error}") from None
        self._process, self._errors = process, errors
        weakref.finalize(self, _end, process, errors)
        return process

    def _error_text(self) -> bytes:
        if self._errors is None:
            return b""
        self._errors.seek(0)
        return self._errors.read()

    def _failure(self) -> GitError:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        text = self._error_text()
        self.close()
        return explain_failure(text, self._folder)


def _end(process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
    """End git at once: it only reads, and a process that inherited our end of its pipe would keep it waiting."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, errors):
        if stream is not None:
            with contextlib.suppress(OSError):  # the rest of a question that git did not read
                stream.close()

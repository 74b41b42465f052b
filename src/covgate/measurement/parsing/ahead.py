"""Parses ahead while the tests run, in one process at the lowest priority."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from covgate.measurement.parsing.process import LOWEST_PRIORITY, START_DETACHED, start_worker
from covgate.measurement.parsing.source import ParseSettings
from covgate.measurement.parsing.worker import Job, read_answer


class Ahead:
    """A worker that parses what lies at `places` and is not kept, until `taken` asks for it.

    Where it cannot be started, or dies, the run parses for itself.
    """

    def __init__(self, places: Sequence[Path], settings: ParseSettings, cache: Path | None) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: IO[bytes] | None = None
        job = Job(settings=settings, places=tuple(map(str, places)), cache=str(cache) if cache else None)
        with contextlib.suppress(OSError):
            self._answers = tempfile.TemporaryFile()  # noqa: SIM115  nameless: a killed run leaves none
            self._process = start_worker(self._answers, start=START_DETACHED, flags=LOWEST_PRIORITY)
            assert self._process.stdin is not None
            self._process.stdin.write(job.as_line())
            self._process.stdin.flush()  # and left open: its end tells the worker to leave
            if hasattr(os, "fork"):
                self._process.wait()  # it has only started the worker

    def taken(self) -> dict[bytes, bytes]:
        """Stop the worker; its records by key. Later calls give none."""
        self._end_worker()
        records: dict[bytes, bytes] = {}
        answers, self._answers = self._answers, None
        if answers is not None:
            with answers, contextlib.suppress(OSError, ValueError):
                for line in _content(answers).splitlines():  # a last one that was cut off is no JSON
                    records |= read_answer(line)
        return records

    def stop(self) -> None:
        """Where nobody asked for the records."""
        self._end_worker()
        if self._answers is not None:
            self._answers.close()

    def _end_worker(self) -> None:
        """What it has answered is written; it holds nothing that could be damaged."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(OSError):  # a word, for a forked test may hold the pipe open
                process.communicate(b"\n")
            process.kill()  # where it is a child still
            process.wait()


def _content(file: IO[bytes]) -> bytes:
    """All of it, without moving the place at which a worker that is about to leave still writes."""
    if hasattr(os, "pread"):
        return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
    file.seek(0)  # pragma: no cover - only on Windows
    return file.read()  # pragma: no cover - only on Windows

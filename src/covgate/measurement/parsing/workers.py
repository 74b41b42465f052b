"""Starts worker processes that parse sources: while the tests run, or several at once after them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

import coverage

import covgate
from covgate.measurement.parsing.parsed_source import ParseSettings
from covgate.measurement.parsing.worker import GREETING, Job, read_answer

Records = dict[bytes, bytes]
PATIENCE = 20.0
"""Seconds for a worker to start."""
# Isolated and without `site`: no start-up file of the environment runs, so nothing measures the worker,
# and the project's own modules cannot stand in for those of the standard library.
START = "import sys; sys.path += sys.argv[1:]; from covgate.measurement.parsing import worker; worker.run()"
DETACH = "import os; hasattr(os, 'fork') and os.fork() and os._exit(0); "
"""Makes it nobody's child: tests that wait for their own children must not meet ours."""
IDLE_PRIORITY = getattr(subprocess, "IDLE_PRIORITY_CLASS", 0)
"""On Windows; elsewhere the worker lowers its own."""


class BackgroundParser:
    """A worker process that does one job, and ends at the latest when this process does.

    Where it cannot be started, or dies, it has fewer records, and the run parses the rest for itself.
    """

    def __init__(self, *, idle: bool = False) -> None:
        """Start it; where `idle`, detached from this process and at the lowest priority."""
        self._idle = idle
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: IO[bytes] | None = None
        with contextlib.suppress(OSError):
            self._answers = tempfile.TemporaryFile()  # noqa: SIM115  nameless: a killed run leaves none
            self._process = start_worker(
                self._answers, start=DETACH + START if idle else START, flags=IDLE_PRIORITY if idle else 0
            )

    def parse(self, places: Iterable[str | Path], settings: ParseSettings, cache: Path | None = None) -> None:
        """Have it parse the sources at `places` (files and folders) that the file `cache` does not keep."""
        if self._process is not None:
            job = Job(settings, tuple(map(str, places)), str(cache) if cache else None, self._idle)
            with contextlib.suppress(OSError):
                assert self._process.stdin is not None
                self._process.stdin.write(job.to_line())
                self._process.stdin.flush()  # and left open: its end tells the worker to leave
            if self._idle and hasattr(os, "fork"):
                self._process.wait()  # it has only started the worker

    def finish(self) -> Records:
        """Wait until the job is done; its records by key."""
        if self._process is not None:
            self._process.wait()
        return self.collect()

    def collect(self) -> Records:
        """Stop the worker; its records so far, by key. Later calls give none."""
        self._end()
        records: Records = {}
        answers, self._answers = self._answers, None
        if answers is not None:
            with answers, contextlib.suppress(OSError, ValueError):
                for line in _content(answers).splitlines()[1:]:  # a last one that was cut off is no JSON
                    records |= read_answer(line)
        return records

    def stop(self) -> None:
        """Stop the worker where nobody asks for its records."""
        self._end()
        if self._answers is not None:
            self._answers.close()

    def end_if_silent(self) -> None:
        """End a process that has not said what our worker says first: it is another program."""
        process, answers = self._process, self._answers
        if process is not None and answers is not None and not _content(answers).startswith(GREETING):
            process.kill()

    def _end(self) -> None:
        """End the process: what it has answered is written; it holds nothing that could be damaged."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(OSError):  # a word, for a forked test may hold the pipe open
                process.communicate(b"\n")
            process.kill()  # where it is a child still
            process.wait()


def parse_in_parallel(paths: Sequence[str], settings: ParseSettings, workers: int) -> Records:
    """Parse the sources at `paths`, the longest first, in so many processes; the records by key.

    What a worker does not deliver, for whatever reason, is not in the answer.
    """
    parsers = [BackgroundParser() for _ in range(workers)]
    records: Records = {}
    limit = threading.Timer(PATIENCE, _end_silent, [parsers])
    try:
        with contextlib.suppress(RuntimeError):  # no more threads may be started
            limit.start()
        for number, parser in enumerate(parsers):
            parser.parse(paths[number::workers], settings)
        for parser in parsers:
            records |= parser.finish()
    finally:
        limit.cancel()
        for parser in parsers:
            parser.stop()
    return records


def _end_silent(parsers: Iterable[BackgroundParser]) -> None:
    for parser in parsers:
        parser.end_if_silent()


def start_worker(
    stdout: int | IO[bytes] = subprocess.PIPE, *, start: str = START, flags: int = 0
) -> subprocess.Popen[bytes]:
    """Start this interpreter with the program `start`: unmeasured, silent; raises `OSError` where it cannot be."""
    if not sys.executable or getattr(sys, "frozen", False):
        raise OSError("sys.executable is not Python")
    found_in = [_parent_folder(module) for module in (covgate, coverage)]
    paths = dict.fromkeys([*found_in, *(path for path in sys.path if path and isinstance(path, str))])
    return subprocess.Popen(
        [sys.executable, *_flags(), "-c", start, *paths],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
        creationflags=flags,
    )


def _flags() -> list[str]:
    """Isolated; and what this interpreter was told about bytecode, which `-I` would forget."""
    flags = ["-I", "-S", *["-O"] * sys.flags.optimize]
    if sys.dont_write_bytecode:
        flags.append("-B")
    if sys.pycache_prefix:
        flags += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    return flags


def _parent_folder(module: Any) -> str:
    return str(Path(module.__file__).absolute().parent.parent)


def _content(file: IO[bytes]) -> bytes:
    """Read all of it, without moving the place at which a worker still writes."""
    if hasattr(os, "pread"):
        return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
    file.seek(0)  # pragma: no cover - only on Windows
    return file.read()  # pragma: no cover - only on Windows

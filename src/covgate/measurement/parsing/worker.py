"""The program of a worker process, which parses sources. Started by `workers`, never by hand.

It reads one line from standard input, a `Job`, and leaves when that input ends. It writes a greeting,
then a line for each source, `[path, key, record]`, with nulls for what cannot be parsed here.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import threading
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from coverage.python import PythonFileReporter

from covgate.files import read_ordinary
from covgate.measurement.parsing.cache import Cache
from covgate.measurement.parsing.choice import find_sources
from covgate.measurement.parsing.parsed_source import ParseSettings, key_of, parse_source, to_record

GREETING = b"covgate worker\n"
"""Its first line: another program in its place would say something else, or nothing."""


class Job(NamedTuple):
    """What a worker is to do: parse the sources at `places` that the file `cache` does not keep."""

    settings: ParseSettings
    places: tuple[str, ...]
    cache: str | None = None
    idle: bool = False
    """Whether to use only what nobody else wants of the processor."""

    def to_line(self) -> bytes:
        return json.dumps([self.settings, *self[1:]]).encode("ascii") + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Job:
        (exclude, partial, partial_always, branches), places, cache, idle = json.loads(line)
        settings = ParseSettings(tuple(exclude), tuple(partial), tuple(partial_always), branches)
        return cls(settings, tuple(places), cache, idle)


def run() -> None:  # pragma: no cover - only in processes that nothing measures
    job = Job.from_line(sys.stdin.buffer.readline())
    if job.idle:
        _lower_priority()
    threading.Thread(target=_leave_with, args=(sys.stdin.buffer,), daemon=True).start()
    do_job(job, sys.stdout.buffer)


def do_job(job: Job, answers: BinaryIO) -> None:
    """Parse what is to be parsed, and answer source by source."""
    warnings.simplefilter("ignore")  # of the sources: the run shows what is to be shown
    gc.disable()  # trees are freed as they are dropped
    answers.write(GREETING)
    answers.flush()
    cov, fingerprint = job.settings.apply(), job.settings.fingerprint()
    for path in _paths_to_parse(job, fingerprint):
        content, record = _parse(path, PythonFileReporter(path, cov), branches=job.settings.branches)
        key = None if content is None else key_of(content, fingerprint).hex()
        answers.write(json.dumps([path, key, record]).encode("ascii") + b"\n")
        answers.flush()


def read_answer(line: bytes) -> dict[bytes, bytes]:
    """The record of an answer by its key; empty where there was none to give. `ValueError` for what is no answer."""
    _, key, record = json.loads(line)
    return {} if key is None else {bytes.fromhex(key): record.encode("ascii")}


def _parse(path: str, reporter: PythonFileReporter, *, branches: bool) -> tuple[bytes | None, str | None]:
    """Content and record of one source; None where it cannot be parsed, or changes meanwhile."""
    with contextlib.suppress(Exception):
        content = read_ordinary(path)
        record = to_record(parse_source(reporter, branches=branches)).decode("ascii")
        if read_ordinary(path) == content:
            return content, record
    return None, None


def _paths_to_parse(job: Job, fingerprint: bytes) -> Iterable[str]:
    """The sources at the places of the job, without those whose content is kept."""
    if job.cache is None:
        return find_sources(job.places)
    keys = {}
    for path in find_sources(job.places):
        with contextlib.suppress(OSError):
            keys[path] = key_of(read_ordinary(path), fingerprint)
    kept = Cache(Path(job.cache)).read(keys.values())
    return [path for path, key in keys.items() if key not in kept]


def _lower_priority() -> None:  # pragma: no cover - only in processes that nothing measures
    """Only what nobody else wants of the processor."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(19)
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _leave_with(requests: BinaryIO) -> None:  # pragma: no cover - ends the process
    """Leave when the run says so, or has been killed: its end of the pipe is closed."""
    requests.read(1)
    os._exit(0)

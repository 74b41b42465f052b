"""A process that parses sources: paths in, records out. Started by `pool` and `ahead`, never by hand.

The first line of standard input is a `Job`; every following one is a path. Each answer is one line,
`[path, key, record]`, with nulls for what cannot be parsed here. A job with `places` is the work ahead
of time: it parses what lies there and the cache does not hold, at the lowest priority, until it is
done or standard input is closed.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import json
import os
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from coverage.python import PythonFileReporter

from covgate.files import read_ordinary
from covgate.measurement.parsing.cache import Cache
from covgate.measurement.parsing.half import static_half
from covgate.measurement.parsing.record import as_record
from covgate.measurement.parsing.source import ParseSettings, key_of

GREETING = b"covgate worker\n"
"""Its first line: another program in its place would say something else, or nothing."""
FEWEST = 40
"""Below this many sources a work ahead of time gains less than it costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs to know. `places` are folders and files to parse ahead, `cache` what is kept."""

    settings: ParseSettings
    places: tuple[str, ...] = ()
    cache: str | None = None

    def as_line(self) -> bytes:
        return json.dumps(asdict(self)).encode("ascii") + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Job:
        given = json.loads(line)
        settings = given["settings"]
        return cls(
            settings=ParseSettings(
                exclude=tuple(settings["exclude"]),
                partial=tuple(settings["partial"]),
                partial_always=tuple(settings["partial_always"]),
                branches=settings["branches"],
            ),
            places=tuple(given["places"]),
            cache=given["cache"],
        )


class Parser:
    """Parses sources by one set of settings."""

    def __init__(self, settings: ParseSettings) -> None:
        self._settings = settings
        self._cov = settings.applied()
        self.fingerprint = settings.fingerprint()

    def parsed(self, path: str) -> tuple[bytes, bytes] | None:
        """Key and record of one source; None where it cannot be parsed, or changes meanwhile."""
        file = Path(path)
        try:
            content = read_ordinary(file)
            half = static_half(PythonFileReporter(path, self._cov), branches=self._settings.branches)
            if read_ordinary(file) == content:
                return key_of(content, self.fingerprint), as_record(half)
        except Exception:
            pass
        return None


def main(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the requests end."""
    warnings.simplefilter("ignore")  # of the sources: the run shows what is to be shown
    gc.disable()  # trees are freed as they are dropped
    job = Job.from_line(requests.readline())
    parser = Parser(job.settings)
    if job.places:
        _lower_priority()
        threading.Thread(target=_leave_with, args=(requests,), daemon=True).start()
        for path in _still_to_parse(job, parser.fingerprint):
            _answer(answers, path, parser)
    else:
        answers.write(GREETING)
        answers.flush()
        for line in requests:
            _answer(answers, json.loads(line), parser)


def read_answer(line: bytes) -> dict[bytes, bytes]:
    """The record of an answer by its key; empty where there was none to give. `ValueError` for what is no answer."""
    _, key, record = json.loads(line)
    return {} if key is None else {bytes.fromhex(key): record.encode("ascii")}


def _answer(answers: BinaryIO, path: str, parser: Parser) -> None:
    key, record = parser.parsed(path) or (None, None)
    text = [path, key.hex() if key else None, record.decode("ascii") if record else None]
    answers.write(json.dumps(text).encode("ascii") + b"\n")
    answers.flush()


def _still_to_parse(job: Job, fingerprint: bytes) -> Iterator[str]:
    keys = {}
    for path in map(str, sources(job.places)):
        with contextlib.suppress(OSError):
            keys[path] = key_of(read_ordinary(path), fingerprint)
    kept = Cache(Path(job.cache) if job.cache else None).read(keys.values())
    yield from (path for path, key in keys.items() if key not in kept)


def is_worth_a_worker(places: Iterable[Path]) -> bool:
    return next(itertools.islice(sources(map(str, places)), FEWEST - 1, None), None) is not None


def sources(places: Iterable[str]) -> Iterator[Path]:
    """The Python files at `places`, as coverage.py finds what nobody imported."""
    for place in places:
        if os.path.isfile(place):
            yield Path(place)
        yield from _below(place)


def _below(place: str) -> Iterator[Path]:
    for folder, folders, files in os.walk(place):
        if folder != place and "__init__.py" not in files:
            folders.clear()  # no package: coverage.py does not look there for what nobody imported either
            continue
        folders.sort()
        yield from (Path(folder, name) for name in sorted(files) if name.endswith(".py"))


def _lower_priority() -> None:  # pragma: no cover - only in processes that nothing measures
    """Only what nobody else wants of the processor."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(19)
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _leave_with(requests: BinaryIO) -> None:  # pragma: no cover - ends the process
    """The run says so, or has been killed: its end of the pipe is closed."""
    requests.read(1)
    os._exit(0)


def run() -> None:  # pragma: no cover - only in processes that nothing measures
    main(sys.stdin.buffer, sys.stdout.buffer)

"""Parses many sources on several processors."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import threading
from collections.abc import Sequence
from typing import IO

from covgate.measurement.parsing.process import start_worker
from covgate.measurement.parsing.source import ParseSettings
from covgate.measurement.parsing.worker import GREETING, Job, read_answer

Records = dict[bytes, bytes]
PATIENCE = 20.0
"""Seconds for a worker to start."""


def parsed_by_workers(paths: Sequence[str], settings: ParseSettings, workers: int) -> Records:
    """Records by key of the sources at `paths`, the longest-running first for an even end.

    What a worker does not deliver, for whatever reason, is not in the answer.
    """
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for path in paths:
        waiting.put(path)
    records: Records = {}
    threads = [threading.Thread(target=_drive, args=(waiting, settings, records)) for _ in range(workers)]
    started = []
    for thread in threads:
        with contextlib.suppress(RuntimeError):  # no more threads may be started
            thread.start()
            started.append(thread)
    for thread in started:
        thread.join()
    return records


def _drive(waiting: queue.SimpleQueue[str], settings: ParseSettings, records: Records) -> None:
    """One worker, fed path by path until none is waiting or it dies."""
    with contextlib.suppress(OSError, ValueError, TypeError), start_worker() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError, ValueError, queue.Empty):
            process.stdin.write(Job(settings=settings).as_line())
            process.stdin.flush()
            _require_greeting(process, process.stdout)
            while True:
                path = waiting.get_nowait()
                process.stdin.write(json.dumps(path).encode("ascii") + b"\n")
                process.stdin.flush()
                records.update(read_answer(process.stdout.readline()))
        with contextlib.suppress(OSError):
            process.stdin.close()


def _require_greeting(process: subprocess.Popen[bytes], answers: IO[bytes]) -> None:
    """The first line of a worker; what gives none in time is another program, and is ended."""
    timer = threading.Timer(PATIENCE, process.kill)
    timer.start()
    try:
        if answers.readline() != GREETING:
            process.kill()
            raise ValueError
    finally:
        timer.cancel()

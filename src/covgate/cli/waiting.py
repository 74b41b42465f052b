"""Tells somebody at a terminal that a command is still at work."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator

PATIENCE = 2.0
"""Seconds of silence."""
CLEAR = "\r\x1b[K"


@contextlib.contextmanager
def told_while_waiting() -> Iterator[None]:
    """A line on standard error that counts the seconds, once they are many; it is gone before anything else is said."""
    global _current
    if not sys.stderr.isatty():
        yield
        return
    _current = _Waiting()
    try:
        yield
    finally:
        end_waiting()


def end_waiting() -> None:
    global _current
    if _current is not None:
        _current.end()
        _current = None


class _Waiting:
    def __init__(self) -> None:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._done.set()
        self._thread.join()

    def _tell(self) -> None:
        started = time.monotonic()
        if self._done.wait(PATIENCE):
            return
        with contextlib.suppress(OSError):  # the terminal may be gone
            while True:
                seconds = int(time.monotonic() - started)
                sys.stderr.write(f"{CLEAR}covgate: reading data and sources, {seconds} s")
                sys.stderr.flush()
                if self._done.wait(1):
                    break
            sys.stderr.write(CLEAR)
            sys.stderr.flush()


_current: _Waiting | None = None

"""What commands print: to a reader who may leave early, on a disk that may be full."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from covgate.cli.waiting import end_waiting
from covgate.errors import ReportError


def print_to(stream: TextIO, text: str) -> None:
    """Write and flush. A closed pipe takes nothing more, and the command goes on to its exit code.

    Raises `ReportError` where the stream cannot be written for another reason.
    """
    end_waiting()
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _send_nowhere(stream)
    except OSError as error:
        _send_nowhere(stream)
        raise ReportError(f"the output could not be written: {error.strerror or error}") from None


def _send_nowhere(stream: TextIO) -> None:
    """What is left in the buffer would be tried again when Python ends, and fail with a traceback."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    finally:
        os.close(nowhere)


def out(text: str) -> None:
    print_to(sys.stdout, text)


def err(text: str) -> None:
    print_to(sys.stderr, text)

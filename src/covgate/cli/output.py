"""What commands print: in colour where pytest would, to a reader who may leave early, on a disk that may be full."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TextIO

from covgate.cli.waiting import end_waiting
from covgate.errors import ReportError
from covgate.reports.styled import Line, coloured, plain


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
        raise ReportError("file-not-written", f"the output could not be written: {error.strerror or error}") from None


def _send_nowhere(stream: TextIO) -> None:
    """What is left in the buffer would be tried again when Python ends, and fail with a traceback."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    finally:
        os.close(nowhere)


def print_lines(stream: TextIO, lines: tuple[Line, ...], environment: Mapping[str, str]) -> None:
    print_to(stream, coloured(lines) if wants_colour(stream, environment) else plain(lines))


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether pytest would write to this stream in colour."""
    if environment.get("PY_COLORS") in ("0", "1"):
        return environment["PY_COLORS"] == "1"
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or (stream.isatty() and environment.get("TERM") != "dumb")


def out(text: str) -> None:
    print_to(sys.stdout, text)


def err(text: str) -> None:
    print_to(sys.stderr, text)

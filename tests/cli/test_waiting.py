"""A command that takes long says so, to a terminal only."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from conftest import clean_environment

# Works until a line comes in, then speaks as commands do.
WORK = """
import sys
from covgate.cli.output import out
from covgate.cli.waiting import told_while_waiting

with told_while_waiting():
    sys.stdin.readline()
    out("done")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are others there")
def test_somebody_at_a_terminal_is_told_after_two_seconds() -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-c", WORK]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=clean_environment({}), stdin=pipe, stdout=pipe, stderr=theirs) as process:
        os.close(theirs)
        told = b""
        while b"2 s" not in told:
            told += os.read(ours, 1000)
        out, _ = process.communicate(b"\n", timeout=60)
    rest = b""
    try:
        while more := os.read(ours, 1000):
            rest += more
    except OSError:  # how a terminal ends
        pass
    os.close(ours)
    assert out == b"done"
    assert told.startswith(b"\r\x1b[Kcovgate: reading data and sources, 2 s")
    assert rest.endswith(b"\r\x1b[K")


def test_nobody_else_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORK], env=clean_environment({}), input=b"", capture_output=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == (b"done", b"")

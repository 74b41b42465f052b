"""Starts workers: processes of this interpreter that are not measured, print nothing and end with the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import coverage

import covgate

# Isolated and without `site`: no start-up file of the environment runs, so nothing measures the worker,
# and the project's own modules cannot stand in for those of the standard library.
START = "import sys; sys.path += sys.argv[1:]; from covgate.measurement.parsing import worker; worker.run()"
# A process that belongs to nobody: tests that wait for their own children must not meet ours.
START_DETACHED = f"import os; hasattr(os, 'fork') and os.fork() and os._exit(0); {START}"
LOWEST_PRIORITY = getattr(subprocess, "IDLE_PRIORITY_CLASS", 0)
"""On Windows; elsewhere the worker lowers its own."""


def start_worker(
    stdout: int | IO[bytes] = subprocess.PIPE, *, start: str | None = None, flags: int = 0
) -> subprocess.Popen[bytes]:
    """Raises `OSError` where no process can be started."""
    if not sys.executable or getattr(sys, "frozen", False):
        raise OSError("the program of this interpreter is not Python")
    found_in = [_parent_folder(module) for module in (covgate, coverage)]
    paths = dict.fromkeys([*found_in, *(path for path in sys.path if path and isinstance(path, str))])
    return subprocess.Popen(
        [sys.executable, *_flags(), "-c", start or START, *paths],
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

"""Times commands in turn, so that a change of the machine's mood meets all of them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

MEASURE = """
import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
Action = Callable[[], float]
"""Does something once; returns its seconds."""


@dataclass(frozen=True, slots=True)
class Times:
    """The seconds of the counted rounds, in order."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def shown(self) -> str:
        return f"{_time(self.median)} ({_time(min(self.seconds))} - {_time(max(self.seconds))})"


def in_turn(actions: Mapping[str, Action], rounds: int, *, uncounted: int = 1) -> dict[str, Times]:
    """Run all actions once a round, in order; the first `uncounted` rounds only warm up."""
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(-uncounted, rounds):
        for name, action in actions.items():
            took = action()
            print(f"  {'warm-up' if number < 0 else f'round {number + 1}'}: {name}: {_time(took)}", file=sys.stderr)
            if number >= 0:
                seconds[name].append(took)
    return {name: Times(tuple(values)) for name, values in seconds.items()}


def ratio(ours: Times, theirs: Times) -> float:
    """The median of the ratios round by round."""
    return statistics.median(a / b for a, b in zip(ours.seconds, theirs.seconds, strict=True))


def run(command: list[str | Path], folder: Path, codes: tuple[int, ...] = (0,), **environment: str) -> float:
    """Wall-clock seconds of a command; its output is thrown away unless it ends with another code."""
    started = time.perf_counter()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=_environment(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    seconds = time.perf_counter() - started
    if done.returncode not in codes:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout.decode(errors='replace')[-3000:]}")
    return seconds


def processor_time(command: list[str | Path], folder: Path) -> float:
    """Seconds of processor that a command takes: steadier than the clock where little is to be seen."""
    return _measured(command, folder)[1]


def peak_memory(command: list[str | Path], folder: Path) -> tuple[float, int]:
    """Wall-clock seconds, and the largest resident size in bytes of the command or one of its processes."""
    seconds, _, size = _measured(command, folder)
    return seconds, int(size) * (1 if sys.platform == "darwin" else 1024)


def _measured(command: list[str | Path], folder: Path) -> tuple[float, float, float]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *map(str, command)],
        cwd=folder,
        env=_environment({}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    wall, processor, size = map(float, done.stdout.split())
    return wall, processor, size


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    steering = ("PYTEST_", "COV", "GIT_", "GITHUB_", "CI", "PYTHON", "VIRTUAL_ENV")
    return {**{name: value for name, value in os.environ.items() if not name.startswith(steering)}, **extra}


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"

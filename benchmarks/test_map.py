"""What recording which test runs what adds to a run: ours, coverage.py's contexts, and pytest-testmon.

python benchmarks/test_map.py                      # processor time, in turn
python benchmarks/test_map.py --instructions       # instructions counted by valgrind, once each
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

from environments import PROJECTS, environment, ours, project
from timing import in_turn, processor_time, ratio

TESTMON = "pytest-testmon==2.2.0"
GATE = [
    "-m",
    "pytest",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:hypothesispytest",
    "--covgate",
    "--covgate-mode=measure",
]
NAMES = ("marshmallow", "jinja2")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instructions", action="store_true", help="count instructions with valgrind's cachegrind")
    parser.add_argument("--repeat", type=int, default=7, metavar="N", help="counted rounds of processor time")
    arguments = parser.parse_args()
    PROJECTS.setdefault("jinja2", "3.1.6")
    print("| project | way | against the run without |\n|---|---|---|")
    for name in NAMES:
        folder = project(name)
        commands = ways(name, folder)
        processor_time(commands["without"], folder)  # the first run compiles the tests
        if arguments.instructions:
            counts = {way: instructions(command, folder) for way, command in commands.items() if way != "contexts"}
            base = counts["without"]
            assert base is not None, "the run without the map failed"
            rows = {way: None if count is None else count / base for way, count in counts.items()}
        else:
            actions = {way: partial(processor_time, command, folder) for way, command in commands.items()}
            times = in_turn(actions, arguments.repeat)
            rows = {way: ratio(taken, times["without"]) for way, taken in times.items()}
        for way, value in rows.items():
            print(f"| {name} | {way} | {'its run failed' if value is None else f'{value:.3f} x'} |", flush=True)


def ways(name: str, folder: Path) -> dict[str, list[str | Path]]:
    """The commands to compare; the sources of the project are put on the path by its own settings or by `rc`."""
    config = folder / "map.rc"
    config.write_text(f"[run]\nsource = src/{name}\n", encoding="utf-8")
    (folder / ".testmondata").unlink(missing_ok=True)
    setting = ["-o", "pythonpath=src", f"--cov-config={config}"]
    gate = [ours() / "python", *GATE, *setting]
    peer = [environment("testmon", TESTMON) / "python", *GATE[:-2], "-o", "pythonpath=src"]
    return {
        "without": [*gate, "--no-covgate-map"],
        "the map": gate,
        "contexts": [*gate, "--no-covgate-map", "--cov-context=test"],
        "pytest alone": [*peer, "-p", "no:testmon"],
        "pytest-testmon, no selection": [*peer, "--testmon-noselect"],
    }


def instructions(command: list[str | Path], folder: Path) -> int | None:
    """Return how many a command takes; None where it fails, as a peer may with newer versions."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise SystemExit("valgrind is not installed; without --instructions processor time is compared")
    counted = [valgrind, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", *map(str, command)]
    same = {**os.environ, "PYTHONHASHSEED": "0"}  # the order of sets decides how much runs
    done = subprocess.run(counted, cwd=folder, capture_output=True, text=True, check=False, env=same)
    if done.returncode:
        print(f"{' '.join(map(str, command))}\n{done.stdout[-500:]}", file=sys.stderr)
        return None
    found = re.search(r"I +refs: +([\d,]+)", done.stderr)
    assert found is not None, done.stderr
    return int(found[1].replace(",", ""))


if __name__ == "__main__":
    main()

"""Runs the rows that are asked for, prints their table, and writes it to `results.md`."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
from pathlib import Path

from environments import COVERAGE, PEERS, PROJECTS
from rows import ROWS, Line

RESULTS = Path(__file__).parent / "results.md"
HEADING = "| row | what | ours | theirs | reached | to reach |\n|---|---|---|---|---|---|\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)} (default: all, and results.md)")
    parser.add_argument("--repeat", type=int, default=7, metavar="N", help="counted rounds (default: 7)")
    arguments = parser.parse_args()
    unknown = set(arguments.rows) - ROWS.keys()
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    table = HEADING
    for name in arguments.rows or ROWS:
        print(f"{name}:", file=sys.stderr)
        for line in ROWS[name](arguments.repeat):
            table += _row(name, line)
    print(table)
    if not arguments.rows:
        RESULTS.write_text(_about(arguments.repeat) + table + _remarks(), encoding="utf-8")


def _row(name: str, line: Line) -> str:
    return f"| {name} | {' | '.join(line)} |\n"


def _about(rounds: int) -> str:
    versions = ", ".join(pin.replace("==", " ") for pin in [*COVERAGE, *PEERS])
    projects = ", ".join(f"{name} {version}" for name, version in PROJECTS.items())
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.system()} on {platform.machine()}, {os.cpu_count()} processors"
    return f"""# Results

Written by `python benchmarks/run.py --repeat {rounds}` on {datetime.date.today()}.
{python}, {machine}.
{versions}; {projects}.

Median (lowest to highest) of the rounds; ratios are the median of the ratios round by round.

"""


def _remarks() -> str:
    """What is written below the table by hand stays."""
    if RESULTS.exists():
        _, mark, remarks = RESULTS.read_text(encoding="utf-8").partition("\n## ")
        return mark + remarks
    return ""


if __name__ == "__main__":
    main()

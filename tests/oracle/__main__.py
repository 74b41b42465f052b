"""Run many generated projects: `python -m tests.oracle --seeds 0:300 --python PYTHON ...`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .runner import Outcome, try_seed


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 where anything differs."""
    options = parse(arguments)
    began = time.monotonic()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="oracle-"))

    def one(seed: int) -> Outcome:
        python = os.path.abspath(options.python[seed % len(options.python)])  # as it is: a venv's is a link
        place = folder / f"seed{seed}"
        outcome = try_seed(seed, python, place, subfolders=options.subfolders, keep=bool(options.keep))
        for line in outcome.differences:
            print(f"seed {seed} ({python}, {', '.join(outcome.traits)}): {line}", flush=True)
        return outcome

    with ThreadPoolExecutor(options.jobs) as pool:
        outcomes = list(pool.map(one, options.seeds))
    print(summary(outcomes), f"in {time.monotonic() - began:.0f} s")
    return 1 if any(outcome.differences for outcome in outcomes) else 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument(
        "--seeds",
        type=seeds,
        default=os.environ.get("ORACLE_SEEDS", "0:300"),
        metavar="A:B",
        help="from A up to B, B not included, or single seeds: 3,17. Default: $ORACLE_SEEDS, else 0:300",
    )
    parser.add_argument(
        "--python",
        nargs="+",
        default=os.environ.get("ORACLE_PYTHONS", sys.executable).split(os.pathsep),
        help="interpreters that have covgate installed, taken in turn. Default: $ORACLE_PYTHONS, else this one",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many projects at a time")
    parser.add_argument("--subfolders", action="store_true", help="start some of the runs in a folder below the root")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the projects here, and keep them")
    return parser.parse_args(arguments)


def seeds(text: str) -> Sequence[int]:
    if ":" in text:
        first, last = text.split(":")
        return range(int(first), int(last))
    return [int(seed) for seed in text.split(",")]


def summary(outcomes: Sequence[Outcome]) -> str:
    """One line: how many projects, of which kinds, and how many differ."""
    pythons = Counter(outcome.python for outcome in outcomes)
    traits = Counter(trait for outcome in outcomes for trait in outcome.traits)
    kinds = ", ".join(f"{count} {kind}" for kind, count in (*sorted(traits.items()), *sorted(pythons.items())))
    checks = sum(outcome.checks for outcome in outcomes)
    count = sum(len(outcome.differences) for outcome in outcomes)
    failing = sum(bool(outcome.differences) for outcome in outcomes)
    where = f" in {failing} projects" if failing else ""
    return f"oracle: {len(outcomes)} projects ({kinds}), {checks} checks, {count} differences{where}"


if __name__ == "__main__":
    sys.exit(main())

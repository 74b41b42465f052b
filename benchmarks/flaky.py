"""Runs the tests of real projects again and again, in random order and on two workers: which lines flip?

What flips is read from coverage.py's own data after each run, and compared with what `covgate history flaky` says of
the same runs. A line that it proves flaky and that never flipped would be a false accusation. Prints a row for each
project and way, and each false or missed line; exit code 1 where there is one.

    python benchmarks/flaky.py --runs 20 flask click
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import coverage

sys.path.insert(0, str(Path(__file__).parent / "advice"))

from projects import Place, commit, prepare

PROJECTS = ("click", "gunicorn", "marshmallow", "werkzeug", "wtforms")
SELECTED = {"gunicorn": "tests/ctl"}
"""Where the whole suite takes minutes, or fails here: a folder of it, as `testpaths`."""
WAYS = ("random order", "-n 2")
TOOLS = ("pytest-randomly==4.0.1", "pytest-xdist==3.8.0")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", nargs="*", default=list(PROJECTS))
    parser.add_argument("--runs", type=int, default=20, metavar="N", help="of each project and way (default: 20)")
    arguments = parser.parse_args()
    wrong = 0
    print("| project | way | runs recorded | statements | flipped | proven | suspected | false | missed |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|")
    for name in arguments.projects:
        place = prepare(name, label="flaky")
        pip = [str(place.python), "-m", "pip", "install", "-q", *TOOLS]
        subprocess.run(pip, check=True)
        if name in SELECTED:
            settings = place.folder / "pyproject.toml"
            text = settings.read_text(encoding="utf-8")
            settings.write_text(re.sub("testpaths = .*", f'testpaths = ["{SELECTED[name]}"]', text), encoding="utf-8")
            commit(place.folder)
        exclude = place.folder / ".git" / "info" / "exclude"
        exclude.write_text("__pycache__/\n.coverage*\n.covgate/\n.hypothesis/\n*.egg-info/\nbuild/\n", encoding="utf-8")
        for way in WAYS:
            wrong += evaluate(name, place, way, arguments.runs)
    return 1 if wrong else 0


def evaluate(name: str, place: Place, way: str, runs: int) -> int:
    """Print a row, and what is wrong with it; return how many lines that are."""
    shutil.rmtree(place.folder / ".covgate", ignore_errors=True)
    seen: list[dict[str, tuple[frozenset[int], frozenset[int]]]] = []
    for seed in range(runs):
        options = ("-p", "no:randomly", "-n", "2") if way == "-n 2" else (f"--randomly-seed={seed + 1}",)
        if run(place, *options):
            seen.append(read(place))
    if not seen:
        print(f"| {name} | {way} | 0: tests failed in each run |" + " |" * 6, flush=True)
        return 0
    flipped = flips(seen)
    command = [str(place.python), "-m", "covgate", "history", "flaky", "--json"]
    done = subprocess.run(command, cwd=place.folder, capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    found: dict[str, set[tuple[str, int]]] = {"proven": set(), "suspected": set()}
    for module in report["modules"]:
        for line in module["lines"]:
            if line["statement"]:
                found[line["status"]].add((module["path"], line["line"]))
    false, missed = found["proven"] - flipped, flipped - found["proven"]
    statements = sum(len(lines) for lines, _ in seen[-1].values())
    numbers = (report["records"], statements, len(flipped), *map(len, (*found.values(), false, missed)))
    print(f"| {name} | {way} | {' | '.join(map(str, numbers))} |", flush=True)
    for kind, lines in (("false", false), ("missed", missed)):
        for path, line in sorted(lines):
            print(f"  {kind}: {path}:{line}")
    return len(false) + len(missed)


def run(place: Place, *options: str) -> bool:
    """Run all tests; return whether they passed: other runs leave no record that proves anything."""
    command = [
        str(place.python),
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--covgate",
        "--cov-report=",
        *options,
    ]
    done = subprocess.run(command, cwd=place.folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.returncode == 0


def read(place: Place) -> dict[str, tuple[frozenset[int], frozenset[int]]]:
    """Return the statements and the missing ones of each measured file, as coverage.py analyses them."""
    measured = coverage.Coverage(
        data_file=str(place.folder / ".coverage"), config_file=str(place.folder / "pyproject.toml")
    )
    measured.load()
    found = {}
    for file in measured.get_data().measured_files():
        path = Path(place.folder, file)
        _, statements, _, missing, _ = measured.analysis2(str(path))
        found[path.relative_to(place.folder).as_posix()] = (frozenset(statements), frozenset(missing))
    return found


def flips(seen: list[dict[str, tuple[frozenset[int], frozenset[int]]]]) -> set[tuple[str, int]]:
    """Return the lines that some runs covered and some did not."""
    found = set()
    for path in {path for one in seen for path in one}:
        missing = [one[path][1] for one in seen if path in one]
        found.update((path, line) for line in frozenset().union(*missing) - frozenset.intersection(*missing))
    return found


if __name__ == "__main__":
    raise SystemExit(main())

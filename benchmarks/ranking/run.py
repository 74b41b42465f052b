"""Do the functions that come first in an order need more fixes later? protocol.md says how that is measured.

    python benchmarks/ranking/run.py                      # all repositories; some hours, and uv has to be on the PATH
    python benchmarks/ranking/run.py click flask          # some, to look at
    python benchmarks/ranking/run.py --clones FOLDER      # with clones that are there: FOLDER/pallets+click/repo
    python benchmarks/ranking/run.py --report             # the report of what was measured before

Keeps a file for each repository and point below benchmarks/.work, and writes the report into results.md. What is there
is not measured again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from fixes import changes_before, touched_lines
from measures import Gap
from past import COVERAGE, JUDGED, POINTS, PYTHON, REPOSITORIES, WORK, NotRunError, measure
from report import report

HERE = Path(__file__).parent
RESULTS = WORK / "results"
COVGATE = HERE.parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(JUDGED), metavar="NAME", help="repositories")
    parser.add_argument("--clones", type=Path, metavar="FOLDER", help="where clones are")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="suites at once (default: 2)")
    parser.add_argument("--report", action="store_true", help="measure nothing")
    arguments = parser.parse_args()
    if unknown := {*arguments.names} - {*REPOSITORIES}:
        parser.error(f"unknown: {', '.join(sorted(unknown))} (known: {', '.join(REPOSITORIES)})")
    if not arguments.report:
        RESULTS.mkdir(exist_ok=True)
        python = reading_environment()
        places = [(name, point) for point in POINTS for name in arguments.names]
        with ThreadPoolExecutor(arguments.jobs) as pool:
            for line in pool.map(lambda place: judge(*place, arguments.clones, python), places):
                print(line, flush=True)
    results = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(RESULTS.glob("*.json"))}
    results = {name: result for name, result in results.items() if result["repository"] in arguments.names}
    text = report(list(results.values()), read_gaps)
    if set(arguments.names) == {*JUDGED}:
        (HERE / "results.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def reading_environment() -> Path:
    """Return the Python of an environment with this checkout's covgate, on the version that measures."""
    environment = WORK / "reading-env"
    python = environment / "bin" / "python"
    if not python.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        subprocess.run(["uv", "venv", "-q", "--python", PYTHON, str(environment)], check=True)
        install = ["uv", "pip", "install", "-q", "--python", str(python), "-e", str(COVGATE), COVERAGE, "radon==6.0.1"]
        subprocess.run(install, check=True)
    return python


def judge(name: str, point: date, clones: Path | None, python: Path) -> str:
    """Write the result of a repository and point, unless it is there; return a line that says so."""
    output = RESULTS / f"{name}-{point}.json"
    if output.exists():
        return f"{output.stem}: there"
    result: dict[str, Any] = {"repository": name, "point": str(point)}
    try:
        past = measure(name, point, clones)
    except NotRunError as reason:
        result["not_run"] = str(reason)
        output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        return f"{output.stem}: {reason}"
    described = WORK / f"{output.stem}.json"
    if not described.exists():
        subprocess.run([str(python), str(HERE / "functions.py"), str(past.folder), str(described)], check=True)
    read = json.loads(described.read_text(encoding="utf-8"))
    fixes, touched = touched_lines(past)
    changes = changes_before(past)
    result |= {
        "commit": past.commit,
        "fixes": fixes,
        "test_files": read["test_files"],
        "settings": {
            setting: [[row(gap, touched, changes) for gap in gaps] for gaps in drawn]
            for setting, drawn in read["settings"].items()
        },
    }
    output.write_text(json.dumps(result, separators=(",", ":")) + "\n", encoding="utf-8")
    return f"{output.stem}: {fixes} fixes, {len(result['settings']['natural'][0])} functions"


def row(gap: Mapping[str, Any], touched: Mapping[str, set[int]], changes: Mapping[str, int]) -> list[int]:
    """Return the fields of `Gap` in their order; that a fix touched an untested line is 1."""
    is_hit = not touched.get(gap["path"], set()).isdisjoint(gap["lines"])
    measured = [gap[name] for name in Gap._fields[:-2]]
    return [*measured, changes.get(gap["path"], 0), int(is_hit)]


def read_gaps(rows: Sequence[Sequence[int]]) -> list[Gap]:
    return [Gap(*numbers, is_hit=bool(is_hit)) for *numbers, is_hit in rows]


if __name__ == "__main__":
    main()

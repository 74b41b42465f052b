"""Runs half of the test files of real projects, and asks `covgate next --until 100 --json` what to test.

Every quotation of a scenario has to stand in the source of its module, but for white space. Prints a row for each
project, and each quotation that does not; `python benchmarks/advice/quotes.py flask werkzeug`.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
import textwrap

from projects import DEVELOPMENT, EVALUATION, prepare

QUOTED = re.compile(r"`([^`]+)`")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", nargs="*", default=[*EVALUATION, *DEVELOPMENT])
    wrong = 0
    print("| project | functions | scenarios | quotations | not in the source |\n|---|---|---|---|---|")
    for name in parser.parse_args().projects:
        place = prepare(name, label="halved")
        files = sorted({test.partition("::")[0] for test in place.collected()})
        place.pytest("--covgate", "--cov-report=", *files[::2], log="half")
        command = [str(place.python), "-m", "covgate", "next", "--until", "100", "--json"]
        done = subprocess.run(command, cwd=place.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name}: exit code {done.returncode}: {done.stderr[-2000:]}")
            wrong += 1
            continue
        found = json.loads(done.stdout)
        scenarios = [(test["path"], one) for test in found for one in test["scenarios"]]
        quoted = [(path, text) for path, one in scenarios for text in QUOTED.findall(f"{one['when']} {one['then']}")]
        texts = {path: _both((place.folder / path).read_text(encoding="utf-8")) for path, _ in quoted}
        missing = [(path, text) for path, text in quoted if _normal(text).removesuffix("…") not in texts[path]]
        print(f"| {name} | {len(found)} | {len(scenarios)} | {len(quoted)} | {len(missing)} |", flush=True)
        for path, text in missing:
            print(f"  {path}: {text}")
        wrong += len(missing)
        for test in found:
            if test["skeleton"]:
                ast.parse(textwrap.dedent(test["skeleton"]))
    return 1 if wrong else 0


def _both(text: str) -> str:
    """Return the text with its comments, and without them; what a function returns without saying so is `None`."""
    return "\n".join((_normal(text), _normal(re.sub("#.*", "", text)), "None"))


def _normal(text: str) -> str:
    return re.sub(r"[\s()\\]+|,(?=\s*[)\]}])", "", text)


if __name__ == "__main__":
    raise SystemExit(main())

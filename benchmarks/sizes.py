"""How many bytes covgate leaves: the cache of parsed sources, the HTML page, and the map of tests in the data file.

    python benchmarks/sizes.py

sympy (1,500 modules) is measured with one of its test files, so that most of it is missing; the others with all tests.
"""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
from pathlib import Path

import environments

sys.path.insert(0, str(Path(__file__).parent / "advice"))

from projects import WORK, prepare

HTML = ("jinja2==3.1.6", "squarify==0.4.4")
CORE = "sympy/core/tests/test_symbol.py"
PROJECTS = ("marshmallow", "click", "jinja2")
MAP = re.compile(r"test map: (.*)")


def main() -> None:
    print("| project | what | size |\n|---|---|--:|")
    python = environments.ours() / "python"
    subprocess.run([str(python), "-m", "pip", "install", "-q", *HTML], check=True)
    folder = environments.project("sympy")
    gate = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--covgate", CORE, "--covgate-report=html"]
    for mode, options in (("lines", []), ("branches", ["--cov-branch"])):
        shutil.rmtree(folder / ".covgate", ignore_errors=True)
        subprocess.run([*gate, *options], cwd=folder, capture_output=True, check=False)
        cache = folder / ".covgate" / "cache" / "static.sqlite"
        page = (folder / "covgate.html").read_bytes()
        print(f"| sympy, {mode} | the cache of parsed sources | {shown(cache.stat().st_size)} |")
        print(f"| sympy, {mode} | the HTML page | {shown(len(page))} |")
        print(f"| sympy, {mode} | the HTML page, compressed | {shown(len(gzip.compress(page)))} |", flush=True)
    for name in PROJECTS:
        place = prepare(name, label="sizes")
        place.pytest("--covgate", "--cov-report=", "-vv", log="sizes")
        said = MAP.search((WORK / f"{place.folder.name}-sizes.txt").read_text(encoding="utf-8"))
        print(f"| {place.folder.name} | the map of tests | {said[1] if said else 'none'} |", flush=True)


def shown(size: int) -> str:
    return f"{size / 1e6:.2f} MB"


if __name__ == "__main__":
    main()

"""Writes skeletons of tests into real projects, collects and runs them: each must fail with "write the assertion".

`python benchmarks/advice/skeletons.py` takes 50 functions of each of four projects, by chance; see `--help`. It
leaves out modules for another system. Needs an environment with covgate; the projects get their own below `.work`.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from covgate.judge.scenarios import find_scenarios
from covgate.judge.scenarios.code import read_code
from covgate.judge.skeletons import MESSAGE, write_skeleton
from covgate.judge.skeletons.target import read_target
from covgate.measurement.parsing.outline import outline
from covgate.model.lines import Lines
from covgate.model.skeleton import NearestTest, Skeleton, Target
from covgate.model.snapshot import Function

WORK = Path(__file__).parent.parent / ".work" / "skeletons"
PROJECTS = {
    "marshmallow": ("src", ["simplejson"]),
    "click": ("src", []),
    "flask": ("src", ["asgiref", "python-dotenv"]),
    "jinja2": ("src", ["trio"]),
}


class Written(NamedTuple):
    """A skeleton, and the file that it was written to."""

    file: Path
    skeleton: Skeleton

    @property
    def node_ids(self) -> list[str]:
        within = "".join(f"{name}::" for name in self.skeleton.within.split(".") if name)
        return [f"{self.file}::{within}{name}" for name in self.skeleton.names]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", nargs="*", default=list(PROJECTS))
    parser.add_argument("--functions", type=int, default=50, metavar="N", help="per project (default: 50)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    total = right = 0
    for name in arguments.projects:
        folder, python = prepare(name)
        written = list(write_some(folder, PROJECTS[name][0], arguments.functions, random.Random(arguments.seed)))
        outcomes = run(folder, python, written)
        names = [name for one in written for name in one.skeleton.names]
        wrong = [name for name in names if not all(outcomes.get(name, [False]))]
        total, right = total + len(names), right + len(names) - len(wrong)
        places = [one.skeleton.place for one in written]
        counts = ", ".join(f"{places.count(place)} in {place}" for place in dict.fromkeys(places))
        print(f"{name}: {len(names) - len(wrong)} of {len(names)} fail as they should ({counts})", *wrong, sep="\n  ")
    print(f"all: {right} of {total}")


def prepare(name: str) -> tuple[Path, Path]:
    """Unpack the source distribution of a project anew, and install it."""
    WORK.mkdir(parents=True, exist_ok=True)
    environment = WORK / f"{name}-env"
    python = environment / "bin" / "python"
    pip = [str(python), "-m", "pip", "-q", "--disable-pip-version-check"]
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        subprocess.run([*pip, "install", "pytest<9", *PROJECTS[name][1]], check=True)
        subprocess.run(
            [*pip, "download", "--no-deps", "--no-binary", ":all:", "-d", str(environment), name], check=True
        )
    (archive,) = environment.glob("*.tar.gz")
    folder = WORK / archive.name.removesuffix(".tar.gz")
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(archive) as opened:
        opened.extractall(WORK, filter="data")
    subprocess.run([*pip, "install", "-e", str(folder)], check=True)
    return folder, python


def write_some(folder: Path, source: str, count: int, chance: random.Random) -> Iterator[Written]:
    """Write the first scenario of functions by chance; every tenth in a new file."""
    functions = [
        (file, one)
        for file in sorted((folder / source).rglob("*.py"))
        if "sys.platform ==" not in file.read_text(encoding="utf-8").partition("def ")[0]
        for one in functions_of(file)
    ]
    tests = sorted((folder / "tests").rglob("test_*.py"))
    chosen = chance.sample(functions, min(count, len(functions)))
    for number, (file, function) in enumerate(chosen):
        code = read_code(file.read_text(encoding="utf-8"))
        assert code is not None
        parts = file.relative_to(folder / source).with_suffix("").parts
        target = read_target(code, function, ".".join(part for part in parts if part != "__init__"))
        scenarios = find_scenarios(code, function, function.statements)[:1]
        if number % 20 == 19:
            test, nearest = None, None
        else:
            test, name = find_nearest(tests, file.stem, target)
            nearest = NearestTest(test.read_text(encoding="utf-8"), name, extend=number % 10 != 9)
        skeleton = write_skeleton(target, scenarios, nearest)
        place = (test.parent if test else folder / "tests") / f"test_new_{number}.py"
        if test is not None and nearest is not None and skeleton.place != "new file":
            test.write_text(skeleton.insert_into(nearest.source), encoding="utf-8")
            place = test
        else:
            place.write_text(skeleton.text, encoding="utf-8")
        yield Written(place, skeleton)


def functions_of(file: Path) -> list[Function]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    statements = Lines.of(node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt | ast.ExceptHandler))
    return [Function(one.name, one.line, one.last, one.lines & statements) for one in outline(tree)[0]]


def find_nearest(tests: list[Path], stem: str, target: Target) -> tuple[Path, str]:
    """Find a test that names the function, else one in the file of the module's name, else any."""
    word = re.compile(rf"\b{re.escape(target.name.rpartition('.')[2])}\b")
    candidates = []
    for file in tests:
        text = file.read_text(encoding="utf-8")
        for test in find_tests(ast.parse(text), ""):
            candidates.append((bool(word.search(test[1])), file.stem == f"test_{stem.strip('_')}", file, test[0]))
    _, _, file, name = max(candidates, key=lambda one: one[:2])
    return file, name


def find_tests(tree: ast.AST, prefix: str) -> Iterator[tuple[str, str]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield prefix + node.name, ast.unparse(node)
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from find_tests(node, f"{prefix}{node.name}::")


def run(folder: Path, python: Path, written: list[Written]) -> dict[str, list[bool]]:
    """Run the new tests; for each, whether each of its cases failed with the message."""
    report = folder / "report.xml"
    ids = [node_id for one in written for node_id in one.node_ids]
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *ids]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if not report.exists() or done.returncode != 1:
        print(done.stdout[-3000:], done.stderr[-3000:])
    outcomes: dict[str, list[bool]] = {}
    for case in ET.parse(report).iter("testcase"):
        failure = case.find("failure")
        is_right = failure is not None and MESSAGE in failure.get("message", "")
        outcomes.setdefault(case.get("name", "").partition("[")[0], []).append(is_right)
    return outcomes


if __name__ == "__main__":
    main()

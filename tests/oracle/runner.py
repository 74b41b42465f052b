"""Run one generated project through both doors and compare them with the calculation."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .change import read_change
from .compare import differences, door_differences
from .expected import Verdict, expect
from .project import Generated, generate

# What would steer the runs from outside.
STEERING = ("PYTEST_", "COV", "GIT_", "GITHUB_", "CI", "COLUMNS", "LINES", "PYTHONPATH")


@dataclass(frozen=True)
class Outcome:
    """What came of one project: how it was run, how much was compared, and all that differs."""

    seed: int
    python: str
    traits: tuple[str, ...]
    checks: int
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Ran:
    """The exit code and the output of a process."""

    code: int
    output: str


def try_seed(seed: int, python: str, folder: Path, *, subfolders: bool = False, keep: bool = False) -> Outcome:
    """Make, run and compare the project of a seed in `folder`, which is removed where nothing differs."""
    traits: tuple[str, ...] = ()
    checks = 0
    try:
        folder.mkdir(parents=True)
        project = generate(seed, folder, subfolders=subfolders)
        traits = traits_of(project)
        checks, found = judge(project, python)
    except Exception:  # whatever stops a project must not stop the others
        found = [f"no comparison: {traceback.format_exc()}"]
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(seed, python, traits, checks, tuple(found))


def traits_of(project: Generated) -> tuple[str, ...]:
    below = ("below the top",) if project.below else ()
    started = ("from a subfolder",) if project.folder != project.root else ()
    workers = ("-n 2",) if "-n" in project.options else ()
    return ("branches" if project.branch else "lines", *workers, *below, *started)


def judge(project: Generated, python: str) -> tuple[int, list[str]]:
    """How many checks were compared, and the differences."""
    root = project.root
    doors = (root / "pytest.json", root / "check.json")
    tests = [] if project.folder == root else [str(root / "tests")]
    quiet = ("-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
    pytest = run(
        project, python, "pytest", *quiet, "--covgate", f"--covgate-report=json:{doors[0]}", *project.options, *tests
    )
    if not doors[0].is_file():
        return 0, [f"pytest --covgate wrote no report, exit code {pytest.code}: {pytest.output[-1500:]}"]
    base = [option.removeprefix("--covgate-") for option in project.options if option.startswith("--covgate-base")]
    check = run(
        project, python, "covgate.cli", "check", f"--report=json:{doors[1]}", *(f"--{option}" for option in base)
    )
    if not doors[1].is_file():
        return 0, [f"covgate check wrote no report, exit code {check.code}: {check.output[-1500:]}"]
    texts = [door.read_text(encoding="utf-8") for door in doors]
    expected = calculate(project, python)
    if expected is None:  # nothing was measured: never a pass
        return 0, [
            f"{json.loads(text)['status']}, not error" for text in texts if json.loads(text)["status"] != "error"
        ]
    found = list(differences(json.loads(texts[0]), expected))
    found += door_differences(*texts)
    mode = project.settings.get("mode", "fail")
    for name, ran in (("pytest --covgate", pytest), ("covgate check", check)):
        code = exit_code(expected.status, mode, command=ran is check)
        if project.tests_fail and ran is pytest:
            code = 1
        if ran.code != code:
            found.append(f"exit code of {name}: {ran.code}, not {code}: {ran.output[-300:]}")
    return len(expected.checks), found


def exit_code(status: str, mode: str, *, command: bool) -> int:
    if status == "passed" or mode == "warn":
        return 0
    return 3 if command and status == "error" else 1


def calculate(project: Generated, python: str) -> Verdict | None:
    """The verdict from `coverage json` on the same data, and from git; None where there is no data to report."""
    name = "coverage.json"
    ran = run(project, python, "coverage", "json", "-q", "-o", name, "--fail-under=0", folder=project.root)
    if "No data to report" in ran.output:
        return None
    if ran.code:
        raise RuntimeError(f"coverage json: {ran.output}")
    report: dict[str, Any] = json.loads((project.root / name).read_text(encoding="utf-8"))
    change = read_change(project.top, project.base)
    return expect(report, project.settings, change, project.root, project.below, project.layout)


def run(project: Generated, python: str, module: str, *args: str, folder: Path | None = None) -> Ran:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(STEERING)}
    home = {"HOME": str(project.home), "XDG_CONFIG_HOME": str(project.home), "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        [python, "-m", module, *args],
        cwd=folder or project.folder,
        env={**kept, **home, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    return Ran(done.returncode, done.stdout)

"""Real projects: our numbers against `coverage json`'s, file by file, and our failures against an
independent calculation from that JSON. Prints a table; exit code 1 where anything differs.

Run it with `tox -e conformance`. It downloads source distributions at pinned versions.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RealProject:
    """One pinned source distribution and how its tests are run; `target` makes some modules fail."""

    name: str
    version: str
    target: str
    args: tuple[str, ...] = ()
    path: str = "."


DESERIALIZATION = "tests/test_deserialization.py::TestFieldDeserialization"
PROJECTS = (
    # This test is parametrized over a set of objects: the workers collect it in different orders.
    RealProject(
        "marshmallow",
        "4.4.0",
        "99",
        ("--deselect", f"{DESERIALIZATION}::test_invalid_datetime_deserialization"),
        path="src",
    ),
    RealProject("itsdangerous", "2.2.0", "95", path="src"),
    RealProject(
        "python-stdnum", "2.2", "99.5", ("-o", "addopts=", "--doctest-glob=*.doctest", "--cov=stdnum", "tests")
    ),
)


def main() -> int:
    print(f"Python {sys.version.split()[0]}, {versions()}")
    print(f"{'project':<22}{'mode':<10}{'dist':<7}{'files':>6}{'units':>8}{'covered':>9}{'failing':>9}  differences")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=2) as pool:
        counts = pool.map(lambda project: differences(project, Path(folder, project.name)), PROJECTS)
        total = sum(counts)
    print(f"{'FAILED' if total else 'passed'}: {total} differences")
    return 1 if total else 0


def differences(project: RealProject, folder: Path) -> int:
    """How many differences a project shows, each printed."""
    folder.mkdir()
    root = unpacked(project, folder)
    count = 0
    for branch, dist in ((False, ()), (True, ()), (True, ("-n", "2"))):
        for line in differing(project, root, branch, dist):
            print(f"  {line}", flush=True)
            count += 1
    return count


def differing(project: RealProject, root: Path, branch: bool, dist: tuple[str, ...]) -> Iterator[str]:
    """Everything in which the two reports of one run disagree, a sentence each."""
    config = root / "conformance.rc"
    config.write_text(coverage_settings(project, branch), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": project.path, "COVERAGE_FILE": str(root / "data"), "PYTHONHASHSEED": "0"}
    options = [
        f"--cov-config={config}",
        "--covgate-report=json:door.json",
        "--covgate-partial=fail",
        *dist,
        *project.args,
    ]
    ran = run([sys.executable, "-m", "pytest", "-q", "--covgate", *options], root, env)
    if not (root / "door.json").is_file():
        yield f"no report: {ran[-2000:]}"
        return
    run([sys.executable, "-m", "coverage", "json", "-q", f"--rcfile={config}", "-o", "coverage.json"], root, env)
    check_command = [sys.executable, "-m", "covgate.cli", "check", f"--rcfile={config}", "--partial=fail"]
    run([*check_command, "--report=json:check.json"], root, env)
    door, check, theirs = (read(root / name) for name in ("door.json", "check.json", "coverage.json"))
    files = {name: units(data["summary"]) for name, data in theirs["files"].items()}
    ours = {c["subject"]: (c["covered"], c["units"]) for c in door["checks"] if c["rule"] == "module"}
    measured = door["measured"]
    found = list(disagreements(files, ours))
    if (measured["covered"], measured["units"]) != units(theirs["totals"]) or measured["branches"] is not branch:
        found.append(f"total: {measured} against {theirs['totals']}")
    failing = {c["subject"] for c in door["checks"] if c["rule"] == "module" and c["status"] == "failed"}
    expected = {
        name for name, (covered, of) in files.items() if of and Fraction(100 * covered, of) < Fraction(project.target)
    }
    if failing != expected:
        found.append(f"failing modules differ: {sorted(failing ^ expected)}")
    if {gap["path"] for gap in door["gaps"]} != expected:
        found.append("the gaps are not the failing modules")
    if door != check:
        found.append(f"the two doors differ: {door['status']}, {check['status']}")
    name = f"{project.name} {project.version}"
    print(
        f"{name:<22}{'branches' if branch else 'lines':<10}{'-n 2' if dist else 'alone':<7}{len(files):>6}"
        f"{measured['units']:>8}{measured['covered']:>9}{len(failing):>9}  {len(found) or 'none'}",
        flush=True,
    )
    yield from found


def disagreements(theirs: dict[str, tuple[int, int]], ours: dict[str, tuple[int, int]]) -> Iterator[str]:
    for name in sorted(theirs.keys() | ours.keys()):
        if theirs.get(name) != ours.get(name):
            yield f"{name}: ours {ours.get(name)}, coverage.py's {theirs.get(name)}"


def units(summary: dict[str, Any]) -> tuple[int, int]:
    """(covered, units) by coverage.py's own formula for the total."""
    covered = summary["covered_lines"] + summary.get("covered_branches", 0)
    return covered, summary["num_statements"] + summary.get("num_branches", 0)


def coverage_settings(project: RealProject, branch: bool) -> str:
    package = project.name.removeprefix("python-")
    return f"[run]\nbranch = {branch}\nsource_pkgs = {package}\n[report]\nfail_under = 0\n"


def unpacked(project: RealProject, folder: Path) -> Path:
    root = download(f"{project.name}=={project.version}", folder)
    settings = root / "pyproject.toml"
    before = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    settings.write_text(f"{before}\n[tool.covgate]\nmodule = {project.target}\n", encoding="utf-8")
    return root


def download(pinned: str, folder: Path) -> Path:
    """Unpack the source distribution of `NAME==VERSION` below a folder; return where it is."""
    options = ["-q", "--no-deps", "--no-binary", ":all:", "-d", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "download", *options, pinned], check=True)
    (archive,) = folder.glob(f"{pinned.partition('==')[0].replace('-', '?')}-*.tar.gz")
    with tarfile.open(archive) as bundle:
        bundle.extractall(folder, filter="data")
    return archive.with_name(archive.name.removesuffix(".tar.gz"))


def run(command: list[str], root: Path, env: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def versions() -> str:
    from importlib.metadata import version

    return ", ".join(f"{name} {version(name)}" for name in ("pytest", "pytest-cov", "coverage", "pytest-xdist"))


if __name__ == "__main__":
    sys.exit(main())

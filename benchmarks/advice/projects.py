"""The real projects that the advice is tried on: unpacked, each in an environment of its own, their tests run."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from covgate.cli.project import add_change_options, add_data_options, command_context, open_command_project
from covgate.model.snapshot import Snapshot
from covgate.model.test_map import TestMap
from covgate.run import find_change, read_modules, read_tests

HERE = Path(__file__).parent
WORK = HERE.parent / ".work" / "advice"
TOOLS = ("coverage==7.17.3", "pytest==8.4.2", "pytest-cov==7.1.0")
NEEDS = {
    "attrs": ("attrs==26.1.0", "cloudpickle==3.1.2", "hypothesis==6.170.15", "pympler==1.1", "pytest-xdist==3.8.0"),
    "click": ("click==8.5.1",),
    "flask": ("flask==3.1.3", "asgiref==3.11.0", "python-dotenv==1.2.1"),
    "httpx": ("httpx[brotli,cli,http2,socks,zstd]==0.28.1", "chardet==5.2.0", "trio==0.32.0", "uvicorn==0.38.0",
              "trustme==1.2.1", "cryptography==46.0.3"),
    "jinja2": ("jinja2==3.1.6", "trio==0.32.0"),
    "marshmallow": ("marshmallow==4.4.0", "simplejson==3.20.2"),
    "starlette": ("starlette[full]==1.10.0", "trio==0.32.0", "opentelemetry-sdk"),
    "gunicorn": ("gunicorn==27.0.1", "gevent==26.9.0", "pytest-asyncio==1.2.0", "h2==4.4.1", "inotify==0.2.12"),
    "watchdog": ("watchdog==7.1.0", "PyYAML==6.0.3", "pytest-timeout==2.4.0"),
    "parso": ("parso==0.8.7",),
    "wtforms": ("wtforms==3.3.2", "email-validator==2.3.0", "babel==2.17.0"),
    "werkzeug": ("werkzeug==3.1.3", "ephemeral-port-reserve==1.1.4", "cryptography==46.0.3", "watchdog==6.0.0",
                 "pytest-timeout==2.4.0"),
}  # fmt: skip
"""What is installed for each project; the project itself comes first."""
EVALUATION = ("click", "httpx", "jinja2", "marshmallow")
DEVELOPMENT = ("attrs", "flask", "parso", "starlette", "werkzeug", "wtforms")


class Measured(NamedTuple):
    """What covgate reads of a run: modules, and which test runs which function."""

    snapshot: Snapshot
    tests: TestMap


class Place(NamedTuple):
    """An unpacked project, and the Python of its environment."""

    folder: Path
    python: Path

    def pytest(self, *options: str, log: str = "run") -> None:
        """Run the tests; that some fail is no matter, that none ran is an error."""
        command = [str(self.python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *options]
        environment = {name: text for name, text in os.environ.items() if not name.startswith("COV")}
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False, env={**environment, "TZ": "UTC"}
        )
        (WORK / f"{self.folder.name}-{log}.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
        if done.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")

    def collected(self) -> list[str]:
        """Return the node ids of all tests, without parameters, in the order in which they run."""
        command = [str(self.python), "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        lines = (line.partition("[")[0] for line in done.stdout.splitlines() if "::" in line)
        return list(dict.fromkeys(lines))

    def read(self) -> Measured:
        """Read the data of the last run through the door of the commands."""
        parser = argparse.ArgumentParser()
        add_data_options(parser)
        add_change_options(parser)
        project = open_command_project(parser.parse_args(["--root", str(self.folder)]))
        snapshot = read_modules(project, command_context(project), find_change(project))
        tests = read_tests(project, snapshot)
        if tests is None:
            raise SystemExit(f"{self.folder}: the run left no map of its tests")
        return Measured(snapshot, tests)


def prepare(name: str, *, label: str = "whole") -> Place:
    """Unpack the source distribution of a project anew, and install it with the covgate of this checkout."""
    WORK.mkdir(parents=True, exist_ok=True)
    environment = WORK / f"{name}-env"
    python = environment / "bin" / "python"
    version = NEEDS[name][0].rpartition("==")[2]
    made = environment / "made-of.txt"
    wanted = "\n".join([*TOOLS, *NEEDS[name]])
    pip = [str(python), "-m", "pip", "-q", "--disable-pip-version-check"]
    if not made.exists() or made.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(environment, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        subprocess.run([*pip, "install", *TOOLS, *NEEDS[name], "-e", str(HERE.parents[1])], check=True)
        download = ["download", "--no-deps", "--no-binary", ":all:", "-d", str(environment), f"{name}=={version}"]
        subprocess.run([*pip, *download], check=True)
        made.write_text(wanted, encoding="utf-8")
    folder = WORK / label / f"{name}-{version}"
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(next(environment.glob("*.tar.gz"))) as opened:
        opened.extractall(folder.parent, filter="data")
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[tool.covgate]\n")
    commit(folder)
    subprocess.run([*pip, "install", "--no-deps", "-e", str(folder)], check=True)
    return Place(folder, python)


def commit(folder: Path) -> None:
    git = ["git", "-C", str(folder), "-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A", "-f"], ["commit", "-q", "--no-verify", "-m", "sdist"]):
        subprocess.run([*git, *command], check=True)


def measure(name: str) -> tuple[Place, Measured, list[str]]:
    """Run all tests with coverage.py's contexts, so that every test of a function is known."""
    place = prepare(name)
    place.pytest("--covgate", "--cov-context=test", "--cov-report=")
    return place, place.read(), place.collected()


def texts_of(folder: Path, paths: Iterable[str]) -> dict[str, str]:
    return {path: (folder / path).read_text(encoding="utf-8") for path in sorted(set(paths))}

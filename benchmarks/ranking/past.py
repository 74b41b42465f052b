"""The repositories of the protocol at a point in time: checked out, installed, and their suites run with contexts."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import NamedTuple

WORK = Path(__file__).parents[1] / ".work" / "ranking"
PYTHON = "3.10"
COVERAGE = "coverage==7.13.4"
TOOLS = ("pytest", "pytest-cov>=3", "pytest-timeout", "setuptools<70", "wheel")
"""Of the time of the suite, as its other packages."""
POINTS = (date(2022, 7, 1), date(2023, 7, 1), date(2024, 7, 1))
YOUNGER = {"setuptools": date(2022, 12, 1), "pytest-relaxed": date(2023, 6, 1)}
"""What may be younger than the suite: by these days setuptools could install a folder in place, and pytest-relaxed
ran on this Python."""
LONGEST = 2400
"""Seconds for one suite."""


class Repository(NamedTuple):
    """A public repository; `package` and `tests` are paths in it."""

    name: str
    package: str
    tests: str = "tests"
    needs: tuple[str, ...] = ()
    """What its tests import, besides the package itself."""
    options: tuple[str, ...] = ()
    """For pytest."""


REPOSITORIES = {
    "click": Repository("pallets/click", "src/click"),
    "flask": Repository("pallets/flask", "src/flask", needs=("asgiref", "blinker", "python-dotenv", "greenlet")),
    "httpx": Repository(
        "encode/httpx",
        "httpx",
        needs=(".[brotli,cli,http2,socks]", "chardet", "trio", "trustme", "uvicorn", "cryptography"),
    ),
    "attrs": Repository("python-attrs/attrs", "src/attr", needs=("hypothesis", "cloudpickle", "zope.interface")),
    "marshmallow": Repository(
        "marshmallow-code/marshmallow", "src/marshmallow", needs=("pytz", "simplejson", "tzdata")
    ),
    "scrapy": Repository("scrapy/scrapy", "scrapy", needs=("attrs", "pyftpdlib", "sybil", "testfixtures", "pexpect")),
    "rich": Repository("Textualize/rich", "rich", needs=("attrs",)),
    "networkx": Repository("networkx/networkx", "networkx", "networkx", needs=("numpy", "scipy", "pandas")),
    "sphinx": Repository("sphinx-doc/sphinx", "sphinx", needs=(".[test]",)),
    "tornado": Repository("tornadoweb/tornado", "tornado", "tornado/test", needs=("twisted",)),
    "paramiko": Repository(
        "paramiko/paramiko",
        "paramiko",
        needs=("mock", "invoke", "pytest-relaxed>=2", "icecream"),
        options=("-p", "no:relaxed"),
    ),
    "celery": Repository(
        "celery/celery",
        "celery",
        "t/unit",
        needs=(
            *(
                "pytest-celery<1",
                "pytest-subtests",
                "pytest-click",
                "moto",
                "boto3",
                "msgpack",
                "pymongo[srv]",
                "redis",
            ),
            *("sqlalchemy", "gevent", "eventlet", "elasticsearch<8", "pymemcache", "cryptography", "tblib", "pyyaml"),
        ),
    ),
    "werkzeug": Repository(
        "pallets/werkzeug",
        "src/werkzeug",
        needs=("ephemeral-port-reserve", "cryptography", "pytest-xprocess", "watchdog"),
    ),
    "itsdangerous": Repository("pallets/itsdangerous", "src/itsdangerous", needs=("freezegun",)),
}
REHEARSED = ("werkzeug", "itsdangerous")
JUDGED = tuple(name for name in REPOSITORIES if name not in REHEARSED)


class Past(NamedTuple):
    """A repository at the last commit of its main line before a day, and the data of its suite there."""

    name: str
    point: date
    commit: str
    clone: Path
    """The whole history."""
    folder: Path
    """A checkout of `commit`."""

    @property
    def data(self) -> Path:
        return self.folder / ".coverage"


class NotRunError(Exception):
    """A suite that cannot be run at a point; the text says why."""


def clone_of(name: str, clones: Path | None) -> Path:
    """Return the whole history of a repository: from `clones`, where it is there, else from its host."""
    owner_and_name = REPOSITORIES[name].name
    for folder in [] if clones is None else [clones / owner_and_name.replace("/", "+") / "repo"]:
        if folder.exists():
            return folder
    folder = WORK / f"{name}.git"
    if not folder.exists():
        run(["git", "clone", "-q", "--bare", f"https://github.com/{owner_and_name}", str(folder)])
    return folder


def measure(name: str, point: date, clones: Path | None) -> Past:
    """Check out the repository at `point` and run its suite, unless that is done; raises `NotRunError`."""
    clone = clone_of(name, clones)
    commit = git(clone, "rev-list", "-1", "--first-parent", f"--before={point}", "HEAD").strip()
    past = Past(name, point, commit, clone, WORK / f"{name}-{point}")
    if past.data.exists():
        return past
    shutil.rmtree(past.folder, ignore_errors=True)
    WORK.mkdir(parents=True, exist_ok=True)
    run(["git", "clone", "-q", "--no-checkout", str(clone), str(past.folder)])
    git(past.folder, "checkout", "-q", "--detach", commit)
    python = install(past)
    run_suite(past, python)
    return past


def install(past: Past) -> Path:
    """Make an environment of the time, and return its Python."""
    environment = WORK / f"{past.name}-{past.point}-env"
    python = environment / "bin" / "python"
    year, month = divmod(past.point.month, 12)
    later = date(past.point.year + year, month + 1, past.point.day)
    uv = ["uv", "pip", "install", "-q", "--python", str(python)]
    younger = [f"--exclude-newer-package={name}={max(later, day)}" for name, day in YOUNGER.items()]
    wanted = [*TOOLS, *(need for need in REPOSITORIES[past.name].needs if not need.startswith("."))]
    extras = next((need for need in REPOSITORIES[past.name].needs if need.startswith(".")), ".")
    steps = (
        ["uv", "venv", "-q", "--clear", "--python", PYTHON, str(environment)],
        [*uv, "--exclude-newer", str(later), *younger, *wanted, "-e", extras],
        [*uv, COVERAGE],
    )
    for step in steps:
        done = subprocess.run(step, cwd=past.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotRunError(f"not installed: {done.stderr.strip()[-600:]}")
    return python


def run_suite(past: Past, python: Path) -> None:
    repository = REPOSITORIES[past.name]
    settings = f"[run]\nbranch = true\nsource = {repository.package}\n[report]\nomit =\n    */tests/*\n    */test/*\n"
    (past.folder / ".coveragerc").write_text(settings, encoding="utf-8")
    options = [
        "-q",
        "-o",
        "addopts=",
        "-p",
        "no:cacheprovider",
        "--timeout=120",
        "--continue-on-collection-errors",
        "-W",
        "ignore",
        *repository.options,
    ]
    measuring = ["--cov", "--cov-config=.coveragerc", "--cov-context=test", "--cov-report="]
    command = [str(python), "-m", "pytest", *options, *measuring, repository.tests]
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    log = WORK / f"{past.name}-{past.point}.txt"
    try:
        with log.open("w", encoding="utf-8") as stream:
            done = subprocess.run(
                command,
                cwd=past.folder,
                stdout=stream,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                check=False,
                timeout=LONGEST,
                env={**environment, "TZ": "UTC"},
            )
    except subprocess.TimeoutExpired:
        past.data.unlink(missing_ok=True)
        raise NotRunError(f"not done after {LONGEST} seconds") from None
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    if done.returncode not in (0, 1) or not past.data.exists():
        past.data.unlink(missing_ok=True)
        raise NotRunError(f"pytest ended with {done.returncode}: {' / '.join(lines[-8:])[-600:]}")


def run(command: list[str]) -> None:
    subprocess.run(command, check=True)


def git(folder: Path, *arguments: str) -> str:
    """Return what git prints; names of files as they are."""
    command = ["git", "-C", str(folder), "-c", "core.quotePath=false", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, errors="replace").stdout

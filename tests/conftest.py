"""Fixtures that read like the domain: a project on disk, and real pytest runs in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from covgate.ci import AGENT_VARIABLES

# The plugin of our own test dependency: importing it takes longer than an inner run.
NO_HYPOTHESIS = ("-p", "no:hypothesispytest")


@dataclass(frozen=True)
class Run:
    """What a command did: its exit code, its output, its errors."""

    code: int
    out: str
    err: str

    @property
    def verdict(self) -> str:
        """The last line that gives a verdict, from its first word on."""
        words = ("PASSED", "FAILED", "ADVISORY", "ERROR")
        lines = [line for line in self.out.splitlines() if line.startswith(tuple(f"{w} coverage" for w in words))]
        assert lines, f"no verdict in:\n{self.out}\n{self.err}"
        return lines[-1]


class Project:
    """A project on disk. `write` takes files as text; `pytest` and `covgate` run in a process of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, files: dict[str, str]) -> Project:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8", newline="")
        return self

    def settings(self, text: str) -> Project:
        return self.write({"pyproject.toml": text})

    def pytest(self, *args: str, cwd: str = ".", env: dict[str, str] | None = None) -> Run:
        """`python -m pytest` with warnings as errors, as a strict project would run it."""
        return self.python("-W", "error", "-m", "pytest", *NO_HYPOTHESIS, *args, cwd=cwd, env=env)

    def covgate(self, *args: str, cwd: str = ".", env: dict[str, str] | None = None) -> Run:
        return self.python("-W", "error", "-m", "covgate.cli", *args, cwd=cwd, env=env)

    def python(self, *args: str, cwd: str = ".", env: dict[str, str] | None = None) -> Run:
        done = subprocess.run(
            [sys.executable, *args],
            cwd=self.root / cwd,
            env=clean_environment(env or {}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        assert "Traceback (most recent call last)" not in done.stderr, done.stderr
        assert "INTERNALERROR" not in done.stdout, done.stdout
        return Run(done.returncode, done.stdout, done.stderr)

    def json(self, *args: str, **options: Any) -> dict[str, Any]:
        """The JSON report of `pytest --covgate` with `args`."""
        self.pytest("--covgate", "--covgate-report=json:covgate.json", *args, **options)
        return self.report()

    def report(self, name: str = "covgate.json") -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.root / name).read_text(encoding="ascii"))
        return document


def clean_environment(extra: dict[str, str]) -> dict[str, str]:
    """This process's environment without what would steer the inner run."""
    steering = (*AGENT_VARIABLES, "PYTEST_", "COVGATE_", "COV_CORE_", "GIT_", "GITHUB_", "CI", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(steering)}
    return {**kept, "COLUMNS": "100", **extra}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    root = tmp_path / "project"
    root.mkdir()
    return Project(root)


SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": """
        def add(a, b):
            return a + b

        def remove(a, b):
            if a > b:
                return a - b
            raise ValueError("too much")
        """,
    "shop/unused.py": """
        def nobody():
            return 1
        """,
    "tests/test_shop.py": """
        from shop.cart import add

        def test_add():
            assert add(1, 2) == 3
        """,
}


@pytest.fixture
def shop(project: Project) -> Project:
    """A flat package: cart.py half tested (3 of 6 statements), unused.py never imported."""
    return project.write(SHOP)


@pytest.fixture
def example(tmp_path: Path) -> Callable[[str], Project]:
    """A copy of one of the examples."""

    def copied(name: str) -> Project:
        import shutil

        source = Path(__file__).parent.parent / "examples" / name
        target = tmp_path / name
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        return Project(target)

    return copied

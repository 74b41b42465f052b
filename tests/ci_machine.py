"""A machine as a CI gives it to a job: its variables, a clone, bash, and stand-ins for pip and gh that note what was asked."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from conftest import clean_environment

SHIMS = Path(__file__).parent / "ci" / "shims"


@dataclass(frozen=True)
class Ran:
    """What a script did; `out` is the log, both streams of it."""

    code: int
    out: str


@dataclass
class Machine:
    """`folder` is its disk; `workspace` holds the clone, `origin` is cloned."""

    folder: Path
    origin: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in (self.workspace, self.temp, self.home):
            path.mkdir(parents=True)
        bin_folder = self.folder / "bin"
        bin_folder.mkdir()
        for name in ("pip", "gh"):
            script = bin_folder / name
            shim = shlex.quote(str(SHIMS / f"{name}_shim.py"))
            script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shim} "$@"\n')
            script.chmod(0o755)
        scripts = os.path.dirname(sys.executable)
        self.environment = {
            "CI": "true",
            "HOME": str(self.home),
            "PATH": os.pathsep.join([str(bin_folder), scripts, os.environ["PATH"]]),
            "PYTHONPATH": str(SHIMS / "modules"),  # python -m pip
            "ASKED_OF_PIP": str(self.pip_log),
            "GH_STATE": str(self.folder / "gh.json"),
            **self.environment,
        }

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def temp(self) -> Path:
        return self.folder / "temp"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def pip_log(self) -> Path:
        return self.folder / "pip.log"

    def pip_calls(self) -> list[str]:
        return self.pip_log.read_text().splitlines() if self.pip_log.exists() else []

    def bash(self, script: str, options: tuple[str, ...], env: dict[str, str] | None = None, cwd: str = ".") -> Ran:
        """Run `script` from a file, as runners do."""
        file = self.temp / "script.sh"
        file.write_text(script)
        done = subprocess.run(
            ["bash", *options, str(file)],
            cwd=self.workspace / cwd,
            env=clean_environment({**self.environment, **(env or {})}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout)

    def clone(self, ref: str, *, depth: int, all_branches: bool, branch: str | None = None) -> None:
        """HEAD at `ref` of the origin: detached, or on `branch`."""
        local = f"refs/remotes/origin/{branch}" if branch else "refs/remotes/ci/head"
        wanted = [f"+{ref}:{local}", *(["+refs/heads/*:refs/remotes/origin/*"] if all_branches else [])]
        limit = [f"--depth={depth}"] if depth else []
        self._git("init", "-q")
        self._git("remote", "add", "origin", self.origin.as_uri())
        self._git("fetch", "-q", "--no-tags", *limit, "origin", *dict.fromkeys(wanted))
        self._git("checkout", "-q", *(["-B", branch] if branch else ["--detach"]), local)

    def _git(self, *args: str) -> None:
        environment = clean_environment({"HOME": str(self.home), "GIT_CONFIG_NOSYSTEM": "1"})
        subprocess.run(["git", *args], cwd=self.workspace, env=environment, check=True, stdin=subprocess.DEVNULL)

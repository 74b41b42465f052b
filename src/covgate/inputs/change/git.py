"""git by its command line: argument lists, a cleaned environment, bytes out."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Variables of a hook would point git at another repository or index. What configures the
# connection to this one (safe.directory in containers, for example) stays.
KEPT_VARIABLES = ("GIT_CONFIG", "GIT_EXEC_PATH")

# Every setting that would change what a diff says, or run a program of the user's.
DIFF = (
    "diff",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-relative",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--find-renames=50%",
    "-l1000",
    "--diff-algorithm=default",
    "--ignore-submodules=all",
    "--unified=0",
    "--inter-hunk-context=0",
)
SETTINGS = ("core.quotePath=true", "core.fsmonitor=false", "diff.renames=true", "diff.suppressBlankEmpty=false")


class GitError(Exception):
    """git is missing, refused, or found no repository; the message is for the user, with a remedy."""

    def __init__(self, reason: str, remedy: str = "", *, is_natural: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.is_natural = is_natural
        """True where there is no repository to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A work tree; `top` is its resolved upper folder."""

    top: Path
    environment: Mapping[str, str]

    def run(self, *args: str, index: str | None = None, stdin: bytes = b"") -> bytes:
        """Standard output of `git ARGS` at the top, on another index if given; raises `GitError`."""
        extra = {} if index is None else {"GIT_INDEX_FILE": index}
        return _run(args, self.top, {**self.environment, **extra}, stdin)

    def commit(self, ref: str) -> str | None:
        """The commit that `ref` names, None where there is none; `ref` is never taken for an option."""
        try:
            found = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        except GitError:
            return None
        return found.decode("ascii", "replace").strip() or None

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two commits."""
        try:
            return self.run("merge-base", one, other).decode("ascii").split("\n")[0].strip() or None
        except GitError:
            return None

    @property
    def is_shallow(self) -> bool:
        try:
            return self.run("rev-parse", "--is-shallow-repository").strip() == b"true"
        except GitError:
            return False


def open_repository(folder: Path, environment: Mapping[str, str]) -> Repository:
    """The repository whose work tree holds `folder`; raises `GitError` with the remedy."""
    cleaned = cleaned_environment(environment)
    top = _run(("rev-parse", "--show-toplevel"), folder, cleaned)
    return Repository(top=Path(os.fsdecode(top.removesuffix(b"\n"))).resolve(), environment=cleaned)


def cleaned_environment(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith("GIT_") or name.startswith(KEPT_VARIABLES)
    }
    return {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def _run(args: tuple[str, ...], folder: Path, environment: Mapping[str, str], stdin: bytes = b"") -> bytes:
    command = ["git", "--no-pager", *(word for setting in SETTINGS for word in ("-c", setting)), *args]
    try:
        done = subprocess.run(command, cwd=folder, env=environment, input=stdin, capture_output=True, check=False)
    except FileNotFoundError:
        raise GitError("git is not installed", "install git, or give the change as a diff", is_natural=True) from None
    except OSError as error:
        raise GitError(f"git cannot be run: {error}") from None
    if done.returncode:
        raise _explained(done.stderr.decode("utf-8", "replace"), folder)
    return done.stdout


def _explained(stderr: str, folder: Path) -> GitError:
    if "dubious ownership" in stderr:
        return GitError(
            f"git refuses {folder}: it belongs to another user",
            f"git config --global --add safe.directory {folder}",
        )
    if "not a git repository" in stderr or "must be run in a work tree" in stderr:
        return GitError(f"{folder} is in no git repository", is_natural=True)
    first = next((line for line in stderr.splitlines() if line.strip()), "it gave no reason")
    return GitError(f"git failed: {first.removeprefix('fatal: ')}")

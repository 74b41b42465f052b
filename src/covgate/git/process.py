"""Starts git: argument lists, a cleaned environment, bytes out.

Whoever wrote the change under judgement must not control git. docs/git.md lists every way in which git could be made
to run a program, to ask a network or to write, and how each is closed: here, and by a test.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from covgate.errors import CovgateError, ErrorName

# Variables of a hook would point git at another repository or index. What configures the
# connection to this one (safe.directory in containers, for example) stays.
KEPT_VARIABLES = ("GIT_CONFIG_", "GIT_EXEC_PATH")
SAFE_VARIABLES = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",  # with diff.autoRefreshIndex: the index on disk stays as it is
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone asks no server for what it lacks ...
    "GIT_ALLOW_PROTOCOL": "",  # ... under git before 2.45 neither, which does not know the variable above
    "GIT_ATTR_NOSYSTEM": "1",  # the attributes that count are those of the repository and of the user
}

# Every setting that would run a program, or change what git says.
SETTINGS = (
    "safe.bareRepository=explicit",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=",
    "core.quotePath=true",
    "core.checkStat=default",
    "core.trustCtime=true",
    "core.safecrlf=false",
    "diff.autoRefreshIndex=false",
    "diff.orderFile=/dev/null",
    "diff.renames=true",
    "diff.suppressBlankEmpty=false",
    "log.showSignature=false",
    "log.follow=false",
)


class GitError(CovgateError):
    """git is missing, refused, or found no repository. `is_expected` is true where there is no repository to ask."""

    def __init__(self, name: ErrorName, message: str, remedy: str = "", *, is_expected: bool = False) -> None:
        super().__init__(name, message, remedy)
        self.is_expected = is_expected


def cleaned_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which git is started: no variable of a hook, nothing that asks or writes."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith("GIT_") or name.startswith(KEPT_VARIABLES)
    }
    return {**kept, **SAFE_VARIABLES}


def find_git(environment: Mapping[str, str]) -> str:
    """Return git's own path; a program of that name in the folder in which git is started is never run."""
    return _find_on_path(environment.get("PATH", os.defpath))


@lru_cache(maxsize=4)
def _find_on_path(search_path: str) -> str:
    name = "git.exe" if os.name == "nt" else "git"
    for folder in search_path.split(os.pathsep):
        path = os.path.join(folder, name)
        if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise GitError("git-failed", "git is not installed", "install git, or give the change as a diff", is_expected=True)


def git_command(environment: Mapping[str, str], settings: Iterable[str], args: Iterable[str]) -> list[str]:
    """Return the command line of `git ARGS`; raises `GitError` where git is not installed."""
    options = (word for setting in (*SETTINGS, *settings) for word in ("-c", setting))
    return [find_git(environment), "--no-pager", *options, *args]


def run_git(
    args: Iterable[str],
    folder: Path,
    environment: Mapping[str, str],
    settings: Iterable[str] = (),
    stdin: bytes = b"",
) -> bytes:
    """Return the standard output of `git ARGS`, started in `folder`; raises `GitError` where it fails."""
    command = git_command(environment, settings, args)
    try:
        done = subprocess.run(command, cwd=folder, env=environment, input=stdin, capture_output=True, check=False)
    except OSError as error:
        raise GitError("git-failed", f"git cannot be run: {error}") from None
    if done.returncode:
        raise explain_failure(done.stderr, folder)
    return done.stdout


def explain_failure(stderr: bytes, folder: Path) -> GitError:
    """Return the error for what git wrote to standard error, with a remedy."""
    text = stderr.decode("utf-8", "replace")
    if "dubious ownership" in text:
        return GitError(
            "repository-refused",
            f"git refuses {folder}: it belongs to another user",
            f"git config --global --add safe.directory {folder}",
        )
    if "not a git repository" in text or "must be run in a work tree" in text:
        return GitError("no-repository", f"{folder} is in no git repository", is_expected=True)
    if "promisor" in text or "lazy fetching disabled" in text:
        return GitError(
            "shallow-clone",
            "this partial clone (--filter) lacks what the change is compared with, and covgate asks no server",
            "clone without --filter, or run git diff with the base once before: it fetches what is missing",
        )
    first = next((line for line in text.splitlines() if line.strip()), "it gave no reason")
    return GitError("git-failed", f"git failed: {first.removeprefix('fatal: ')}")

"""Fetches and pushes one ref: the only calls of git that contact a server."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from covgate.errors import UsageError
from covgate.git.process import GitError, git_command, run_git
from covgate.git.repository import Repository, is_of_the_tree

CONNECTION = ("GIT_SSH", "GIT_ASKPASS", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_")
"""How variables of the user's begin that say how to reach a server."""
FORBIDS_NETWORK = "GIT_ALLOW_PROTOCOL"
SECONDS = 300
"""A server that has not answered by then is taken to be out of reach."""
# Nothing but the one ref is sent or fetched, and no other program of git's is started.
SETTINGS = ("gc.auto=0", "maintenance.auto=false", "core.alternateRefsCommand=")
FETCH = (
    *("fetch", "--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head", "--no-recurse-submodules"),
    "--refmap=",  # a setting such as refs/notes/*:refs/notes/* would overwrite ours
    "--no-filter",  # a partial clone would leave out what the notes hold
)
PUSH = ("push", "--porcelain", "--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no")
NO_SUCH_REF = "couldn't find remote ref"
SOMEBODY_WAS_FASTER = re.compile(
    r"^!\t[^\n]*(\[rejected\]|cannot lock ref|failed to update ref|incorrect old value|reference already exists)",
    re.MULTILINE,
)
LOCKED_HERE = re.compile(r"cannot lock ref|Unable to create '[^']*\.lock'")
PASSWORD = re.compile(r"(?<=://)[^/@\s]+@")


class BusyError(GitError):
    """Somebody else was writing the ref, here or at the remote: it is worth another try."""


class Remote(NamedTuple):
    """A remote that the repository's settings name."""

    repository: Repository
    name: str
    environment: Mapping[str, str]

    def fetch(self, ref: str, into: str) -> str | None:
        """Make the ref `into` what `ref` is at the remote; return its commit, None where the remote has no such ref.

        Raises `GitError`, `BusyError` where another process writes the same ref.
        """
        done = self._run(*FETCH, self.name, f"+{ref}:{into}")
        if NO_SUCH_REF in done.stderr:
            return None
        if done.returncode:
            kind = BusyError if LOCKED_HERE.search(done.stderr) else GitError
            raise kind(
                "remote-failed",
                f"nothing could be fetched from {self.name}: {_reason(done.stderr)}",
                "check the access to it",
            )
        return self.repository.run("rev-parse", "--verify", f"{into}^{{commit}}").decode("ascii").strip()

    def push(self, commit: str, ref: str) -> None:
        """Make `ref` at the remote this commit, if that loses nothing there.

        Raises `GitError`, `BusyError` where the remote has a commit that is not an ancestor.
        """
        done = self._run(*PUSH, self.name, f"{commit}:{ref}")
        if done.returncode:
            if SOMEBODY_WAS_FASTER.search(done.stdout):
                raise BusyError("history-locked", f"{ref} of {self.name} has changed", "try again")
            raise GitError(
                "remote-failed",
                f"{self.name} has not taken {ref}: {_reason(done.stderr)}",
                "check the right to write to it",
            )

    def _run(self, *args: str) -> subprocess.CompletedProcess[str]:
        command = git_command(self.environment, (*SETTINGS, *self.repository.options), args)
        try:
            return subprocess.run(
                command,
                cwd=self.repository.top,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=SECONDS,
                start_new_session=True,  # ssh would ask the terminal for a password
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise GitError(
                "remote-failed", f"{self.name} has not answered within {SECONDS} seconds", "try again"
            ) from None
        except OSError as error:
            raise GitError("git-failed", f"git cannot be run: {error}") from None


def open_remote(repository: Repository, name: str, environment: Mapping[str, str]) -> Remote:
    """Return the remote `name`; raises `UsageError` where there is none, `GitError` where a change could control it."""
    names = os.fsdecode(repository.run("remote")).splitlines()
    if name not in names or name.startswith("-"):
        known = f"name one of {', '.join(names)} with --remote" if names else f"git remote add {name} URL"
        raise UsageError("remote-failed", f"the repository has no remote {name!r}", known)
    _refuse_settings_of_the_tree(repository)
    kept = {key: value for key, value in environment.items() if key.startswith(CONNECTION)}
    allowed = {key: value for key, value in repository.environment.items() if key != FORBIDS_NETWORK}
    return Remote(repository, name, {**allowed, **kept})


def _refuse_settings_of_the_tree(repository: Repository) -> None:
    """Raise `GitError` where git's settings include a file that a change can edit.

    It could name programs that git starts for a connection: core.sshCommand, credential.helper and more.
    """
    listed = run_git(("config", "--list", "--show-origin", "--name-only", "-z"), repository.top, repository.environment)
    folders = (os.path.realpath(repository.folder), os.path.realpath(repository.common_folder))
    for origin in dict.fromkeys(os.fsdecode(listed).split("\0")[::2]):
        path = origin.removeprefix("file:")
        if path != origin and all(is_of_the_tree(path, repository.top, folder) for folder in folders):
            raise GitError(
                "repository-refused",
                f"git's settings include {path}, a file of the work tree that any change can edit",
                "remove this include; with it, covgate contacts no server",
            )


def _reason(stderr: str) -> str:
    """Return what the remote says, else what git says of it, as one line that is safe to print."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    kinds = ("remote: ", "fatal: ", "ERROR: ", "error: ", "")
    chosen = next(
        (line.removeprefix(kind) for kind in kinds for line in lines if line.startswith(kind)), "no reason given"
    )
    return "".join(c if c.isprintable() else "?" for c in PASSWORD.sub("", chosen))


def identity_variables(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return variables that name the author of a commit of ours; empty where git's settings name the user."""
    try:
        run_git(("var", "GIT_COMMITTER_IDENT"), folder, environment, ("user.useConfigOnly=true",))
    except GitError:
        roles = ("AUTHOR", "COMMITTER")
        named = {f"GIT_{role}_NAME": "covgate" for role in roles}
        return {**named, **{f"GIT_{role}_EMAIL": "covgate@localhost" for role in roles}}
    return {}

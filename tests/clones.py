"""Clones of one repository that share their records."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from covgate.git.remote import Remote, open_remote
from covgate.git.repository import open_repository
from covgate.git.revision import revision_of
from covgate.history.notes import Pulled, Pushed, pull_records, push_records
from covgate.history.store import FILE, Store
from covgate.model.record import Record
from records import run_of_cart
from repositories import Repository


class Clone:
    """A clone of `server`, its own identity unknown to git, with a history of its own."""

    def __init__(self, root: Path, server: Path, *options: str) -> None:
        self.repository = Repository(root, hostile=False)
        self.repository.git("remote", "add", "origin", server.as_uri())
        self.repository.git("fetch", "-q", *options, "origin", "main")
        self.repository.git("checkout", "-q", "-B", "main", "FETCH_HEAD")
        self.store = Store(root / FILE)
        home = Path(self.repository.environment["HOME"])
        (home / ".gitconfig").write_text("[init]\ndefaultBranch = main\n")

    @property
    def root(self) -> Path:
        return self.repository.root

    @property
    def remote(self) -> Remote:
        environment = self.repository.environment
        return open_remote(open_repository(self.root, environment), "origin", environment)

    def record(self, run: str, ref: str = "HEAD", **parts: Any) -> Record:
        """Keep a record of a commit of this clone."""
        found = revision_of(open_repository(self.root, self.repository.environment), ref)
        assert found is not None
        made = run_of_cart(run, revision=found, **parts)
        self.store.add([made])
        return made

    def push(self) -> Pushed:
        return push_records(self.remote, self.store.all())

    def pull(self) -> Pulled:
        return pull_records(self.remote, self.store, ".")

    def runs(self) -> list[str]:
        return sorted(one.run for one in self.store.all())


def make_server(folder: Path, commits: int = 1) -> Path:
    """A bare repository with a branch `main` of so many commits, each with another tree."""
    made = Repository(folder / "origin", hostile=False)
    for number in range(commits):
        made.commit({"shop/cart.py": f"x = {number}\n"})
    server = folder / "server"
    made.git("clone", "-q", "--bare", ".", str(server))
    return server


def notes_of(server: Path) -> dict[str, list[str]]:
    """The lines of each note of a repository, read with git's own command."""
    ref = "--ref=refs/notes/covgate"
    listed = subprocess.run(["git", "notes", ref, "list"], cwd=server, capture_output=True, text=True, check=False)
    pairs = [line.split() for line in listed.stdout.splitlines()]
    shown = {
        tree: subprocess.run(
            ["git", "notes", ref, "show", tree], cwd=server, capture_output=True, text=True, check=True
        )
        for _, tree in pairs
    }
    return {tree: done.stdout.splitlines() for tree, done in shown.items()}

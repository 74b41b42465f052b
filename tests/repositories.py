"""Real git repositories, made in the test, with a user configuration as hostile as can be."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

HOSTILE = """
[diff]
    noprefix = true
    mnemonicPrefix = true
    renames = false
    external = false
    colorMoved = default
    interHunkContext = 5
    context = 9
    algorithm = patience
    suppressBlankEmpty = true
    relative = true
    orderFile = /nonexistent
[color]
    ui = always
    diff = always
[core]
    quotePath = false
    pager = false
    attributesFile = {attributes}
[diff "upper"]
    textconv = tr a-z A-Z <
[user]
    name = Somebody
    email = somebody@example.invalid
[init]
    defaultBranch = main
[commit]
    gpgSign = false
"""


class Repository:
    """A work tree at `root`; `environment` is what a process started there would see."""

    def __init__(self, root: Path, *, hostile: bool = True) -> None:
        self.root = root
        home = root.parent / f"{root.name}-home"
        home.mkdir(parents=True)
        attributes = home / "attributes"
        attributes.write_text("*.py diff=upper\n")
        config = HOSTILE.format(attributes=attributes).replace("    orderFile = /nonexistent\n", "")
        if not hostile:
            config = "[user]\nname = a\nemail = a@b\n[init]\ndefaultBranch = main\n"
        (home / ".gitconfig").write_text(config)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "CI", "GITHUB_"))}
        self.environment = {**kept, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q")

    def git(self, *args: str) -> bytes:
        done = subprocess.run(
            ["git", *args],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def write(self, files: dict[str, str | bytes]) -> Repository:
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def commit(self, files: dict[str, str | bytes] | None = None, message: str = "change") -> str:
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD").decode().strip()

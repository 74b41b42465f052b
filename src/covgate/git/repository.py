"""git by its command line: argument lists, a cleaned environment, bytes out.

Whoever wrote the change under judgement must not control git. docs/git.md lists every way in which git could be made
to run a program, to ask a network or to write, and how each is closed: here, and by a test.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from covgate.errors import CovgateError

# Variables of a hook would point git at another repository or index. What configures the
# connection to this one (safe.directory in containers, for example) stays.
KEPT_VARIABLES = ("GIT_CONFIG_", "GIT_EXEC_PATH")
SAFE_VARIABLES = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",  # with diff.autoRefreshIndex: the index on disk stays as it is
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone asks no server for what it lacks ...
    "GIT_ALLOW_PROTOCOL": "",  # ... under git before 2.45 neither, which does not know the variable above
}

# Every option that keeps a diff the same under any setting of the user's.
DIFF = (
    "diff",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-relative",
    "--full-index",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--find-renames=50%",
    "-l1000",
    "--diff-algorithm=default",
    "--indent-heuristic",
    "--ignore-submodules=all",
    "--submodule=short",
    "--unified=0",
    "--inter-hunk-context=0",
)
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
ANSWER = re.compile(rb"(.*)\n(?:true|false)\n(.*)\n", re.DOTALL)  # a folder's name may hold line ends
REFS = ("refs/heads", "refs/remotes", "refs/tags")


class GitError(CovgateError):
    """git is missing, refused, or found no repository. `is_expected` is true where there is no repository to ask."""

    def __init__(self, message: str, remedy: str = "", *, is_expected: bool = False) -> None:
        super().__init__(message, remedy)
        self.is_expected = is_expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A work tree; `top` is its resolved upper folder.

    `settings` switch off the filters that files of the work tree configure.
    """

    top: Path
    environment: Mapping[str, str]
    settings: tuple[str, ...] = ()

    def run(self, *args: str, stdin: bytes = b"", index: str | None = None, objects: str | None = None) -> bytes:
        """Standard output of `git ARGS` at the top; raises `GitError`.

        `index` takes the index's place, and `objects` is a folder where new objects go.
        """
        given = {"GIT_INDEX_FILE": index, "GIT_OBJECT_DIRECTORY": objects}
        extra = {name: value for name, value in given.items() if value is not None}
        return _run(args, self.top, {**self.environment, **extra}, self.settings, stdin)

    def commit(self, ref: str) -> str | None:
        """The commit that `ref` names, None where there is none; `ref` is never taken for an option."""
        if ref.startswith(("-", "^")) or "\0" in ref:
            return None
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

    def branch_of(self, ref: str) -> str:
        """The branch that `origin/HEAD` stands for (`origin/main`), and any other ref as it is."""
        try:
            named = self.run("symbolic-ref", "--quiet", f"refs/remotes/{ref}") if ref.endswith("/HEAD") else b""
        except GitError:  # it names a commit
            named = b""
        return os.fsdecode(named).strip().removeprefix("refs/remotes/") or ref

    def ref_names(self) -> Iterator[str]:
        """The branches and tags, as a user writes them: `main`, `origin/main`, `v1.0`."""
        for ref in os.fsdecode(self.run("for-each-ref", "--format=%(refname)", *REFS)).splitlines():
            yield next(ref.removeprefix(f"{kind}/") for kind in REFS if ref.startswith(f"{kind}/"))

    @property
    def is_shallow(self) -> bool:
        try:
            return self.run("rev-parse", "--is-shallow-repository").strip() == b"true"
        except GitError:
            return False


def open_repository(folder: Path, environment: Mapping[str, str]) -> Repository:
    """The repository whose work tree holds `folder`: that of the nearest `.git` upwards; raises `GitError`.

    git itself would also take a folder with `HEAD`, `objects` and `refs` for a repository, and a change can
    commit such a folder. It cannot commit a `.git`.
    """
    cleaned = cleaned_environment(environment)
    _program(cleaned.get("PATH", os.defpath))
    start = folder.resolve()
    for top in (start, *start.parents):
        if os.path.lexists(top / ".git") and _is_repository(top, cleaned):
            settings = tuple(_without_filters_of_the_tree(top, cleaned))
            return Repository(top=top, environment=cleaned, settings=settings)
    raise GitError(f"{folder} is in no git repository", is_expected=True)


def cleaned_environment(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith("GIT_") or name.startswith(KEPT_VARIABLES)
    }
    return {**kept, **SAFE_VARIABLES}


def _is_repository(top: Path, environment: Mapping[str, str]) -> bool:
    """Whether git, started at `top`, works on the repository of `top/.git`; False where it went past it."""
    asked = ("rev-parse", "--absolute-git-dir", "--is-inside-work-tree", "--show-toplevel")
    answer = ANSWER.fullmatch(_run(asked, top, environment))
    if answer is None or not _is_same(os.fsdecode(answer[1]), _named_by(top / ".git")):
        return False
    if Path(os.fsdecode(answer[2])).resolve() != top:
        raise GitError(
            f"the work tree of {top / '.git'} is another folder (core.worktree)", "give the change as a diff"
        )
    return True


def _named_by(path: Path) -> str:
    """The folder of the repository: a `.git`, or what the file `.git` of a worktree or submodule names."""
    if path.is_dir():
        return str(path)
    named = path.read_bytes().removeprefix(b"gitdir: ").rstrip(b"\r\n")
    return os.path.join(path.parent, os.fsdecode(named))


def _is_same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _without_filters_of_the_tree(top: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Settings that switch off each filter configured in a file of the work tree, which a change can edit.

    git reads such a file only where the user's own settings include it (`include.path = ../.gitconfig`).
    """
    listed = os.fsdecode(_run(("config", "--list", "--show-origin", "--name-only", "-z"), top, environment)).split("\0")
    names = {
        key.removeprefix("filter.").rpartition(".")[0]
        for origin, key in zip(listed[::2], listed[1::2], strict=False)
        if key.startswith("filter.") and origin.startswith("file:") and _is_of_the_tree(origin[5:], top)
    }
    for name in sorted(names - {""}):
        if "=" in name:  # cannot be written as a setting on the command line
            raise GitError(f"git's settings include a file of the work tree, with a filter {name!r}", "rename it")
        yield from (f"filter.{name}.clean=", f"filter.{name}.process=", f"filter.{name}.required=false")


def _is_of_the_tree(origin: str, top: Path) -> bool:
    path = Path(os.path.realpath(top / origin))
    return path.is_relative_to(top) and not path.is_relative_to(os.path.realpath(_named_by(top / ".git")))


@lru_cache(maxsize=4)
def _program(search_path: str) -> str:
    """git's own path: a program of that name in the folder in which git is started is never run."""
    name = "git.exe" if os.name == "nt" else "git"
    for folder in search_path.split(os.pathsep):
        path = os.path.join(folder, name)
        if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise GitError("git is not installed", "install git, or give the change as a diff", is_expected=True)


def _run(
    args: tuple[str, ...],
    folder: Path,
    environment: Mapping[str, str],
    settings: tuple[str, ...] = (),
    stdin: bytes = b"",
) -> bytes:
    options = (word for setting in (*SETTINGS, *settings) for word in ("-c", setting))
    command = [_program(environment.get("PATH", os.defpath)), "--no-pager", *options, *args]
    try:
        done = subprocess.run(command, cwd=folder, env=environment, input=stdin, capture_output=True, check=False)
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
        return GitError(f"{folder} is in no git repository", is_expected=True)
    if "promisor" in stderr or "lazy fetching disabled" in stderr:
        return GitError(
            "this partial clone (--filter) lacks what the change is compared with, and covgate asks no server",
            "clone without --filter, or run git diff with the base once before: it fetches what is missing",
        )
    first = next((line for line in stderr.splitlines() if line.strip()), "it gave no reason")
    return GitError(f"git failed: {first.removeprefix('fatal: ')}")

"""Opens the repository that holds a project, and answers questions about its commits and files."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from covgate.git.objects import BATCH, GitObject, ObjectReader
from covgate.git.process import GitError as GitError
from covgate.git.process import cleaned_environment, find_git, git_command, run_git

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
REV_PARSE = ("rev-parse", "--absolute-git-dir", "--is-inside-work-tree", "--show-toplevel")
REV_PARSE_ANSWER = re.compile(rb"(.*)\n(?:true|false)\n(.*)\n", re.DOTALL)  # a folder's name may hold line ends
SECTIONS = ("core.", "filter.", "attr.")
"""The settings that are looked at; others may hold a password."""
REFS = ("refs/heads", "refs/remotes", "refs/tags")


class FileListing(NamedTuple):
    """The files below a folder that git tracks, and those that it neither tracks nor ignores, relative to the top."""

    tracked: tuple[bytes, ...]
    untracked: tuple[bytes, ...]


class Setting(NamedTuple):
    """A setting as git lists it: the file that holds it (or another source), its key in lower case, and its value."""

    origin: str
    key: str
    value: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Repository:
    """A work tree; `top` is its resolved upper folder, `folder` the repository's own (`.git`).

    `options` are settings that switch off the filters that files of the work tree configure.
    """

    top: Path
    folder: Path
    environment: Mapping[str, str]
    settings: tuple[Setting, ...] = ()
    options: tuple[str, ...] = ()
    _listings: dict[str, FileListing] = field(default_factory=dict)
    _answers: dict[tuple[str, ...], bytes] = field(default_factory=dict)

    def run(self, *args: str, stdin: bytes = b"", index: str | None = None, objects: str | None = None) -> bytes:
        """Return the standard output of `git ARGS` at the top; raises `GitError`.

        `index` takes the index's place, and `objects` is a folder where new objects go.
        """
        given = {"GIT_INDEX_FILE": index, "GIT_OBJECT_DIRECTORY": objects}
        extra = {name: value for name, value in given.items() if value is not None}
        return run_git(args, self.top, {**self.environment, **extra}, self.options, stdin)

    def ask(self, *args: str) -> bytes:
        """Return what `run` does, asking once for the same words: for what no test or command changes meanwhile."""
        if args not in self._answers:
            self._answers[args] = self.run(*args)
        return self._answers[args]

    @cached_property
    def objects(self) -> ObjectReader:
        """The commits, trees and files that are stored."""
        return ObjectReader(git_command(self.environment, self.options, BATCH), self.top, self.environment)

    def find_commit(self, ref: str) -> GitObject | None:
        """Return the commit that `ref` names, None where there is none; `ref` is never taken for an option."""
        if not ref or ref.startswith(("-", "^")):
            return None
        try:
            return self.objects.find(os.fsencode(f"{ref}^{{commit}}"))
        except GitError:
            return None

    def commit(self, ref: str) -> str | None:
        """Return the id of the commit that `ref` names, None where there is none."""
        commit = self.find_commit(ref)
        return None if commit is None else commit.id

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor of two commits (ids)."""
        if one == other:
            return one
        try:
            return self.ask("merge-base", one, other).decode("ascii").split("\n")[0] or None
        except GitError:
            return None

    def branch_of(self, ref: str) -> str:
        """Return the branch that `origin/HEAD` stands for (`origin/main`), and any other ref as it is."""
        target = self.symbolic_target(f"refs/remotes/{ref}") if ref.endswith("/HEAD") else None
        return ref if target is None else target.removeprefix("refs/remotes/")

    def symbolic_target(self, ref: str) -> str | None:
        """Return the full name of the ref that `ref` (`HEAD`, a full name) stands for, None where it names a commit."""
        path = (self.folder if ref == "HEAD" else self.common_folder) / ref
        with contextlib.suppress(OSError, ValueError):
            kind, _, target = os.fsdecode(path.read_bytes()).strip().partition(" ")
            # A link is git's old way to write it, and .invalid stands there where git keeps its refs in tables.
            if not path.is_symlink() and target != "refs/heads/.invalid":
                return target if kind == "ref:" else None
        try:
            return os.fsdecode(self.run("symbolic-ref", "--quiet", ref)).strip() or None
        except GitError:
            return None

    def ref_names(self) -> Iterator[str]:
        """Yield the branches and tags, as a user writes them: `main`, `origin/main`, `v1.0`."""
        for ref in os.fsdecode(self.run("for-each-ref", "--format=%(refname)", *REFS)).splitlines():
            yield next(ref.removeprefix(f"{kind}/") for kind in REFS if ref.startswith(f"{kind}/"))

    def list_files(self, below: str = ".") -> FileListing:
        """Return what lies below the folder `below` of the work tree, in upper and lower case; asked once each."""
        if below not in self._listings:
            where = () if below == "." else ("--", f":(literal,icase){below}")
            options = ("-t", "--cached", "--others", "--exclude-standard", "-z")
            entries = self.run("ls-files", *options, *where).split(b"\0")
            self._listings[below] = FileListing(
                tracked=tuple(entry[2:] for entry in entries if entry and entry[:2] != b"? "),
                untracked=tuple(entry[2:] for entry in entries if entry[:2] == b"? "),
            )
        return self._listings[below]

    @property
    def common_folder(self) -> Path:
        """The folder that linked worktrees share: refs and settings."""
        return _common_folder(self.folder)

    @property
    def is_shallow(self) -> bool:
        """Whether the history was cut off when it was fetched; git notes in this file where."""
        return (self.common_folder / "shallow").is_file()


_shared: dict[tuple[Path, tuple[tuple[str, str], ...]], Repository] | None = None


@contextlib.contextmanager
def share_repositories() -> Iterator[None]:
    """Open each repository once in this context, whoever asks; what git has answered is taken to stay true in it."""
    global _shared
    if _shared is not None:
        yield
        return
    _shared = {}
    try:
        yield
    finally:
        repositories, _shared = _shared, None
        for repository in repositories.values():
            repository.objects.close()


def open_repository(folder: Path, environment: Mapping[str, str]) -> Repository:
    """Return the repository whose work tree holds `folder`: that of the nearest `.git` upwards; raises `GitError`.

    git itself would also take a folder with `HEAD`, `objects` and `refs` for a repository, and a change can
    commit such a folder. It cannot commit a `.git`.
    """
    cleaned = cleaned_environment(environment)
    find_git(cleaned)
    start = folder.resolve()
    key = (start, tuple(sorted(cleaned.items())))
    if _shared is not None and key in _shared:
        return _shared[key]
    for top in (start, *start.parents):
        if os.path.lexists(top / ".git"):
            repository = _open_at(top, cleaned)
            if repository is not None:
                if _shared is not None:
                    _shared[key] = repository
                return repository
    raise GitError("no-repository", f"{folder} is in no git repository", is_expected=True)


def project_folder(repository: Repository, root: Path) -> str:
    """Return where the project lies in the repository, `.` at its top."""
    return os.path.relpath(root.resolve(), repository.top).replace(os.sep, "/")


def _open_at(top: Path, environment: Mapping[str, str]) -> Repository | None:
    """Return the repository of `top/.git`, None where git, started at `top`, goes past it."""
    folder = _named_by(top / ".git")
    here = {**environment, "GIT_CEILING_DIRECTORIES": str(top.parent)}
    settings = tuple(_list_settings(top, here))
    if not _is_plain(settings, top, folder) and not _is_taken(top, folder, environment):
        return None
    options = tuple(_without_filters_of_the_tree(settings, top, folder))
    return Repository(top=top, folder=folder, environment=here, settings=settings, options=options)


def _list_settings(top: Path, environment: Mapping[str, str]) -> Iterator[Setting]:
    listed = os.fsdecode(run_git(("config", "--list", "--show-origin", "-z"), top, environment)).split("\0")
    for origin, entry in zip(listed[::2], listed[1::2], strict=False):
        key, _, value = entry.partition("\n")
        if key.startswith(SECTIONS):
            yield Setting(origin, key, value)


def _is_plain(settings: tuple[Setting, ...], top: Path, folder: Path) -> bool:
    """Whether git has read the settings of the repository `folder`, and none that moves its work tree.

    It reads them only where it works on this repository. It has not where another user owns the folder.
    """
    if any(key == "core.worktree" or (key == "core.bare" and value != "false") for _, key, value in settings):
        return False
    expected = _common_folder(folder) / "config"
    origins = {setting.origin for setting in settings if setting.origin.startswith("file:")}
    return any(_is_same(top / origin.removeprefix("file:"), expected) for origin in origins)


def _is_taken(top: Path, folder: Path, environment: Mapping[str, str]) -> bool:
    """Whether git says that it works on the repository `folder` at `top`; raises `GitError` where it refuses."""
    answer = REV_PARSE_ANSWER.fullmatch(run_git(REV_PARSE, top, environment))
    if answer is None or not _is_same(Path(os.fsdecode(answer[1])), folder):
        return False
    if Path(os.fsdecode(answer[2])).resolve() != top:
        raise GitError(
            "repository-refused",
            f"the work tree of {top / '.git'} is another folder (core.worktree)",
            "give the change as a diff",
        )
    return True


def _named_by(path: Path) -> Path:
    """Return the folder of the repository: a `.git`, or what the file `.git` of a worktree or submodule names."""
    if path.is_dir():
        return path
    with contextlib.suppress(OSError):
        return path.parent / os.fsdecode(path.read_bytes().removeprefix(b"gitdir: ").rstrip(b"\r\n"))
    return path


def _common_folder(folder: Path) -> Path:
    with contextlib.suppress(OSError):
        return folder / os.fsdecode((folder / "commondir").read_bytes()).rstrip("\r\n")
    return folder


def _is_same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return False


def _without_filters_of_the_tree(settings: tuple[Setting, ...], top: Path, folder: Path) -> Iterator[str]:
    """Yield settings that switch off each filter configured in a file of the work tree, which a change can edit.

    git reads such a file only where the user's own settings include it (`include.path = ../.gitconfig`).
    """
    own = os.path.realpath(folder)
    names = {
        setting.key.removeprefix("filter.").rpartition(".")[0]
        for setting in settings
        if setting.key.startswith("filter.")
        and setting.origin.startswith("file:")
        and is_of_the_tree(setting.origin.removeprefix("file:"), top, own)
    }
    for name in sorted(names - {""}):
        if "=" in name:  # cannot be written as a setting on the command line
            raise GitError(
                "repository-refused",
                f"git's settings include a file of the work tree, with a filter {name!r}",
                "rename it",
            )
        yield from (f"filter.{name}.clean=", f"filter.{name}.process=", f"filter.{name}.required=false")


def is_of_the_tree(origin: str, top: Path, own: str) -> bool:
    """Whether a file of settings lies in the work tree `top`, and not in the repository's folder `own`."""
    path = Path(os.path.realpath(top / origin))
    return path.is_relative_to(top) and not path.is_relative_to(own)

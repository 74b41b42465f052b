"""The change as a value: from git, from the index, or from a diff file."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from covgate.errors import UsageError
from covgate.inputs.change.base import Base, find_base, first_parent
from covgate.inputs.change.git import DIFF, GitError, Repository, open_repository
from covgate.inputs.change.patch import Hunk, PatchError, PatchFile, parse_patch
from covgate.inputs.tree import shown_path
from covgate.model.change import WHOLE_FILE, Change, ChangedFile, NoChange
from covgate.model.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """Which change is asked for; `is_asked_for` where a setting or option wants it judged.

    `environment` is the process's, frozen before the tests ran.
    """

    base: str | None = None
    diff: Path | None = None
    staged: bool = False
    setting: str | None = None
    is_asked_for: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


def change_request(
    settings: Settings,
    *,
    base: str | None,
    diff: Path | None,
    staged: bool,
    environment: Mapping[str, str],
    root: Path,
) -> ChangeRequest:
    """What the options and settings ask for; raises `UsageError` for what can be refused at once."""
    given = [base is not None, diff is not None, staged]
    if sum(given) > 1:
        raise UsageError("a base, a diff file and staged contradict each other", "give one of them")
    if base is not None and (not base.strip() or base.startswith("-")):
        raise UsageError(f"the base {base!r} is no ref", "name a commit, branch or tag")
    if diff is not None:
        _from_file(diff, root.resolve())
    return ChangeRequest(
        base=base,
        diff=diff,
        staged=staged,
        setting=settings.changed.base,
        is_asked_for=any(given) or settings.asks_about_the_change,
        environment=dict(environment),
    )


def read_change(request: ChangeRequest, root: Path) -> Change | NoChange:
    """The change of the project at `root`; `UsageError` for a diff file that does not fit the tree."""
    root = root.resolve()
    if request.diff is not None:
        return _from_file(request.diff, root)
    try:
        repository = open_repository(root, request.environment)
        found = _staged(repository, request, root) if request.staged else _since_base(repository, request, root)
    except GitError as error:
        found = NoChange(reason=error.reason, remedy=error.remedy, is_natural=error.is_natural)
    except PatchError as error:
        found = NoChange(reason=f"git's diff cannot be read: {error}", remedy="please report it")
    if isinstance(found, NoChange):
        in_ci = bool(request.environment.get("CI"))
        is_error = request.is_asked_for and in_ci and not found.is_natural
        return replace(found, is_asked_for=request.is_asked_for, is_error=is_error)
    return found


def _since_base(repository: Repository, request: ChangeRequest, root: Path) -> Change | NoChange:
    base = find_base(repository, option=request.base, setting=request.setting, environment=request.environment)
    if isinstance(base, NoChange):
        return base
    files = _against(repository, base, root)
    in_ci = bool(request.environment.get("CI"))
    is_clean = not any(file.status != "untracked" or not in_ci for file in files)  # a build may leave files behind
    if is_clean and base.commit == repository.commit("HEAD"):
        base_or_none = first_parent(repository, base)
        if isinstance(base_or_none, NoChange):
            return base_or_none
        base = base_or_none
        files = _against(repository, base, root)
    return Change(base=base.commit, base_source=base.source, files=files)


def _against(repository: Repository, base: Base, root: Path) -> tuple[ChangedFile, ...]:
    """One diff, base against the work tree, and the untracked Python files."""
    patch = parse_patch(repository.run(*DIFF, base.commit, "--"))
    listed = repository.run("ls-files", "--others", "--exclude-standard", "-z")
    untracked = [os.fsdecode(name) for name in listed.split(b"\0") if name.endswith(b".py")]
    if untracked and any(file.status == "deleted" for file in patch):
        patch, untracked = _with_moved_files(repository, base, untracked)
    tracked = (_changed(file, repository.top, root) for file in patch)
    return _one_each([*tracked, *(_untracked(name, repository.top, root) for name in untracked)])


def _with_moved_files(repository: Repository, base: Base, untracked: list[str]) -> tuple[list[PatchFile], list[str]]:
    """The diff in which files moved without git's knowledge are renames, and the files still untracked.

    git pairs what is gone with what is new only where both are known to its index: a copy of it.
    """
    with tempfile.TemporaryDirectory() as folder:
        index = os.path.join(folder, "index")
        shutil.copyfile(repository.top / os.fsdecode(repository.run("rev-parse", "--git-path", "index")[:-1]), index)
        names = b"\0".join(map(os.fsencode, untracked))
        repository.run(
            "add", "--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul", index=index, stdin=names
        )
        patch = parse_patch(repository.run(*DIFF, base.commit, "--", index=index))
    moved = {file.path for file in patch if file.status == "renamed"}
    known = [file for file in patch if file.status != "added" or file.path not in set(untracked)]
    return known, [name for name in untracked if name not in moved]


def _staged(repository: Repository, request: ChangeRequest, root: Path) -> Change:
    """The index against HEAD, in the line numbers of the work tree, which is what the tests ran."""
    index = _hook_index(repository, request.environment)
    staged = parse_patch(repository.run(*DIFF, "--cached", "--", index=index))
    unstaged = {file.old_path: file for file in parse_patch(repository.run(*DIFF, "--", index=index))}
    files = []
    for file in staged:
        later = unstaged.get(file.path)
        if later is not None:
            file.hunks = _moved(file.hunks, later.hunks)
        files.append(_changed(file, repository.top, root))
    return Change(base=repository.commit("HEAD"), base_source="HEAD, the staged files only", files=_one_each(files))


def _hook_index(repository: Repository, environment: Mapping[str, str]) -> str | None:
    """The index of the commit under way: `git commit -a` gives its hook one beside the usual one."""
    given = environment.get("GIT_INDEX_FILE")
    if not given:
        return None
    path = Path(os.path.realpath(repository.top / given))
    folder = Path(os.fsdecode(repository.run("rev-parse", "--absolute-git-dir").removesuffix(b"\n"))).resolve()
    return str(path) if path.parent == folder and path.is_file() else None


def _moved(hunks: Sequence[Hunk], later: Sequence[Hunk]) -> list[Hunk]:
    """Where a later edit of the same file has moved added lines; those it edited again are gone."""
    moved = []
    for hunk in hunks:
        for number, text in enumerate(hunk.added, start=hunk.new_start):
            shift = _shift(number, later)
            if shift is not None:
                moved.append(Hunk(hunk.old_start, hunk.old_count, number + shift, (text,)))
    return moved


def _shift(line: int, edits: Iterable[Hunk]) -> int | None:
    """By how much `edits` move a line of the version they start from; None where they take it away."""
    shift = 0
    for edit in edits:
        if edit.old_start <= line < edit.old_start + edit.old_count:
            return None
        if line >= edit.old_start + max(1, edit.old_count):
            shift += len(edit.added) - edit.old_count
    return shift


def _from_file(path: Path, root: Path) -> Change:
    patch = _patch_file(path)
    folder = _folder_of(patch, root)
    files = []
    changed = [file.path for file in patch if file.status != "deleted"]
    twice = next((name for name in changed if changed.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"{path} changes {twice} twice", "give one diff against a single base, not one a commit")
    for file in patch:
        if file.status != "deleted":
            _require_fit(file, folder, path)
        files.append(_changed(file, folder, root))
    return Change(base=None, base_source=f"the diff {path.name}", files=_one_each(files))


def _patch_file(path: Path) -> list[PatchFile]:
    remedy = "give a unified diff, as git diff writes it"
    try:
        return parse_patch(path.read_bytes())
    except OSError as error:
        raise UsageError(f"the diff {path} cannot be read: {error.strerror}", remedy) from None
    except PatchError as error:
        raise UsageError(f"{path} is no unified diff: {error}", remedy) from None


def _folder_of(patch: list[PatchFile], root: Path) -> Path:
    """The folder that the names of a diff refer to: the project's, or one above that has more of the files."""
    names = [file.path for file in patch if file.status != "deleted"]
    folders = [root, *root.parents]
    return max(folders, key=lambda folder: (sum(map(os.path.isfile, (folder / n for n in names))), len(folder.parts)))


def _require_fit(file: PatchFile, folder: Path, diff: Path) -> None:
    """A diff of other files than the tree's would judge the wrong lines."""
    remedy = "make the diff from the files that were tested"
    if not file.path.endswith(".py"):  # links, submodules, large files kept elsewhere: nothing to cover
        return
    try:
        lines = (folder / file.path).read_bytes().split(b"\n")
    except (OSError, ValueError):
        raise UsageError(f"{diff} changes {file.path}, which is not in {folder}", remedy) from None
    for hunk in file.hunks:
        for number, text in enumerate(hunk.added, start=hunk.new_start):
            if number > len(lines) or lines[number - 1].rstrip(b"\r") != text.rstrip(b"\r"):
                raise UsageError(f"{diff} does not fit the tree: {file.path} differs in line {number}", remedy)


def _changed(file: PatchFile, folder: Path, root: Path) -> ChangedFile:
    old = file.old_path if file.status == "renamed" else None
    return ChangedFile(
        path=shown_path(root, os.path.join(folder, file.path)),
        status=file.status,
        old_path=None if old is None else shown_path(root, os.path.join(folder, old)),
        lines=WHOLE_FILE if file.is_binary and file.status != "deleted" else file.added_lines,
    )


def _untracked(name: str, folder: Path, root: Path) -> ChangedFile:
    try:
        lines = (folder / name).read_bytes().split(b"\n")
    except OSError:  # gone since it was listed
        lines = [b""]
    count = len(lines) - (not lines[-1])
    return ChangedFile(
        path=shown_path(root, str(folder / name)),
        status="untracked",
        lines=((1, count),) if count else (),
    )


def _one_each(files: Iterable[ChangedFile]) -> tuple[ChangedFile, ...]:
    """A change of type (a link becomes a file) is told twice, as deleted and added: it is an edit."""
    by_path: dict[str, ChangedFile] = {}
    for file in files:
        before = by_path.get(file.path)
        if before is not None and before.status == "deleted" and file.status == "added":
            file = ChangedFile(path=file.path, status="modified", lines=file.lines)
        by_path[file.path] = file
    return tuple(by_path[path] for path in sorted(by_path))

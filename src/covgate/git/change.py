"""The change as a value: from git, from the index, or from a diff file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from covgate.ci import is_ci
from covgate.errors import UsageError
from covgate.files import read_ordinary, shown_path
from covgate.git.base import Base, NamedBase, find_base, first_parent
from covgate.git.differences import ProjectTree, diff_and_untracked
from covgate.git.line_structure import files_with_other_lines, has_lines_of_git
from covgate.git.patch import Hunk, PatchError, PatchFile, parse_patch
from covgate.git.repository import GitError, Repository, open_repository
from covgate.model.change import WHOLE_FILE, Change, ChangedFile, ChangeUnavailable
from covgate.model.settings import Settings

BASE_OPTION = "--covgate-base"
MOST_PATCH = 2**30
"""Bytes of a diff that is given as a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """Which change is asked for; `is_asked_for` where a setting or option wants it judged.

    `base_option` is the option's name, for messages. `environment` is the process's, frozen before the tests ran.
    """

    base: str | None = None
    base_option: str = BASE_OPTION
    diff: Path | None = None
    staged: bool = False
    setting: str | None = None
    is_asked_for: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def named_base(self) -> NamedBase | None:
        """The option's, else the setting's."""
        if self.base is not None:
            return NamedBase(ref=self.base, by=self.base_option)
        return None if self.setting is None else NamedBase(ref=self.setting, by="tool.covgate.changed.base")


def change_request(
    settings: Settings,
    *,
    base: str | None,
    diff: Path | None,
    staged: bool,
    environment: Mapping[str, str],
    root: Path,
    base_option: str = BASE_OPTION,
) -> ChangeRequest:
    """What the options and settings ask for; raises `UsageError` for what can be refused at once."""
    given = [base is not None, diff is not None, staged]
    if sum(given) > 1:
        raise UsageError("a base, a diff file and staged contradict each other", "give one of them")
    request = ChangeRequest(
        base=base,
        base_option=base_option,
        diff=diff,
        staged=staged,
        setting=settings.changed.base,
        is_asked_for=any(given) or settings.asks_about_the_change,
        environment=dict(environment),
    )
    if base is not None:
        _require_base(request, root.resolve())
    if diff is not None:
        _from_file(diff, root.resolve(), request.environment)
    return request


def read_change(request: ChangeRequest, root: Path) -> Change | ChangeUnavailable:
    """The change of the project at `root`; `UsageError` for a diff file that does not fit the tree."""
    root = root.resolve()
    if request.diff is not None:
        return _from_file(request.diff, root, request.environment)
    try:
        tree = ProjectTree(repository=open_repository(root, request.environment), root=root)
        found = _staged(tree, request) if request.staged else _since_base(tree, request)
    except GitError as error:
        found = ChangeUnavailable(reason=error.message, remedy=error.remedy, is_expected=error.is_expected)
    except PatchError as error:
        found = ChangeUnavailable(reason=f"git's diff cannot be read: {error}", remedy="please report it")
    if isinstance(found, ChangeUnavailable):
        in_ci = is_ci(request.environment)
        is_named = request.named_base is not None and not request.staged
        is_error = not found.is_expected and (is_named or (request.is_asked_for and in_ci))
        return replace(found, is_asked_for=request.is_asked_for or is_named, is_error=is_error)
    return found


def _require_base(request: ChangeRequest, root: Path) -> None:
    """Raises `UsageError` where the option's base is not there; without a repository the change is skipped."""
    ref = request.base or ""
    if not ref.strip() or ref.startswith("-"):
        raise UsageError(f"the base {ref!r} is no ref", "name a commit, branch or tag")
    try:
        base = find_base(open_repository(root, request.environment), request.named_base, request.environment)
    except GitError:  # the verdict says why
        return
    if isinstance(base, ChangeUnavailable) and not base.is_expected:
        raise UsageError(base.reason, base.remedy)


def _since_base(tree: ProjectTree, request: ChangeRequest) -> Change | ChangeUnavailable:
    base = find_base(tree.repository, request.named_base, request.environment)
    if isinstance(base, ChangeUnavailable):
        return base
    files = _against(tree, base)
    in_ci = is_ci(request.environment)
    is_clean = not any(file.status != "untracked" or not in_ci for file in files)  # a build may leave files behind
    if is_clean and base.commit == tree.repository.commit("HEAD"):
        base_or_none = first_parent(tree.repository, base)
        if isinstance(base_or_none, ChangeUnavailable):
            return base_or_none
        base = base_or_none
        files = _against(tree, base)
    return Change(base=base.commit, base_source=base.source, files=files)


def _against(tree: ProjectTree, base: Base) -> tuple[ChangedFile, ...]:
    """The project's files that differ between the base and the work tree."""
    patch, untracked = diff_and_untracked(tree, base.commit)
    return _changed_files(patch, untracked, tree.repository.top, tree.root, tree.repository)


def _staged(tree: ProjectTree, request: ChangeRequest) -> Change:
    """The index against HEAD, in the line numbers of the work tree, which is what the tests ran."""
    index = _hook_index(tree.repository, request.environment)
    patch = tree.diff("--cached", index=index)
    unstaged = {file.old_path: file for file in tree.diff(index=index)}
    for file in patch:
        later = unstaged.get(file.path)
        if later is not None:
            file.hunks = _moved(file.hunks, later.hunks)
            file.is_binary |= later.is_binary
    files = _changed_files(patch, (), tree.repository.top, tree.root, tree.repository)
    return Change(base=tree.repository.commit("HEAD"), base_source="HEAD (staged files only)", files=files)


def _hook_index(repository: Repository, environment: Mapping[str, str]) -> str | None:
    """The index of the commit under way: `git commit -a` gives its hook one beside the usual one."""
    given = environment.get("GIT_INDEX_FILE")
    if not given:
        return None
    path = Path(os.path.realpath(repository.top / given))
    return str(path) if path.parent == repository.folder.resolve() and path.is_file() else None


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


def _from_file(path: Path, root: Path, environment: Mapping[str, str]) -> Change:
    patch = _patch_file(path)
    folder = _folder_of(patch, root)
    changed = [file.path for file in patch if file.status != "deleted"]
    twice = next((name for name in changed if changed.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"{path} changes {twice} twice", "give one diff against a single base, not one a commit")
    for file in patch:
        if file.status != "deleted":
            _require_fit(file, folder, path)
    files = _changed_files(patch, (), folder, root, _repository_or_none(root, environment))
    return Change(base=None, base_source=f"the diff {path.name}", files=files)


def _repository_or_none(root: Path, environment: Mapping[str, str]) -> Repository | None:
    try:
        return open_repository(root, environment)
    except GitError:
        return None


def _patch_file(path: Path) -> list[PatchFile]:
    remedy = "give a unified diff, as git diff writes it"
    try:
        return parse_patch(read_ordinary(path, MOST_PATCH))
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
        lines = read_ordinary(folder / file.path).split(b"\n")
    except (OSError, ValueError):
        raise UsageError(f"{diff} changes {file.path}, which is not in {folder}", remedy) from None
    for hunk in file.hunks:
        for number, text in enumerate(hunk.added, start=hunk.new_start):
            if number > len(lines) or lines[number - 1].rstrip(b"\r") != text.rstrip(b"\r"):
                raise UsageError(f"{diff} does not fit the tree: {file.path} differs in line {number}", remedy)


def _changed_files(
    patch: Iterable[PatchFile], untracked: Iterable[str], folder: Path, root: Path, repository: Repository | None
) -> tuple[ChangedFile, ...]:
    """The files of a diff whose names start at `folder`, and the untracked ones, without those outside `root`."""
    inside = [part for file in patch if (part := _part_inside(file, folder, root))]
    edited = [folder / file.path for file in inside if file.hunks and file.status != "deleted"]
    odd = files_with_other_lines(edited, repository)
    tracked = [_changed(file, folder, root, is_whole=folder / file.path in odd) for file in inside]
    return _one_each([*tracked, *(_untracked(name, folder, root) for name in untracked)])


def _part_inside(file: PatchFile, folder: Path, root: Path) -> PatchFile | None:
    """What of a file's change belongs to the project at `root`.

    A file that was moved into the project is new to it: no target of this project has held it.
    """
    is_inside = (folder / file.path).is_relative_to(root)
    if file.status != "renamed" or file.old_path is None:
        return file if is_inside else None
    was_inside = (folder / file.old_path).is_relative_to(root)
    if is_inside and not was_inside:
        return PatchFile(new_path=file.path, status="added", is_binary=True)  # the diff does not show all its lines
    if was_inside and not is_inside:
        return PatchFile(old_path=file.old_path, status="deleted")
    return file if is_inside else None


def _changed(file: PatchFile, folder: Path, root: Path, *, is_whole: bool) -> ChangedFile:
    old = file.old_path if file.status == "renamed" else None
    return ChangedFile(
        path=shown_path(root, os.path.join(folder, file.path)),
        status=file.status,
        old_path=None if old is None else shown_path(root, os.path.join(folder, old)),
        lines=WHOLE_FILE if (is_whole or file.is_binary) and file.status != "deleted" else file.added_lines,
    )


def _untracked(name: str, folder: Path, root: Path) -> ChangedFile:
    try:
        content = read_ordinary(folder / name)
    except OSError:  # gone since it was listed
        content = b""
    lines = content.split(b"\n")
    count = len(lines) - (not lines[-1])
    ranges = ((1, count),) if has_lines_of_git(content) else WHOLE_FILE
    return ChangedFile(
        path=shown_path(root, str(folder / name)),
        status="untracked",
        lines=ranges if count else (),
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

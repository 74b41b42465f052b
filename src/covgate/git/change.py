"""Reads the change: from git, from the index, or from a diff file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from covgate.ci import is_ci
from covgate.errors import UsageError
from covgate.git.base import Base, find_base, first_parent
from covgate.git.changed_files import changed_files
from covgate.git.diff_file import read_diff_file
from covgate.git.differences import ProjectTree, diff_and_untracked
from covgate.git.patch import PatchError
from covgate.git.repository import GitError, Repository, open_repository
from covgate.git.request import ChangeRequest
from covgate.model.change import Change, ChangedFile, ChangeUnavailable
from covgate.model.line_map import LineMap


def check_request(request: ChangeRequest, root: Path) -> None:
    """Raise `UsageError` for a base or a diff file of the options that cannot be used."""
    if request.base is not None:
        _require_base(request, root.resolve())
    if request.diff is not None:
        read_diff_file(request.diff, root.resolve(), request.environment)


def read_change(request: ChangeRequest, root: Path) -> Change | ChangeUnavailable:
    """Return the change of the project at `root`; raises `UsageError` for a diff file that does not fit the tree."""
    root = root.resolve()
    if request.diff is not None:
        return read_diff_file(request.diff, root, request.environment)
    has_repository = True
    try:
        tree = ProjectTree(repository=open_repository(root, request.environment), root=root)
        change = _read_staged(tree, request) if request.staged else _read_since_base(tree, request)
    except GitError as error:
        has_repository = not error.is_expected
        change = ChangeUnavailable(error.message, error.remedy, is_expected=error.is_expected, error=error.name)
    except PatchError as error:
        change = ChangeUnavailable(f"git's diff cannot be read: {error}", "please report it", error="git-failed")
    if isinstance(change, Change):
        return change
    is_named = request.named_base is not None and not request.staged
    in_ci = is_ci(request.environment)
    is_error = not change.is_expected and (is_named or (request.is_asked_for and in_ci))
    if not has_repository:  # as where a release is tested; but a job whose container lacks it must not be green
        is_error = is_named and in_ci
    return change._replace(is_asked_for=request.is_asked_for or is_named, is_error=is_error)


def _require_base(request: ChangeRequest, root: Path) -> None:
    """Raise `UsageError` where the option's base is not there, also because there is no repository."""
    ref = request.base or ""
    if not ref.strip() or ref.startswith("-"):
        raise UsageError("option-value", f"the base {ref!r} is not a ref", "name a commit, branch or tag")
    try:
        base = find_base(open_repository(root, request.environment), request.named_base, request.environment)
    except GitError as error:
        remedy = error.remedy or f"run it in a clone, or leave out {request.base_option}"
        raise UsageError(error.name, f"no base: {error.message}", remedy) from None
    if isinstance(base, ChangeUnavailable) and not base.is_expected:
        raise UsageError(base.error, base.reason, base.remedy)


def _read_since_base(tree: ProjectTree, request: ChangeRequest) -> Change | ChangeUnavailable:
    base = find_base(tree.repository, request.named_base, request.environment)
    if isinstance(base, ChangeUnavailable):
        return base
    files = _files_since(tree, base)
    if base.commit == tree.repository.commit("HEAD") and _are_left_by_a_build(files, request.environment):
        base = first_parent(tree.repository, base)
        if isinstance(base, ChangeUnavailable):
            return base
        files = _files_since(tree, base)
    return Change(base=base.commit, base_source=base.source, files=files)


def _are_left_by_a_build(files: Iterable[ChangedFile], environment: Mapping[str, str]) -> bool:
    """Whether nobody has changed anything: a build in a CI may leave untracked files behind."""
    return all(file.status == "untracked" and is_ci(environment) for file in files)


def files_since(root: Path, environment: Mapping[str, str], commit: str) -> tuple[ChangedFile, ...]:
    """Return the project's files that differ between a commit and the work tree; raises `GitError`."""
    root = root.resolve()
    tree = ProjectTree(repository=open_repository(root, environment), root=root)
    return _files_since(tree, Base(commit, ""))


def _files_since(tree: ProjectTree, base: Base) -> tuple[ChangedFile, ...]:
    """Return the project's files that differ between the base and the work tree."""
    patch, untracked = diff_and_untracked(tree, base.commit)
    return changed_files(patch, untracked, tree.repository.top, tree.root, tree.repository)


def _read_staged(tree: ProjectTree, request: ChangeRequest) -> Change:
    """Return the index against HEAD, in the line numbers of the work tree, which is what the tests ran."""
    index = _hook_index(tree.repository, request.environment)
    patch = tree.diff("--cached", index=index)
    unstaged = {file.old_path: file for file in tree.diff(index=index)}
    for file in patch:
        later = unstaged.get(file.path)
        if later is not None:
            file.later = LineMap.from_hunks(later.hunks)
            file.is_binary |= later.is_binary
    files = changed_files(patch, (), tree.repository.top, tree.root, tree.repository)
    return Change(base=tree.repository.commit("HEAD"), base_source="HEAD (staged files only)", files=files)


def _hook_index(repository: Repository, environment: Mapping[str, str]) -> str | None:
    """Return the index of the commit under way: `git commit -a` gives its hook one beside the usual one."""
    given = environment.get("GIT_INDEX_FILE")
    if not given:
        return None
    path = Path(os.path.realpath(repository.top / given))
    return str(path) if path.parent == repository.folder.resolve() and path.is_file() else None

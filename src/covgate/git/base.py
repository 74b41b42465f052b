"""Finds the base, which the change is compared with: the first that exists, and in words how it was found."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from covgate.ci import target_branch
from covgate.git.repository import Repository
from covgate.git.request import NamedBase
from covgate.model.change import PREVIOUS_COMMIT, ChangeUnavailable

USUAL_BASES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
FETCH_REMEDY = "fetch the whole history (GitHub: fetch-depth: 0; GitLab: GIT_DEPTH: 0), or name another base"


class Base(NamedTuple):
    """A commit, and how a reviewer calls it: "compared with `source`"."""

    commit: str
    source: str


def find_base(
    repository: Repository, named: NamedBase | None, environment: Mapping[str, str]
) -> Base | ChangeUnavailable:
    """Return the merge-base of HEAD with the base that is named, else with the CI's, else with a usual one.

    A base that somebody or the CI names but that is not there is never replaced by the next one.
    """
    head = repository.commit("HEAD")
    if head is None:
        return ChangeUnavailable(reason="the repository has no commit yet", remedy="commit once", is_expected=True)
    if named is not None:
        commit = repository.commit(named.ref)
        if commit is None:
            return _explain_missing(repository, named)
        is_option = named.by.startswith("-")  # both doors give the same report, and whoever types it knows
        return _merge_base(repository, head, commit, named.ref, "" if is_option else named.by)
    candidates = list(_candidates(environment))
    for ref, variable in candidates:
        commit = repository.commit(ref)
        if commit is not None:
            return _merge_base(repository, head, commit, repository.branch_of(ref), variable)
    names, variable = " or ".join(ref for ref, _ in candidates), candidates[0][1]
    return ChangeUnavailable(
        reason=f"no base: {names} is not in this clone{_in_brackets(variable)}", remedy=FETCH_REMEDY
    )


def first_parent(repository: Repository, base: Base) -> Base | ChangeUnavailable:
    """Return the first parent of HEAD: on the base itself the change is the last commit."""
    parent = repository.commit("HEAD^1")
    if parent is None:
        why = "a shallow clone ends there" if repository.is_shallow else "it is the first commit"
        return ChangeUnavailable(
            reason=f"HEAD is on {base.source}, and the last commit's parent is not there: {why}",
            remedy=FETCH_REMEDY if repository.is_shallow else "",
            is_expected=True,
            error="shallow-clone" if repository.is_shallow else "no-base",
        )
    return Base(commit=parent, source=PREVIOUS_COMMIT)


def _explain_missing(repository: Repository, named: NamedBase) -> ChangeUnavailable:
    """Return why a named base is not there: misspelt, where another name is near it, or not fetched."""
    near = difflib.get_close_matches(named.ref, sorted(set(repository.ref_names())), n=1)
    remedy = f"did you mean {near[0]}? Else {FETCH_REMEDY}" if near else f"check its spelling, or {FETCH_REMEDY}"
    return ChangeUnavailable(reason=f"no base: {named.ref} is not in this clone{_in_brackets(named.by)}", remedy=remedy)


def _candidates(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the refs to try, each with the CI's variable that names it, if one does."""
    target = target_branch(environment)
    if target is not None:
        branch, variable = target
        yield from ((ref, variable) for ref in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}", branch))
        return
    yield from ((ref, "") for ref in USUAL_BASES)


def _in_brackets(by: str) -> str:
    return f" ({by})" if by else ""


def _merge_base(repository: Repository, head: str, tip: str, ref: str, by: str) -> Base | ChangeUnavailable:
    shown = ref.removeprefix("refs/remotes/").removeprefix("refs/heads/")
    commit = repository.merge_base(tip, head)
    if commit is None:
        shallow = " (a shallow clone)" if repository.is_shallow else ""
        return ChangeUnavailable(
            reason=f"HEAD and {shown} have no common commit in this clone{shallow}",
            remedy=FETCH_REMEDY,
            error="shallow-clone" if repository.is_shallow else "no-base",
        )
    return Base(commit=commit, source=f"{shown}{_in_brackets(by)}")

"""What the change is compared with: the first base that exists, and how it was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from covgate.inputs.change.git import Repository
from covgate.model.change import NoChange

# A pull or merge request's target branch, as each CI names it.
CI_BRANCH_VARIABLES = (
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",  # GitLab
    "SYSTEM_PULLREQUEST_TARGETBRANCH",  # Azure Pipelines
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "CHANGE_TARGET",  # Jenkins
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
)
USUAL = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
FETCH = "fetch the whole history (GitHub: fetch-depth: 0; GitLab: GIT_DEPTH: 0), or name another base"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A commit, and in words how it was found."""

    commit: str
    source: str


def find_base(
    repository: Repository, *, option: str | None, setting: str | None, environment: Mapping[str, str]
) -> Base | NoChange:
    """The merge-base of HEAD with the option's, the setting's, the CI's or the usual base.

    A base that someone names but that is not there is never replaced by the next one.
    """
    head = repository.commit("HEAD")
    if head is None:
        return NoChange(reason="the repository has no commit yet", remedy="commit once, or use --covgate-staged")
    candidates, named = _candidates(option, setting, environment)
    for ref, source in candidates:
        found = repository.commit(ref)
        if found is not None:
            return _merge_base(repository, head, found, ref, source)
    asked = " or ".join(ref for ref, _ in candidates)
    source = f" ({candidates[0][1]})" if named else ""
    remedy = f"check its spelling, or {FETCH}" if option or setting else FETCH
    return NoChange(reason=f"no base: {asked} is not in this clone{source}", remedy=remedy)


def first_parent(repository: Repository, base: Base) -> Base | NoChange:
    """On the base itself the change is the last commit, against its first parent."""
    parent = repository.commit("HEAD^1")
    if parent is None:
        why = "a shallow clone ends there" if repository.is_shallow else "it is the first commit"
        return NoChange(
            reason=f"HEAD is on {base.source}, and the last commit's parent is not there: {why}",
            remedy=FETCH if repository.is_shallow else "",
            is_natural=True,
        )
    return Base(commit=parent, source=f"the last commit's parent, as HEAD is on {base.source}")


def _candidates(
    option: str | None, setting: str | None, environment: Mapping[str, str]
) -> tuple[list[tuple[str, str]], bool]:
    """Refs to try, each with where it comes from; and whether somebody named them."""
    if option is not None:
        return [(option, "given")], True
    if setting is not None:
        return [(setting, "tool.covgate.changed.base")], True
    for variable in CI_BRANCH_VARIABLES:
        branch = environment.get(variable, "").removeprefix("refs/heads/")
        if branch:
            refs = (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}", branch)
            return [(ref, variable) for ref in refs], True
    return [(ref, "found") for ref in USUAL], False


def _merge_base(repository: Repository, head: str, found: str, ref: str, source: str) -> Base | NoChange:
    shown = ref.removeprefix("refs/remotes/").removeprefix("refs/heads/")
    commit = repository.merge_base(found, head)
    if commit is None:
        shallow = " (a shallow clone)" if repository.is_shallow else ""
        return NoChange(reason=f"HEAD and {shown} have no common commit in this clone{shallow}", remedy=FETCH)
    return Base(commit=commit, source=shown if source == "found" else f"{shown} ({source})")

"""What the variables of CI systems and of coding agents say. Add a system here."""

from __future__ import annotations

from collections.abc import Mapping

from covgate.model.context import Host

# The target branch of a pull or merge request, as each system names it.
TARGET_BRANCH_VARIABLES = (
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",  # GitLab
    "SYSTEM_PULLREQUEST_TARGETBRANCH",  # Azure Pipelines
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "CHANGE_TARGET",  # Jenkins
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
)


AGENT_VARIABLES = (
    "AI_AGENT",  # what agents agree on: GitHub Copilot and others
    "CLAUDECODE",
    "CODEX_SANDBOX",
    "CODEX_THREAD_ID",
    "COPILOT_AGENT",
    "CURSOR_AGENT",
    "GEMINI_CLI",
    "OPENCODE",
)
"""Variables that coding agents set for the commands that they run."""


def is_agent(environment: Mapping[str, str]) -> bool:
    """Return whether a coding agent runs this."""
    return any(environment.get(variable, "").lower() not in ("", "0", "false") for variable in AGENT_VARIABLES)


def is_ci(environment: Mapping[str, str]) -> bool:
    """Return whether a CI runs this: all of them set the variable `CI`."""
    return environment.get("CI", "").lower() not in ("", "0", "false")


def target_branch(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the branch that a pull request goes to, without `refs/heads/`, and the variable that names it."""
    for variable in TARGET_BRANCH_VARIABLES:
        branch = environment.get(variable, "").removeprefix("refs/heads/")
        if branch:
            return branch, variable
    return None


def browse_address(environment: Mapping[str, str]) -> tuple[Host | None, str | None]:
    """Return the host and the address below which the files of the tested commit can be seen."""
    repository, sha = environment.get("GITHUB_REPOSITORY"), environment.get("GITHUB_SHA")
    if repository and sha:
        server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
        return "github", f"{server}/{repository}/blob/{sha}"
    url, sha = environment.get("CI_PROJECT_URL"), environment.get("CI_COMMIT_SHA")
    if url and sha:
        return "gitlab", f"{url}/-/blob/{sha}"
    return None, None

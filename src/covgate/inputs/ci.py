"""What the CI's variables and the repository tell a report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from covgate.inputs.change.git import GitError, open_repository
from covgate.inputs.ordinary import read_ordinary
from covgate.inputs.toml import tomllib
from covgate.model.context import Host, ReportContext


def is_ci(environment: Mapping[str, str]) -> bool:
    """Whether the variable `CI` says that a CI runs this, as all of them set it."""
    return environment.get("CI", "").lower() not in ("", "0", "false")


def report_context(root: Path, environment: Mapping[str, str]) -> ReportContext:
    """The project at `root`; links go to the commit that the CI tests."""
    root = root.resolve()
    try:
        below = os.path.relpath(root, open_repository(root, environment).top).replace(os.sep, "/")
    except GitError:
        below = "."
    host, browse = _browse(environment)
    return ReportContext(project=_name(root), folder="" if below == "." else f"{below}/", host=host, browse=browse)


def _browse(environment: Mapping[str, str]) -> tuple[Host | None, str | None]:
    repository, sha = environment.get("GITHUB_REPOSITORY"), environment.get("GITHUB_SHA")
    if repository and sha:
        server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
        return "github", f"{server}/{repository}/blob/{sha}"
    url, sha = environment.get("CI_PROJECT_URL"), environment.get("CI_COMMIT_SHA")
    if url and sha:
        return "gitlab", f"{url}/-/blob/{sha}"
    return None, None


def _name(root: Path) -> str:
    """The distribution's name, else the folder's."""
    try:
        project = tomllib.loads(read_ordinary(root / "pyproject.toml").decode("utf-8-sig")).get("project", {})
    except (OSError, ValueError):
        project = {}
    name = project.get("name") if isinstance(project, dict) else None
    return name if isinstance(name, str) and name else root.name

"""Where a project's files can be seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from covgate.model.context import ReportContext
from covgate.publish import report_context
from repositories import Repository

GITHUB = {"GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "abc"}
GITLAB = {"CI_PROJECT_URL": "https://gitlab.com/o/r", "CI_COMMIT_SHA": "abc"}


@pytest.mark.parametrize(
    ("environment", "file", "lines"),
    [
        ({}, None, None),
        ({"GITHUB_REPOSITORY": "o/r"}, None, None),
        (GITHUB, "https://github.com/o/r/blob/abc/a%20b.py", "https://github.com/o/r/blob/abc/a%20b.py#L3-L5"),
        (
            {**GITHUB, "GITHUB_SERVER_URL": "https://git.example"},
            "https://git.example/o/r/blob/abc/a%20b.py",
            "https://git.example/o/r/blob/abc/a%20b.py#L3-L5",
        ),
        (GITLAB, "https://gitlab.com/o/r/-/blob/abc/a%20b.py", "https://gitlab.com/o/r/-/blob/abc/a%20b.py#L3-5"),
    ],
)
def test_links(tmp_path: Path, environment: dict[str, str], file: str | None, lines: str | None) -> None:
    context = report_context(tmp_path, environment)
    assert (context.link("a b.py"), context.link("a b.py", (3, 5))) == (file, lines)
    assert context.link("/elsewhere/x.py") is None


def test_one_line_and_bytes_that_are_no_text() -> None:
    context = ReportContext(project="p", host="github", browse="https://h")
    assert context.link("a.py", (3, 3)) == "https://h/a.py#L3"
    assert context.link("\udcff.py") == "https://h/%FF.py"
    assert context.link("\ud800.py") == "https://h/%5Cud800.py"


def test_the_name_and_the_folder_below_the_top(tmp_path: Path) -> None:
    top = tmp_path / "repository"
    repository = Repository(top)
    repository.write(
        {"service/pyproject.toml": "\ufeff[project]\nname = 'shop'\n", "other/pyproject.toml": "[project\n"}
    )
    context = report_context(top / "service", repository.environment)
    assert (context.project, context.folder) == ("shop", "service/")
    assert context.repository_path("a.py") == "service/a.py"
    assert report_context(top / "other", repository.environment).project == "other"
    assert report_context(top, repository.environment).folder == ""

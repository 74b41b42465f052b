"""docs/plans.md: the settings and commands of each plan, in a real project, print what the page shows.

`GOLDEN=write` writes the page anew.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from conftest import Project
from plans import PROJECTS
from repositories import Repository

PAGE = Path(__file__).parents[1] / "docs" / "plans.md"
SECTION = re.compile(r"^## (\d)\. ", re.MULTILINE)
BLOCK = re.compile(r"^```(toml|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VARYING = ((re.compile(r"in \d+\.\d+s"), "in 0.05s"), (re.compile(r"\([0-9a-f]{7}\)"), "(1a2b3c4)"))


class Plan:
    """One section of the page, and its project in a repository of one commit."""

    def __init__(self, number: str, root: Path) -> None:
        starts = [match for match in SECTION.finditer(PAGE.read_text(encoding="utf-8")) if match[1] == number]
        (start,) = starts
        text = PAGE.read_text(encoding="utf-8")
        end = text.find("\n## ", start.end())
        self.text = text[start.start() : end if end > 0 else len(text)]
        blocks = dict(BLOCK.findall(self.text))
        self.console: str = blocks["console"]
        self.repository = Repository(root, hostile=False)
        options = '\n[tool.pytest.ini_options]\npythonpath = ["src", "."]\naddopts = ["-p", "no:cacheprovider"]\n'
        self.repository.commit(
            {
                **PROJECTS[number],
                "pyproject.toml": blocks["toml"] + options,
                ".gitignore": ".coverage*\n.covgate/\n__pycache__/\n",
            },
            message="before the plan",
        )
        self.project = Project(root)

    def run(self) -> str:
        """Return the commands with what they print."""
        parts = []
        for line in self.console.splitlines():
            if line.startswith("$ "):
                parts += [line, *self.printed(shlex.split(line[2:])).splitlines()]
        return "\n".join(parts) + "\n"

    def printed(self, command: list[str]) -> str:
        module = {"pytest": ["pytest", "-p", "no:randomly"], "covgate": ["covgate.cli"], "coverage": ["coverage"]}
        environment = {**self.repository.environment, "COLUMNS": "100"}
        run = self.project.python("-m", *module[command[0]], *command[1:], env=environment)
        text = run.out + run.err
        for pattern, stead in VARYING:
            text = pattern.sub(stead, text)
        return "\n".join(
            line.rstrip() for line in text.splitlines() if not re.fullmatch(r"\.+ +\[100%\]", line.strip())
        )


@pytest.mark.parametrize("number", PROJECTS)
def test_a_plan_prints_what_the_page_shows(number: str, tmp_path: Path) -> None:
    plan = Plan(number, tmp_path / "project")
    printed = plan.run()
    if os.environ.get("GOLDEN") == "write":
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(page.replace(plan.text, plan.text.replace(plan.console, printed)), encoding="utf-8")
    assert Plan(number, tmp_path / "again").console == printed

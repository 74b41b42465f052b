"""docs/editors.md: what it says to write down makes the editors' own checkers find a mistake."""

from __future__ import annotations

import importlib.resources
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Project

DOCS = (Path(__file__).parents[2] / "docs/editors.md").read_text(encoding="utf-8")
SHIPPED = str(importlib.resources.files("covgate.config") / "settings.schema.json")
GOOD = '[project]\nname = "shop"\nversion = "1"\n[tool.covgate]\ntotal = 80\n'


def block(kind: str, needle: str) -> str:
    found: list[str] = re.findall(rf"```{kind}\n(.*?)```", DOCS, re.DOTALL)
    return next(text for text in found if needle in text)


def linted(project: Project, *command: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which(command[0], path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip(f"{command[0]} is in the group ci")
    return subprocess.run([program, *command[1:]], cwd=project.root, capture_output=True, text=True, check=False)


def test_tombi_finds_a_misspelt_key(project: Project) -> None:
    config = re.sub(r'path = ".*"', f'path = "{SHIPPED}"', block("toml", "[[schemas]]"))
    project.write({"tombi.toml": config, "pyproject.toml": GOOD.replace("total", "totl")})
    assert '"totl" is not allowed' in linted(project, "tombi", "lint", "--offline", "pyproject.toml").stderr
    project.write({"pyproject.toml": GOOD})
    assert "total" not in linted(project, "tombi", "lint", "--offline", "pyproject.toml").stderr


def test_taplo_finds_a_misspelt_key(project: Project) -> None:
    command = block("console", ".covgate.schema.json").removeprefix("$ ").replace("python ", f'"{sys.executable}" ', 1)
    subprocess.run(["sh", "-c", command], cwd=project.root, check=True)
    project.write({".taplo.toml": block("toml", "[[rule]]"), "pyproject.toml": GOOD.replace("total", "totl")})
    run = linted(project, "taplo", "lint", "pyproject.toml")
    assert run.returncode == 1
    assert "'totl' was unexpected" in run.stderr
    project.write({"pyproject.toml": GOOD})
    assert linted(project, "taplo", "lint", "pyproject.toml").returncode == 0


def test_the_file_of_covered_lines(shop: Project) -> None:
    command = block("console", "lcov").removeprefix("$ pytest ").split()
    assert shop.pytest(*command).code == 0
    assert "SF:shop/cart.py" in (shop.root / "lcov.info").read_text()

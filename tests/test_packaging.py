"""What pyproject.toml promises is what tox tests and the documents say."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_lowest_environment_installs_the_lower_bounds() -> None:
    bounds = dict(
        re.findall(r"^([\w\[\]-]+)>=([\d.]+)", "\n".join(pyproject()["project"]["dependencies"]), re.MULTILINE)
    )
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")
    pins = dict(re.findall(r"^([\w\[\]-]+)==([\d.]+)", tox["testenv:lowest"]["deps"], re.MULTILINE))
    padded = {name: version.split(".") + ["0"] * (3 - len(version.split("."))) for name, version in bounds.items()}
    assert {name: version.split(".") for name, version in pins.items()} == padded


def test_the_workflow_runs_every_python_that_the_classifiers_and_the_readme_name() -> None:
    prefix = "Programming Language :: Python :: "
    named = [c.removeprefix(prefix) for c in pyproject()["project"]["classifiers"] if c.startswith(f"{prefix}3.")]
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]
    lowest = workflow["checks"]["strategy"]["matrix"]["include"]
    assert lowest == [{"env": "lowest", "python": named[0]}]  # the oldest Python has the oldest dependencies
    assert workflow["tests"]["strategy"]["matrix"]["python"] == named[1:]
    assert pyproject()["project"]["requires-python"] == f">={named[0]}"
    assert f"Python {named[0]} to {named[-1]}" in (ROOT / "README.md").read_text(encoding="utf-8")
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")
    assert tox["testenv:lowest"]["base_python"].startswith(f"py{named[0].replace('.', '')},")


def test_every_exclusion_from_our_own_gate_has_its_reason() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if "# pragma: no" in line:
                assert re.search(r"pragma: no (cover|branch) +- +\w", line), f"{path}:{number} has no reason"


def test_the_changelog_knows_the_version() -> None:
    import covgate

    assert f"## {covgate.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_option_and_setting_stands_in_the_readme() -> None:
    import json

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    door = (ROOT / "src/covgate/plugin/__init__.py").read_text(encoding="utf-8")
    for option in re.findall(r'"(--[\w-]+)",', door):
        assert f"`{option}" in readme, option
    schema = json.loads((ROOT / "src/covgate/config/settings.schema.json").read_text(encoding="utf-8"))
    for key in schema["properties"]:
        assert f"`{key}" in readme, key


def test_every_command_and_option_stands_in_the_docs_and_its_help_fits_a_screen() -> None:
    docs = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    for name in ("compare", "report", "trend", "check", "doctor", "explain", "init", "who"):
        shown = subprocess.run(
            [sys.executable, "-m", "covgate.cli", name, "--help"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
        ).stdout
        assert f"`covgate {name}" in docs
        assert len(shown.splitlines()) <= 30
        for option in re.findall(r"^  (?:-\w, )?(--[\w-]+)", shown, re.MULTILINE):
            assert option == "--help" or f"`{option}" in docs, option


def test_every_variable_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    for variable in set(re.findall(r'"(COVGATE_[A-Z]+)"', code)):
        assert f"`{variable}`" in readme

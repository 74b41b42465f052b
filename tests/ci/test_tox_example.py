"""examples/ci/tox.ini: tox says which commands its environments run, and they are run."""

from __future__ import annotations

import configparser
import importlib.util
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ci_machine import Machine
from ci_shop import Origin, pull_request

EXAMPLE = Path(__file__).parents[2] / "examples/ci/tox.ini"
pytestmark = pytest.mark.skipif(importlib.util.find_spec("tox") is None, reason="tox is in the group ci")


def tox_says(environment: str, project: Path, *keys: str) -> configparser.SectionProxy:
    config = subprocess.run(
        [sys.executable, "-m", "tox", "config", "-c", EXAMPLE.name, "-e", environment, "-k", *keys],
        cwd=project,
        env={name: value for name, value in os.environ.items() if not name.startswith("TOX")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    parser = configparser.RawConfigParser(delimiters="=")
    parser.read_string(config)
    return parser[f"testenv:{environment}"]


def test_every_interpreter_measures_and_one_environment_judges(tmp_path: Path) -> None:
    origin = Origin(tmp_path / "origin")
    origin.propose_with_a_gap()
    machine = Machine(tmp_path / "machine", origin.root, pull_request(origin))
    machine.clone(origin.merge, depth=0, all_branches=True)
    (machine.workspace / "tox.ini").write_text(EXAMPLE.read_text())
    for python in ("py312", "py313"):
        said = tox_says(python, machine.workspace, "commands", "set_env")
        file = next(line for line in said["set_env"].splitlines() if line.startswith("COVERAGE_FILE="))
        ran = machine.bash(said["commands"], ("-e",), {"COVERAGE_FILE": file.partition("=")[2]})
        assert ran.code == 0, ran.out
    said = tox_says("coverage", machine.workspace, "commands", "pass_env", "depends")
    words = shlex.join(shlex.split(said["commands"]))  # tox starts no shell: * is not expanded
    assert "'.coverage.py*'" in words
    ran = machine.bash(words, ("-e",))
    assert "FAILED coverage gate: the change is below target" in ran.out
    assert "main (GITHUB_BASE_REF" in ran.out
    assert {"CI", "CI_*", "GITHUB_*", "COVGATE_*"} <= set(said["pass_env"].split())

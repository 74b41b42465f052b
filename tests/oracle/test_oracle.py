"""A few generated projects in the normal run; `python -m tests.oracle` tries hundreds, on several interpreters."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from oracle.change import added_lines
from oracle.compare import differences, door_differences
from oracle.extents import read_extents
from oracle.project import generate
from oracle.runner import calculate, run, try_seed

# Lines and branches, one of them with -n 2.
SEEDS = (0, 5, 7, 8, 10)


@pytest.mark.parametrize("seed", SEEDS)
def test_both_doors_agree_with_an_independent_calculation(seed: int, tmp_path: Path) -> None:
    assert try_seed(seed, sys.executable, tmp_path / "seed").differences == ()


def test_one_seed_makes_one_project(tmp_path: Path) -> None:
    texts = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        project = generate(7, folder)
        files = sorted(path for path in project.root.rglob("*") if path.is_file() and ".git" not in path.parts)
        texts.append([(path.relative_to(folder / "work"), path.read_bytes()) for path in files])
    assert texts[0] == texts[1]


def test_a_wrong_number_is_a_difference(tmp_path: Path) -> None:
    """The comparison itself can fail: each number of a true report, made wrong, is named."""
    folder = tmp_path / "seed"
    folder.mkdir()
    project = generate(4, folder)
    run(project, sys.executable, "pytest", "-q", "--covgate", "--covgate-report=json:door.json")
    expected = calculate(project, sys.executable)
    assert expected is not None
    text = (project.root / "door.json").read_text(encoding="utf-8")
    assert list(differences(json.loads(text), expected)) == []

    def wrong(*path: Any) -> list[str]:
        report = json.loads(text)
        at = report
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = "0" if path[-1] == "target" else 10_000
        assert list(door_differences(text, json.dumps(report)))
        return list(differences(report, expected))

    assert wrong("status")
    for key in expected.measured:
        assert wrong("measured", key), key
    for key in ("covered", "units", "percent", "status"):
        assert wrong("checks", 0, key), key
    for key in ("base", "units", "covered"):
        assert wrong("change", key), key
    for key in ("status", "units", "covered"):
        assert wrong("change", "files", -1, key), key


def test_extents_are_whole_statements_and_headers_alone() -> None:
    source = """\
@first(
    1,
)
def f(
    x,
):
    # a comment
    if x:
        y = g(
            x,
        )
    else:
        match x:
            case (
                1
            ):
                pass
"""
    assert sorted(read_extents(source)) == [(1, 3), (4, 6), (8, 8), (9, 11), (13, 13), (14, 16), (17, 17)]


def test_a_patch_whose_text_looks_like_a_patch() -> None:
    patch = "--- a/m.py\n+++ b/m.py\n@@ -3 +3,2 @@ def f():\n--- b/x\n+++ b/x\n+@@ -1 +1 @@\n@@ -9,2 +9,0 @@\n-a\n-b\n"
    assert added_lines(patch) == {"m.py": {3, 4}}

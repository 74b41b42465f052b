"""J14: data fit the source by content, not by the times of files (issue F, 8)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conftest import SHOP, Project
from repositories import Repository

SETTINGS = '[tool.covgate]\nsource = ["shop"]\nmodule = 0\n[tool.covgate.changed]\nlines = 50\n'


@pytest.fixture
def versioned(tmp_path: Path) -> tuple[Project, Repository]:
    """The shop on a branch with one more tested function, measured."""
    repository = Repository(tmp_path / "repository")
    project = Project(repository.root)
    project.write({**SHOP, "pyproject.toml": SETTINGS, ".gitignore": ".coverage\n.covgate/\n__pycache__/\n"})
    project.write({"tests/test_more.py": "import shop.cart\n\ndef test_more():\n    assert shop.cart.add(0, 0) == 0\n"})
    repository.commit(message="base")
    repository.git("switch", "-q", "-c", "feature")
    with (project.root / "shop/cart.py").open("a") as file:
        file.write("\n\ndef twice(a):\n    return add(a, a)\n")
    project.write({"tests/test_more.py": "import shop.cart\n\ndef test_more():\n    assert shop.cart.twice(2) == 4\n"})
    repository.commit(message="more")
    run = project.pytest("--covgate", env=repository.environment)
    assert run.code == 0, run.out
    return project, repository


def test_j14_switching_branches_and_back_changes_nothing(versioned: tuple[Project, Repository]) -> None:
    project, repository = versioned
    assert project.covgate("check", env=repository.environment).code == 0
    repository.git("switch", "-q", "main")
    assert project.covgate("check", env=repository.environment).code == 3
    repository.git("switch", "-q", "feature")
    for path in project.root.rglob("*.py"):
        path.touch()
    run = project.covgate("check", env=repository.environment)
    assert run.code == 0, run.out
    assert "note" not in run.out


def test_j14_tests_that_are_gone_make_the_data_stale(versioned: tuple[Project, Repository]) -> None:
    project, repository = versioned
    repository.git("rm", "-q", "tests/test_more.py")
    run = project.covgate("check", env=repository.environment)
    assert run.code == 3
    assert "deleted after the measurement: tests/test_more.py; measure again" in run.out


def test_j14_edited_tests_are_a_note(versioned: tuple[Project, Repository]) -> None:
    project, repository = versioned
    with (project.root / "tests/test_more.py").open("a") as file:
        file.write("\ndef test_nothing():\n    pass\n")
    run = project.covgate("check", "--all", env=repository.environment)
    assert run.code == 0, run.out
    assert "note: tests edited after the measurement: tests/test_more.py" in run.out


def test_j14_other_line_ends_are_the_same_source(versioned: tuple[Project, Repository]) -> None:
    project, repository = versioned
    path = project.root / "shop/unused.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert project.covgate("check", env=repository.environment).code == 0


def test_j14_an_edit_of_equal_size_and_time_is_an_edit(versioned: tuple[Project, Repository]) -> None:
    project, repository = versioned
    path = project.root / "shop/cart.py"
    times = path.stat()
    path.write_text(path.read_text().replace("a + b", "b + a"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert project.covgate("check", env=repository.environment).code == 3


def test_j14_added_source_is_unknown_to_the_data(versioned: tuple[Project, Repository]) -> None:
    project, repository = versioned
    project.write({"shop/late.py": "x = 1\n"})
    run = project.covgate("check", env=repository.environment)
    assert run.code == 3
    assert "shop/late.py" in run.out


def test_j14_source_outside_packages_is_known_as_unmeasured(versioned: tuple[Project, Repository]) -> None:
    """coverage.py does not look into folders without __init__.py for what nobody imported."""
    project, repository = versioned
    project.write({"shop/scripts/tool.py": "x = 1\n"})
    repository.commit(message="a script")
    assert project.pytest("--covgate", env=repository.environment).code in (0, 1)
    run = project.covgate("check", env=repository.environment)
    assert run.code != 3, run.out

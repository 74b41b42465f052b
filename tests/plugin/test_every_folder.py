"""S8, S9: the same verdict from every folder, through both doors, wherever the project lies in its repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conftest import SHOP, Project
from repositories import Repository

SETTINGS = """
[tool.pytest.ini_options]
pythonpath = ["."]

[tool.coverage.run]
branch = true
omit = ["shop/unused.py"]

[tool.covgate]
source = ["shop"]
total = 95
"""
FOLDERS = (".", "tests", "shop", "docs/deep")


@pytest.fixture
def placed(project: Project) -> Project:
    """The shop, which misses its total, with settings that only count where they are read."""
    return project.write({**SHOP, "docs/deep/x.txt": "", "pyproject.toml": SETTINGS})


def facts(document: dict[str, Any]) -> dict[str, Any]:
    """What the JSON report says, apart from what only a run of pytest can say."""
    return {key: document[key] for key in ("measured", "checks", "gaps", "status")}


@pytest.mark.parametrize("folder", FOLDERS)
def test_s8_check_says_the_same_from_every_folder(placed: Project, folder: str) -> None:
    """Issue F, 5."""
    whole = placed.json()
    assert whole["measured"]["branches"] is True
    assert [module["path"] for module in whole["gaps"]] == ["shop/cart.py"], "unused.py is omitted"
    up = "../" * len(Path(folder).parts)
    for data in ((), ("--data", f"{up}.coverage")):
        run = placed.covgate("check", "--report=json:here.json", *data, cwd=folder)
        assert run.code == 1, run.out + run.err
        assert facts(placed.report(f"{folder}/here.json")) == facts(whole)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("dist", [(), ("-n", "2")])
def test_s8_pytest_says_the_same_from_every_folder(placed: Project, folder: str, dist: tuple[str, ...]) -> None:
    whole = placed.json()
    (placed.root / ".coverage").unlink()
    tests = str(placed.root / "tests")
    run = placed.pytest("--covgate", "--covgate-report=json:here.json", *dist, tests, cwd=folder)
    assert run.code == 1, run.out + run.err
    assert facts(placed.report(f"{folder}/here.json")) == facts(whole)
    assert (placed.root / ".coverage").is_file(), "the data lie where the settings say"
    assert list(placed.root.rglob(".coverage*")) == [placed.root / ".coverage"]


def test_s8_paths_given_in_another_folder_keep_their_meaning(placed: Project) -> None:
    placed.write({"docs/rc": "[run]\nomit =\n    shop/cart.py\n"})
    options = ("--cov=../shop", "--cov-config=rc", "--cov-report=xml:here.xml", "--cov-report=json")
    run = placed.pytest("--covgate", "--covgate-report=json:here.json", *options, "../tests", cwd="docs")
    assert run.code == 1, run.out + run.err
    report = placed.report("docs/here.json")
    assert [gap["path"] for gap in report["gaps"]] == ["shop/unused.py"]
    assert (placed.root / "docs/here.xml").is_file(), "a path on the command line is relative to the folder"
    assert (placed.root / "coverage.json").is_file(), "a path of the settings is relative to the root"
    check = placed.covgate("check", "--report=json:check.json", cwd="docs")
    assert check.code == 1
    assert facts(placed.report("docs/check.json")) == facts(report), "S9: the record says how it was measured"


def test_s8_settings_above_the_rootdir_are_a_usage_error(placed: Project) -> None:
    placed.write({"tests/pytest.ini": "[pytest]\n"})
    run = placed.pytest("--covgate", cwd="tests")
    assert run.code == 4
    assert f"[tool.covgate] is in {placed.root}/pyproject.toml, but pytest's rootdir is" in run.err
    path = {"PYTHONPATH": str(placed.root)}
    assert placed.pytest("--covgate", f"--rootdir={placed.root}", cwd="tests", env=path).code == 1


@pytest.mark.parametrize("place", [".", "services/shop"])
@pytest.mark.parametrize("worktree", [False, True])
def test_s8_below_the_top_of_a_repository_and_in_a_linked_worktree(tmp_path: Path, place: str, worktree: bool) -> None:
    repository = Repository(tmp_path / "repository")
    ignored = {".gitignore": ".coverage\n.covgate/\n*.json\n__pycache__/\n"}
    Project(repository.root / place).write({**SHOP, **ignored, "pyproject.toml": SETTINGS})
    repository.commit(message="base")
    repository.git("switch", "-q", "-c", "feature")
    top = repository.root
    if worktree:
        top = tmp_path / "linked"
        repository.git("worktree", "add", "-q", "-b", "linked", str(top))
    project = Project(top / place).write(
        {"shop/cart.py": "def add(a, b):\n    return a + b\n\ndef new():\n    return 1\n"}
    )
    whole = project.json(env=repository.environment)
    assert whole["change"]["covered"] < whole["change"]["units"] == 2
    for folder in (".", "tests"):
        run = project.covgate("check", "--report=json:here.json", cwd=folder, env=repository.environment)
        assert run.code == 1, run.out + run.err
        here = project.report(f"{folder}/here.json")
        assert facts(here) == facts(whole)
        assert here["change"] == whole["change"]


def test_s9_targets_of_hooks_are_known_to_check(placed: Project) -> None:
    placed.settings('[tool.covgate]\nsource = ["shop"]\nmodule = 0\n').write(
        {"conftest.py": "def pytest_covgate_targets():\n    return {'shop.cart': 99}\n"}
    )
    assert placed.pytest("--covgate").code == 1
    run = placed.covgate("check")
    assert run.code == 1
    assert "shop/cart.py" in run.out


def test_s9_what_pytest_cov_judges_is_not_judged_twice(placed: Project) -> None:
    placed.write({".coveragerc": "[report]\nfail_under = 99\n"}).settings('[tool.covgate]\nsource = ["shop"]\n')
    assert placed.covgate("check").code == 3, "no data yet"
    assert placed.pytest("--covgate", "--cov-fail-under=1").code == 0
    assert placed.covgate("check").code == 0, "--cov-fail-under was given, so fail_under is pytest-cov's"
    assert placed.pytest("--covgate").code == 1
    assert placed.covgate("check").code == 1


def test_s6_include_says_what_is_measured(placed: Project) -> None:
    """Issue F, 16: it was ignored, or a traceback where warnings are errors."""
    placed.settings(
        """
        [tool.pytest.ini_options]
        filterwarnings = ["error"]
        [tool.coverage.run]
        include = ["shop/*"]
        [tool.covgate]
        module = 40
        """
    )
    report = placed.json()
    assert report["status"] == "passed"
    assert report["measured"]["files"] == 2, "what include names and what was imported, as coverage.py reports it"
    placed.covgate("check", "--report=json:check.json")
    assert facts(placed.report("check.json")) == facts(report)


@pytest.mark.parametrize(
    "settings",
    [
        "source = ['shop']\ninclude = ['shop/*']",
        "source = ['nowhere_to_be_found', 'shop']",
        "source_pkgs = ['shop', 'absent']",
        "core = 'sysmon'\nbranch = true\nsource = ['shop']",
        "omit = ['*']\nsource = ['shop']",
        "concurrency = ['multiprocessing']\nsource = ['shop']",
    ],
)
@pytest.mark.parametrize("dist", [(), ("-n", "2")])
def test_s6_settings_of_coverage_py_never_end_in_a_traceback(
    placed: Project, settings: str, dist: tuple[str, ...]
) -> None:
    """Where warnings are errors too; `Project.pytest` looks for tracebacks."""
    placed.settings(
        '[tool.pytest.ini_options]\nfilterwarnings = ["error"]\n[tool.coverage.run]\n'
        + settings
        + "\n[tool.covgate]\ntotal = 10\n"
    )
    run = placed.pytest("--covgate", *dist)
    assert run.code in (0, 1), run.out + run.err
    assert "coverage gate" in run.out

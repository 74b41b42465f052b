"""How often a run of each command starts git: a program in git's place on the PATH counts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Project, Run
from covgate.git.change import read_change
from covgate.git.repository import share_repositories
from covgate.git.request import ChangeRequest
from covgate.git.revision import read_revision
from repositories import Repository

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the program in git's place is a shell script")

SETTINGS = "[tool.covgate]\ntotal = 10\n[tool.covgate.changed]\nlines = 10\nloosened = 'note'\n"
IGNORED = ".coverage*\n.covgate/\n__pycache__/\n.pytest_cache/\n"
MORE = "\ndef more(a):\n    return a + 2\n"


class CountedShop:
    """The shop, measured on the branch `feature` with a changed module; `run` gives the commands that git got."""

    def __init__(self, shop: Project, folder: Path) -> None:
        self.shop = shop
        self.repository = Repository(shop.root, hostile=False)
        shop.write({".gitignore": IGNORED, "pyproject.toml": SETTINGS})
        self.repository.commit()
        self.repository.git("checkout", "-q", "-b", "feature")
        source = (shop.root / "shop/cart.py").read_text()
        self.repository.commit({"shop/cart.py": f"{source}{MORE}"})
        self.log = folder / "log"
        git = shutil.which("git", path=self.repository.environment["PATH"])
        assert git is not None
        program = folder / "bin" / "git"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\necho "$@" >> "{self.log}"\nexec "{git}" "$@"\n')
        program.chmod(0o755)
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**self.repository.environment, "PATH": path}

    def measure(self) -> None:
        done = self.shop.pytest("--covgate", env=self.environment)
        assert done.code == 0, done.out + done.err

    def run(self, command: Callable[..., Run], *args: str, env: dict[str, str] | None = None) -> list[str]:
        self.log.write_text("")
        done = command(*args, env={**self.environment, **(env or {})})
        assert done.code == 0, done.out + done.err
        return self.logged()

    def logged(self) -> list[str]:
        """What git was asked for since the last time."""
        lines = self.log.read_text().splitlines()
        self.log.write_text("")
        return [_subcommand(line.split()) for line in lines]


def _subcommand(words: list[str]) -> str:
    """The word after git's own options."""
    words = words[1:]  # --no-pager
    while words[0] == "-c":
        words = words[2:]
    return words[0]


@pytest.fixture
def counted(shop: Project, tmp_path: Path) -> CountedShop:
    made = CountedShop(shop, tmp_path)
    made.measure()
    return made


READ = ["config", "cat-file", "merge-base", "diff", "ls-files"]
CHECK = [*READ, "diff"]
"""The last one tells whether what was measured is the commit itself: the record of the run says so."""


def test_a_pull_request(counted: CountedShop) -> None:
    assert counted.run(counted.shop.covgate, "check", env={"CI": "1", "GITHUB_BASE_REF": "main"}) == CHECK


def test_a_pull_request_with_reports_and_a_named_base(counted: CountedShop) -> None:
    """With a goal, git is asked once more: for the commits on the line, whose records show the way to it."""
    reports = [f"--report={name}:{name}.out" for name in ("json", "html", "markdown")]
    counted.shop.write({"pyproject.toml": SETTINGS.replace("total = 10", "total = 10\ngoal = 100")})
    done = counted.run(counted.shop.covgate, "check", "--base=main", *reports)
    assert done == [*READ, "rev-list", "diff"]


def test_many_changed_files_with_exclusions_cost_no_more(counted: CountedShop) -> None:
    """The base has a version of each, which is read."""
    counted.repository.git("checkout", "-q", "main")
    text = "def f():\n    return 1  # pragma: no cover\n"
    counted.repository.commit({f"shop/m{number}.py": text for number in range(9)})
    counted.repository.git("checkout", "-q", "-B", "feature")
    counted.repository.commit({f"shop/m{number}.py": text.replace("1", "2") for number in range(9)})
    counted.measure()
    assert counted.run(counted.shop.covgate, "check") == CHECK


def test_a_push_to_main(counted: CountedShop) -> None:
    counted.repository.git("checkout", "-q", "main")
    counted.repository.git("merge", "-q", "feature")
    counted.repository.git("update-ref", "refs/remotes/origin/main", "main")
    counted.repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    done = counted.run(counted.shop.covgate, "check", env={"CI": "1"})
    assert done == ["config", "cat-file", "diff", "ls-files", "diff"]


def test_staged(counted: CountedShop) -> None:
    source = (counted.shop.root / "shop/cart.py").read_text()
    counted.repository.write({"shop/cart.py": source.replace("a + b", "b + a")})
    counted.repository.git("add", "--all")
    counted.measure()
    done = counted.run(counted.shop.covgate, "check", "--staged")
    assert done == ["config", "diff", "diff", "cat-file", "ls-files", "diff"]


def test_explain(counted: CountedShop) -> None:
    assert counted.run(counted.shop.covgate, "explain", "shop.cart") == READ


def test_init(counted: CountedShop) -> None:
    assert counted.run(counted.shop.covgate, "init", "--force", "--dry-run") == READ


def test_pytest_asks_only_after_the_last_test(counted: CountedShop) -> None:
    done = counted.run(counted.shop.pytest, "--covgate", env={"CI": "1", "GITHUB_BASE_REF": "main"})
    assert done == CHECK


@pytest.mark.parametrize(
    ("attributes", "more"),
    [("*.png binary\n*.py text\n", []), ("*.bin filter=lfs\n", ["check-attr"])],
)
def test_attributes_are_asked_for_only_where_a_file_of_them_names_a_conversion(
    counted: CountedShop, attributes: str, more: list[str]
) -> None:
    counted.repository.write({".gitattributes": attributes})
    assert counted.run(counted.shop.covgate, "check", "--base=main") == [*READ, *more, "diff"]


@pytest.mark.parametrize(("branch", "more"), [("main", []), ("feature", ["diff"])])
def test_the_revision_after_the_change(counted: CountedShop, branch: str, more: list[str]) -> None:
    """Whether the tree is clean is known where it was compared with HEAD."""
    counted.repository.git("checkout", "-q", branch)
    counted.log.write_text("")
    with share_repositories():
        read_change(ChangeRequest(environment=counted.environment), counted.shop.root)
        assert len(counted.logged()) <= 5
        assert read_revision(counted.shop.root, counted.environment).is_clean
        assert counted.logged() == more

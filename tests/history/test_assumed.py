"""Data that no pytest wrote, with `check --complete`: recorded, and compared with the base."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from pathlib import Path

import pytest

from conftest import Project, Run
from covgate.history.store import FILE, Store
from repositories import Repository

SETTINGS = """\
[tool.coverage.run]
source = ["shop"]
[tool.covgate]
changed.lines = false
[tool.covgate.history]
max_drop = 2
"""
MANAGE = """\
import sys
import unittest

if sys.argv[1:] == ["test"]:
    sys.exit(not unittest.TextTestRunner(verbosity=0).run(unittest.defaultTestLoader.discover(".")).wasSuccessful())
"""
TESTS = """\
import unittest
from shop import cart


class CartTest(unittest.TestCase):
    def test_add(self):
        self.assertEqual(cart.add(1, 2), 3)

    def test_remove(self):
        self.assertEqual(cart.remove(2, 1), 1)
"""


class Shop(Project):
    """A project whose tests run by `manage.py test`, in a repository of one commit."""

    def __init__(self, root: Path) -> None:
        self.repository = Repository(root)
        super().__init__(self.repository.root)
        self.repository.commit(
            {
                "manage.py": MANAGE,
                "shop/__init__.py": "",
                "shop/cart.py": "def add(a, b):\n    return a + b\n\n\ndef remove(a, b):\n    return a - b\n",
                "test_cart.py": TESTS,
                "pyproject.toml": SETTINGS,
                ".gitignore": ".coverage*\n.covgate/\n__pycache__/\n",
            }
        )

    def measure(self) -> None:
        assert self.python("-m", "coverage", "run", "manage.py", "test").code == 0

    def check(self, *args: str) -> Run:
        return self.covgate("check", *args, env=self.repository.environment)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


def test_a_drop_of_more_than_two_points_fails_without_pytest(shop: Shop) -> None:
    shop.measure()
    assert shop.check().code == 0
    assert Store(shop.root / FILE).all() == []  # nobody has said that it is complete
    assert shop.check("--complete").code == 0
    (record,) = Store(shop.root / FILE).all()
    assert record.is_of_its_commit
    assert (record.share.covered, record.suite.digest) == (4, "")
    assert shop.check("--complete").code == 0
    assert len(Store(shop.root / FILE).all()) == 1  # the same data is the same run
    (shop.root / "test_cart.py").write_text(TESTS.replace("cart.remove(2, 1)", "1"))
    shop.repository.commit(message="less")
    shop.measure()
    run = shop.check("--complete")
    assert run.code == 1
    assert "no longer covered: 6" in run.out
    assert run.verdict.startswith("FAILED coverage gate: coverage of total dropped by more than max_drop")


def test_what_the_files_were_has_to_be_known(shop: Shop) -> None:
    shop.measure()
    later = time.time() + 10
    os.utime(shop.root / "test_cart.py", (later, later))
    run = shop.check("--complete")
    assert run.code == 0
    assert "this run is not recorded: which files it tested is not known" in run.out
    assert Store(shop.root / FILE).all() == []


def test_outside_of_a_repository_and_without_data(project: Project) -> None:
    project.write({"shop/__init__.py": "x = 1\n", "pyproject.toml": SETTINGS})
    assert project.covgate("check", "--complete", "--report=json:gate.json").code == 3
    assert project.report("gate.json")["status"] == "error"
    assert project.python("-m", "coverage", "run", "-m", "shop.__init__").code == 0
    assert project.covgate("check", "--complete").code == 0
    (record,) = Store(project.root / FILE).all()
    assert record.revision is None
    assert record.environment.systems == (f"{platform.system()}, Python {sys.version_info[0]}.{sys.version_info[1]}",)


def test_the_part_of_a_run_is_judged_as_all_where_the_user_says_so(shop: Shop) -> None:
    shop.pytest("--covgate", "-k", "add", env=shop.repository.environment)
    assert "on a part of the tests" in shop.check().out
    run = shop.check("--complete")
    assert "part of the tests" not in run.verdict
    assert Store(shop.root / FILE).all() == []


@pytest.mark.parametrize("has_log", [True, False], ids=["log of HEAD", "no log of HEAD"])
def test_data_of_an_earlier_commit_is_no_record_of_this_one(shop: Shop, has_log: bool) -> None:
    """The commit removes tests: no file that is there is newer than the data."""
    if not has_log:
        shop.repository.git("config", "core.logAllRefUpdates", "false")
        shutil.rmtree(shop.root / ".git" / "logs")
    shop.measure()
    assert shop.check("--complete").code == 0
    earlier = time.time() - 60
    os.utime(shop.root / ".coverage", (earlier, earlier))
    for path in shop.root.rglob("*.*"):
        if ".git" not in path.parts and path.name != ".coverage":
            os.utime(path, (earlier - 60, earlier - 60))
    shop.repository.git("rm", "-q", "test_cart.py")
    shop.repository.commit(message="no tests")
    run = shop.check("--complete")
    assert "this run is not recorded" in run.out
    assert len(Store(shop.root / FILE).all()) == 1


def test_of_several_data_files_the_oldest_counts(shop: Shop) -> None:
    for number in ("1", "2"):
        assert shop.python("-m", "coverage", "run", f"--data-file=.coverage.{number}", "manage.py", "test").code == 0
    earlier = time.time() - 3600
    os.utime(shop.root / ".coverage.1", (earlier, earlier))
    assert shop.check("--complete", "--data", ".coverage.1", ".coverage.2", "--stale=warn").code == 0
    assert Store(shop.root / FILE).all() == []

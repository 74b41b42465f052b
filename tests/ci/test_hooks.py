"""The hooks for pre-commit: their commands, and commits that pre-commit itself lets through or stops."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ci_shop import FILES, REFUND, TEST_NOTHING, TEST_REFUND
from conftest import clean_environment
from repositories import Repository

ROOT = Path(__file__).parents[2]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
EXAMPLE: dict[str, Any] = yaml.safe_load((ROOT / "examples/ci/pre-commit-config.yaml").read_text(encoding="utf-8"))
needs_pre_commit = pytest.mark.skipif(
    importlib.util.find_spec("pre_commit") is None, reason="pre-commit is in the group ci"
)
CART = "src/shop/cart.py"


class Desk:
    """A developer's clone of the shop, with a hook in place."""

    def __init__(self, folder: Path) -> None:
        self.repository = Repository(folder / "shop", hostile=False)
        self.root = self.repository.root
        self.environment = {
            "HOME": str(folder / "shop-home"),
            "PRE_COMMIT_HOME": str(folder / "pre-commit"),
            "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]),
        }
        settings = FILES["pyproject.toml"].replace("total = 60", "total = 100\nmodule = 100")  # both missed
        self.repository.commit({**FILES, "pyproject.toml": settings, "src/shop/old.py": "def old():\n    return 1\n"})

    def write(self, files: dict[str, str]) -> None:
        self.repository.write({**files})

    def append(self, path: str, text: str) -> None:
        (self.root / path).write_text((self.root / path).read_text() + text)

    def stage(self) -> None:
        self.repository.git("add", "--all")

    def measure(self) -> None:
        assert self.run("pytest", "--covgate", "-q").returncode == 1

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.root,
            env=clean_environment(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=300,
            check=False,
        )

    def install(self, config: dict[str, Any]) -> None:
        """The hooks of `config`, as `pre-commit install` puts them in place; in the next commit."""
        self.write({".pre-commit-config.yaml": yaml.safe_dump(config)})
        assert self.run("pre-commit", "install").returncode == 0

    def commit(self) -> subprocess.CompletedProcess[str]:
        return self.run("git", "commit", "-q", "-m", "change")

    def commits(self) -> int:
        return int(self.repository.git("rev-list", "--count", "HEAD"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def hook(name: str) -> dict[str, Any]:
    return next(hook for hook in HOOKS if hook["id"] == name)


def only(name: str, **changed: Any) -> dict[str, Any]:
    """The example's configuration with one of its hooks."""
    found = next(hook for hook in EXAMPLE["repos"][0]["hooks"] if hook["id"] == name)
    kept = {key: value for key, value in {**found, **changed}.items() if value is not None}
    return {"repos": [{"repo": "local", "hooks": [kept]}]}


def without_an_environment() -> dict[str, Any]:
    """Making one needs a network: the covgate that is installed here answers."""
    return only("covgate-staged", language="system", additional_dependencies=None)


def test_the_example_has_the_hooks_as_they_are() -> None:
    for mine in EXAMPLE["repos"][0]["hooks"]:
        shared = {key: value for key, value in hook(mine["id"]).items() if key in mine}
        assert mine | shared == mine


def test_the_staged_hook_judges_without_a_test_run(desk: Desk) -> None:
    command = shlex.split(hook("covgate-staged")["entry"])
    desk.write({"src/shop/refund.py": REFUND, "tests/test_refund.py": TEST_REFUND})
    desk.stage()
    desk.measure()
    judged = desk.run(*command)
    assert judged.returncode == 1
    assert "1 of 4 changed statements missing, line 3" in judged.stdout
    assert "old.py" not in judged.stdout
    desk.append("tests/test_refund.py", TEST_NOTHING)
    desk.measure()
    desk.stage()
    judged = desk.run(*command)
    assert judged.returncode == 0
    assert judged.stdout.startswith("PASSED coverage gate: change 100.0 % (target 80), compared with HEAD")
    assert judged.stdout.endswith("; nothing else was judged\n")


def test_the_other_hook_runs_the_tests_and_judges_all(desk: Desk) -> None:
    desk.append(CART, "\nLIMIT = 5\n")
    desk.stage()
    judged = desk.run(*shlex.split(hook("covgate-tests")["entry"]))
    assert judged.returncode == 1
    assert "3 passed" not in judged.stdout
    assert "2 passed" in judged.stdout
    assert "total and 1 of 2 modules are below target" in judged.stdout


@needs_pre_commit
def test_a_commit_waits_for_a_measurement_and_for_what_it_lacks(desk: Desk) -> None:
    desk.install(without_an_environment())
    desk.write({"src/shop/refund.py": REFUND, "tests/test_refund.py": TEST_REFUND})
    desk.stage()
    stopped = desk.commit()
    assert stopped.returncode == 1
    assert "no coverage data at" in stopped.stdout
    assert "measure first, with pytest --covgate or coverage run" in stopped.stdout

    desk.measure()
    stopped = desk.commit()
    assert stopped.returncode == 1
    assert ">     3          raise ValueError(order)" in stopped.stdout

    desk.append("tests/test_refund.py", TEST_NOTHING)
    desk.append("src/shop/refund.py", "\n\nLIMIT = 5\n")
    desk.measure()
    desk.append("src/shop/refund.py", "MORE = 6\n")
    os.utime(desk.root / "src/shop/refund.py", (2**31, 2**31))
    desk.stage()
    stopped = desk.commit()
    assert stopped.returncode == 1
    assert "edited or deleted after the measurement: src/shop/refund.py" in stopped.stdout

    os.utime(desk.root / "src/shop/refund.py")
    desk.measure()
    before = desk.commits()
    done = desk.commit()
    assert done.returncode == 0, done.stdout
    assert desk.commits() == before + 1


@needs_pre_commit
def test_what_is_not_staged_does_not_stop_a_commit(desk: Desk) -> None:
    """pre-commit takes what is not staged out of the tree meanwhile, which makes those files younger."""
    desk.install(without_an_environment())
    desk.append(CART, "\nLIMIT = 5\n")
    desk.measure()
    desk.stage()
    desk.append("src/shop/old.py", "\n\ndef older():\n    return 2\n")
    done = desk.commit()
    assert done.returncode == 0, done.stdout
    assert "older" in (desk.root / "src/shop/old.py").read_text()


@needs_pre_commit
def test_a_commit_without_python_is_not_held_up(desk: Desk) -> None:
    desk.install(without_an_environment())
    desk.write({"README.md": "A shop.\n"})
    desk.stage()
    assert desk.commit().returncode == 0


@needs_pre_commit
def test_the_hook_that_tests_stops_a_commit(desk: Desk) -> None:
    desk.install(only("covgate-tests"))
    desk.write({"src/shop/refund.py": REFUND})
    desk.stage()
    stopped = desk.commit()
    assert stopped.returncode == 1
    assert "total, the change and 2 of 3 modules are below target" in stopped.stdout


@needs_pre_commit
@pytest.mark.skipif(not os.environ.get("TESTS_MAY_INSTALL"), reason="pre-commit installs from the network")
def test_pre_commit_installs_the_hook_from_this_repository(desk: Desk, tmp_path: Path) -> None:
    """From what is committed here, into an environment of its own."""
    desk.append(CART, "\nLIMIT = 5\n")
    desk.measure()
    desk.stage()
    served = tmp_path / "served"
    shutil.copytree(ROOT, served, ignore=shutil.ignore_patterns(".git", ".tox", ".venv*", ".*_cache", "__pycache__"))
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        subprocess.run(["git", *command], cwd=served, env=desk.repository.environment, check=True)
    tried = desk.run("pre-commit", "try-repo", str(served), "covgate-staged", "--verbose")
    assert tried.returncode == 0, tried.stdout
    assert "PASSED coverage gate: change 100.0 % (target 80), compared with HEAD" in tried.stdout

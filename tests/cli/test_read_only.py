"""X6: a project that may not be written, and a folder where the data should be."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import NO_HYPOTHESIS, Project, Run, clean_environment

MAY_WRITE_ANYWHERE = hasattr(os, "geteuid") and os.geteuid() == 0
"""Root: for it the permissions of files hold once it has given up two of its rights."""
GIVE_UP = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or (MAY_WRITE_ANYWHERE and shutil.which("setpriv") is None),
    reason="root may write anywhere, and there is no setpriv",
)


def change_permissions(root: Path, *, writable: bool) -> None:
    for path in [root, *root.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | 0o200 if writable else mode & ~0o222)


@pytest.fixture
def read_only(shop: Project) -> Iterator[Project]:
    shop.settings('[tool.covgate]\nsource = ["shop"]\ntotal = 20\n')
    shop.pytest("--covgate")
    shutil.rmtree(shop.root / ".covgate")
    change_permissions(shop.root, writable=False)
    yield shop
    change_permissions(shop.root, writable=True)


def run(project: Project, *args: str) -> Run:
    command = [*(GIVE_UP if MAY_WRITE_ANYWHERE else ()), sys.executable, "-B", "-m", *args]
    done = subprocess.run(
        command, cwd=project.root, env=clean_environment({}), capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr + done.stdout
    assert "internal error" not in done.stderr + done.stdout
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("check",), 0, "PASSED"),
        (("explain", "shop.cart"), 0, "covered"),
        (("doctor",), 0, "the data of 3 modules"),
        (("init", "--force"), 2, "cannot be written: no permission"),
        (("accept", "shop.cart", "remove", "--reason=why"), 2, "cannot be written: no permission"),
        (("check", "--report=json"), 2, "cannot be written: no permission"),
    ],
)
def test_issue_f_17_commands_in_a_project_that_may_not_be_written(
    read_only: Project, args: tuple[str, ...], code: int, message: str
) -> None:
    done = run(read_only, "covgate", *args)
    assert done.code == code, done
    assert message in done.out + done.err


def test_issue_f_17_pytest_in_a_project_that_may_not_be_written(read_only: Project) -> None:
    done = run(read_only, "pytest", *NO_HYPOTHESIS, "-p", "no:cacheprovider", "--covgate")
    assert done.code == 1, done
    assert "ERROR coverage gate: " in done.out
    assert ".coverage cannot be written: " in done.out


def test_issue_f_17_a_folder_where_the_data_should_be(shop: Project) -> None:
    shop.settings('[tool.covgate]\nsource = ["shop"]\ntotal = 20\n')
    (shop.root / ".coverage").mkdir()
    done = run(shop, "pytest", *NO_HYPOTHESIS, "--covgate")
    assert done.code == 1, done
    assert ".coverage cannot be written: Is a directory" in done.out
    done = run(shop, "covgate", "check")
    assert done.code == 3
    assert "is a folder, not coverage data" in done.out

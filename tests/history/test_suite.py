"""The digest of the tests: whatever decides what they do changes it, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from covgate.history import suite
from covgate.history.suite import digest_suite
from covgate.judge.shards import DIFFERS
from covgate.measurement.staleness import digest_files

FILES = {
    "tests/unit/test_a.py": "def test_a(): pass\n",
    "tests/conftest.py": "",
    "tests/data/rates.json": "{}",
    "conftest.py": "",
    "pyproject.toml": "",
    "README.md": "",
    "docs/index.md": "",
    "tests/.hidden": "",
    "tests/__pycache__/test_a.pyc": "",
}
TESTS = ["tests/unit/test_a.py"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def digest(root: Path) -> str:
    return digest_suite(root, digest_files(root, TESTS))


@pytest.mark.parametrize("path", [*FILES, "tests/unit/test_b.py", "tests/data/more.json", "poetry.lock"])
def test_h9_what_changes_the_digest(root: Path, path: str) -> None:
    before = digest(root)
    assert len(before) == suite.DIGITS
    assert digest(root) == before
    (root / path).write_text("# edited\n")
    is_of_tests = path not in ("README.md", "docs/index.md", "tests/.hidden", "tests/__pycache__/test_a.pyc")
    assert (digest(root) != before) is is_of_tests


def test_line_ends_do_not_matter(root: Path) -> None:
    before = digest(root)
    (root / TESTS[0]).write_bytes(FILES[TESTS[0]].replace("\n", "\r\n").encode())
    assert digest(root) == before


def test_where_nobody_knows_the_tests_there_is_none(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert digest_suite(root, {}) == ""
    assert digest_suite(root, {"tests/unit/test_a.py": DIFFERS}) == ""
    assert digest_suite(root, {"gone/test_a.py": "1"}) != ""
    monkeypatch.setattr(suite, "MOST_FILES", 2)
    assert digest(root) == ""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="its owner may read any file")
def test_a_file_that_cannot_be_read_leaves_none(root: Path) -> None:
    (root / "tests/conftest.py").chmod(0)
    assert digest(root) == ""

"""What is published is what its tag says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import covgate

ROOT = Path(__file__).parents[1]


def release(root: Path, tag: str) -> str:
    command = [sys.executable, str(root / ".ci" / "release.py"), tag]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """What the script reads, with a changelog that dates the version."""
    for name in (".ci/release.py", "src/covgate/__init__.py", "CHANGELOG.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        text = (ROOT / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("(unreleased)", "(2026-12-01)"), encoding="utf-8")
    return tmp_path


def test_a_tag_of_another_version_is_refused(copied: Path) -> None:
    version = covgate.__version__
    assert release(copied, f"v{version}") == ""
    assert release(copied, "v9.9.9") == f"the tag is v9.9.9, and the version in src/covgate/__init__.py {version}"
    assert "the tag is" in release(copied, version)


def test_a_version_that_the_changelog_does_not_date_is_refused(copied: Path) -> None:
    changelog = copied / "CHANGELOG.md"
    changelog.write_text(
        changelog.read_text(encoding="utf-8").replace("(2026-12-01)", "(unreleased)"), encoding="utf-8"
    )
    version = covgate.__version__
    assert release(copied, f"v{version}") == f"CHANGELOG.md has no heading '## {version} (date)'"

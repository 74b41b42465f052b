"""A repository on a branch."""

from __future__ import annotations

from pathlib import Path

import pytest

from changes import BODY
from repositories import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """On the branch `feature`, one commit after `main`, with nothing changed yet."""
    made = Repository(tmp_path / "repo")
    made.commit({"app/a.py": BODY, "app/b.py": BODY, "readme.md": "hello\n"})
    made.git("checkout", "-q", "-b", "feature")
    return made

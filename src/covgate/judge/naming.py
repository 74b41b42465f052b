"""What the names of files say, and names in a sentence."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence

MOST = 3
TEST_FILES = ("test_*.py", "*_test.py")
TEST_FOLDERS = frozenset(["tests", "test"])


def is_test(path: str, patterns: Iterable[str] = TEST_FILES) -> bool:
    """Whether pytest would collect it, or it stands beside what pytest collects."""
    *folders, name = path.split("/")
    is_named = name == "conftest.py" or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    return is_named or not TEST_FOLDERS.isdisjoint(folders)


def named(names: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    if len(names) <= MOST:
        return ", ".join(names)
    return f"{', '.join(names[:MOST])} and {len(names) - MOST} more"

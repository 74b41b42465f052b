"""The text of Python files below the root, such as those of tests: what cannot be read has none."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from covgate.files import read_ordinary, shown_path
from covgate.judge.naming import TEST_FILES, is_test
from covgate.measurement.tree import python_files
from covgate.model.run_record import RunRecord

PATTERNS = (*TEST_FILES, "tests.py")
"""Django's runner starts with `tests.py` where pytest does not."""


def read_texts(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """Return the text of each of `paths`, POSIX and relative to `root`, that is a Python file below it."""
    root = root.resolve()
    texts = {}
    for path in sorted(set(paths)):
        text = _read(root, path)
        if text is not None:
            texts[path] = text
    return texts


def find_test_files(root: Path, record: RunRecord | None) -> list[str]:
    """Return the files of the tests that ran, POSIX and relative to `root`; without a record, those that are there."""
    if record is not None and record.tests:
        return sorted(record.tests)
    paths = (shown_path(root, file) for file in python_files(root, [root]))
    return [path for path in paths if is_test(path, PATTERNS)]


def _read(root: Path, path: str) -> str | None:
    if not path.endswith(".py") or PurePosixPath(path).is_absolute():
        return None
    try:
        file = (root / path).resolve()
        if not file.is_relative_to(root):
            return None
        return text_of(read_ordinary(file))
    except (OSError, ValueError, RuntimeError):
        return None


def text_of(content: bytes) -> str | None:
    """Return the text of a Python file, None where it cannot be decoded."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding)
    except (SyntaxError, ValueError, LookupError):
        return None

"""What a record tells of the tests: their numbers, and a digest of all files that decide what they do."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from covgate.files import read_ordinary
from covgate.judge.shards import DIFFERS
from covgate.measurement.staleness import digest_file
from covgate.model.record import SuiteFacts
from covgate.model.run_record import RunRecord

DIGITS = 16
MOST_FILES = 10_000
MOST_BYTES = 100_000_000
NOT_FOLLOWED = frozenset({"__pycache__", "node_modules"})
AT_THE_ROOT = frozenset({".py", ".toml", ".ini", ".cfg", ".lock", ".txt"})
"""Files at the root that decide what tests do: their settings, `conftest.py`, the versions of what they need."""


def suite_facts(root: Path, run: RunRecord) -> SuiteFacts:
    """Return what is known of the tests of a run; their lines are counted in the files as they are now."""
    return SuiteFacts(
        tests=run.test_count,
        files=len(run.tests),
        lines=sum(_count_lines(root / path) for path in run.tests),
        seconds=None if run.seconds is None else round(run.seconds, 2),
    )


def digest_suite(root: Path, tests: Mapping[str, str]) -> str:
    """Return a digest of the files of the tests (path -> digest) and of those that they may use.

    These are all files in the top-level folders of the tests, and at the root settings and Python files; hidden ones
    are left out. Empty where nobody knows: tests that differ between shards, files that cannot be read or are too many.
    """
    if not tests or DIFFERS in tests.values():
        return ""
    digests = dict(tests)
    total = 0
    for path in _files_beside(root, tests):
        total += path.stat().st_size
        name = path.relative_to(root).as_posix()
        if name in digests:
            continue
        digest = digest_file(path) if total <= MOST_BYTES and len(digests) < MOST_FILES else None
        if digest is None:
            return ""
        digests[name] = digest
    text = "".join(f"{digest} {name}\0" for name, digest in sorted(digests.items()))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:DIGITS]


def _files_beside(root: Path, tests: Collection[str]) -> Iterator[Path]:
    yield from (path for path in root.iterdir() if path.suffix in AT_THE_ROOT and _is_seen(path) and path.is_file())
    for top in {path.partition("/")[0] for path in tests if "/" in path}:
        for folder, folders, files in os.walk(root / top):
            folders[:] = [name for name in folders if _is_seen(Path(name))]
            yield from (path for path in (Path(folder, name) for name in files) if _is_seen(path) and path.is_file())


def _is_seen(path: Path) -> bool:
    return not path.name.startswith(".") and path.name not in NOT_FOLLOWED and path.suffix != ".pyc"


def _count_lines(path: Path) -> int:
    try:
        return read_ordinary(path).count(b"\n")
    except OSError:
        return 0

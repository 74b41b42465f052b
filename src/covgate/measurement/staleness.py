"""Whether data still fit the source: by content where the run's record knows it, else by the times of files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from covgate.files import read_ordinary
from covgate.model.run_record import Digests, RunRecord


def digest_of(content: bytes) -> str:
    """Return git's id of a file's content with LF line ends: version control converts these."""
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n")
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def digest_file(path: Path) -> str | None:
    """None for a file that is gone, cannot be read or is not a regular file."""
    try:
        return digest_of(read_ordinary(path))
    except OSError:
        return None


class Staleness(NamedTuple):
    """What changed since the measurement; POSIX paths relative to the root, sorted."""

    sources: tuple[str, ...] = ()
    """Source files that were added or edited, and files of tests that are gone: the numbers may be wrong."""
    edited_tests: tuple[str, ...] = ()


def find_changes(
    root: Path, measured: Digests, candidates: Iterable[str], record: RunRecord | None, measured_at: int
) -> Staleness:
    """Compare `measured` (files of the data, as they are now) and `candidates` (other source files) with the record.

    Without digests in the record, files younger than `measured_at` (nanoseconds since 1970) have changed.
    """
    if record is None or not record.files:
        folder = str(root)
        younger = (path for path in (*measured, *candidates) if _is_younger(folder, path, measured_at))
        return Staleness(sources=tuple(sorted(younger)))
    edited = [path for path, digest in measured.items() if record.files.get(path, digest) != digest]
    added = [path for path in candidates if path not in record.unmeasured]
    tests = {path: digest_file(root / path) for path in record.tests}
    return Staleness(
        sources=tuple(sorted({*edited, *added, *_gone(tests)})),
        edited_tests=tuple(sorted(path for path, now in tests.items() if now not in (None, record.tests[path]))),
    )


def _gone(tests: dict[str, str | None]) -> Iterator[str]:
    return (path for path, digest in tests.items() if digest is None)


def _is_younger(root: str, path: str, measured_at: int) -> bool:
    try:
        return os.stat(os.path.join(root, path)).st_mtime_ns > measured_at
    except OSError:
        return False


def digest_files(root: Path, paths: Collection[str]) -> dict[str, str]:
    """Those of `paths` that can be read, each with its digest."""
    found = ((path, digest_file(root / path)) for path in sorted(paths))
    return {path: digest for path, digest in found if digest is not None}

"""Gives the parsed sources of one measurement: from the cache, from workers, or parsed here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from coverage.plugin import FileReporter

from covgate.files import read_ordinary, why_not_ordinary
from covgate.git.repository import GitError
from covgate.git.tracked import tracked_paths
from covgate.measurement.parsing.cache import Cache
from covgate.measurement.parsing.choice import Parsing
from covgate.measurement.parsing.parsed_source import (
    ParsedSource,
    ParseSettings,
    from_record,
    is_released,
    key_of,
    parse_source,
    to_record,
)
from covgate.measurement.parsing.workers import parse_in_parallel
from covgate.measurement.staleness import digest_file, digest_of

FOLDER = ".covgate"
BESIDE = ("", "-journal", "-wal", "-shm")
"""What SQLite keeps beside its file, and reads."""
WORTH_A_WORKER = 2**18
"""Bytes of source that take longer to parse than a worker to start (a fifth of a second)."""


def check_cache(parsing: Parsing, root: Path, environment: Mapping[str, str]) -> Parsing:
    """Return `parsing` without its cache, and with a note, where that may not be trusted."""
    if parsing.is_checked or parsing.cache is None:
        return parsing
    reason = why_not_trusted(parsing.cache, root, environment)
    if reason is None:
        return parsing._replace(is_checked=True)
    return parsing._replace(is_checked=True, cache=None, notes=(*parsing.notes, reason))


def why_not_trusted(cache: Path, root: Path, environment: Mapping[str, str], what: str = "the cache") -> str | None:
    """A note on why a file of ours is neither read nor written; None where nobody has committed it."""
    link = next((path for path in _parts(cache, root) if path.is_symlink()), None)
    if link is not None:
        return f"nothing is read from {what} or written to it: {link} is a link"
    reason = why_not_ordinary(cache)
    if reason is not None:
        return f"nothing is read from {what} or written to it: {cache} is {reason}"
    if not (os.path.lexists(cache) or os.path.lexists(root / FOLDER)):
        return None
    try:
        tracked = tracked_paths(root, environment, [FOLDER, *(f"{cache}{end}" for end in BESIDE)])
    except GitError as error:
        return f"nothing is read from {what}: git does not say whether it is committed ({error.message})"
    if not tracked:
        return None
    names = ", ".join(os.path.relpath(path, root.resolve()) for path in tracked[:3])
    more = f" and {len(tracked) - 3} more" if len(tracked) > 3 else ""
    return f"committed to git, so not read: {names}{more}; remove it with git rm --cached, and ignore it"


def _parts(cache: Path, root: Path) -> Iterable[Path]:
    """The file, and the folders in which it lies below the root."""
    yield cache
    for folder in cache.parents:
        if folder == root or not folder.is_relative_to(root):
            break
        yield folder


class SourceParser:
    """Gives the parsed sources of one measurement, parsing only what is not known yet."""

    def __init__(self, parsing: Parsing, settings: ParseSettings) -> None:
        self._parsing = parsing
        self._settings = settings
        self._fingerprint = settings.fingerprint()
        self._cache = Cache(parsing.cache if is_released() else None)
        self._keys: dict[str, bytes] = {}
        self._digests: dict[str, str] = {}
        self._records: dict[bytes, bytes] = {}
        self._new: dict[bytes, bytes] = {}

    def prepare(self, paths: Iterable[str]) -> None:
        """Gather what is known of all these sources at once, and have workers parse the rest if it is much."""
        sizes: dict[str, int] = {}
        for path in paths:
            try:
                content = read_ordinary(path)
            except OSError:  # gone, or in a zip file: the reporter knows
                continue
            sizes[path] = len(content)
            self._keys[path] = key_of(content, self._fingerprint)
            self._digests[path] = digest_of(content)
        self._records = self._cache.read(self._keys.values())
        ahead = self._parsing.ahead.collect() if self._parsing.ahead else {}
        wanted = set(self._keys.values()) - self._records.keys()
        self._new = {key: record for key, record in ahead.items() if key in wanted}
        lacking = [path for path, key in self._keys.items() if key in wanted and key not in self._new]
        workers = min(self._parsing.jobs, sum(sizes[path] for path in lacking) // WORTH_A_WORKER)
        if workers > 1:
            longest_first = sorted(lacking, key=sizes.__getitem__, reverse=True)
            self._new |= parse_in_parallel(longest_first, self._settings, workers)

    def has_read(self, path: str) -> bool:
        """Return whether `prepare` could read the file, which then is an ordinary one."""
        return path in self._digests

    def digest(self, path: str) -> str | None:
        """Of a source's content; None where it cannot be read."""
        return self._digests.get(path) or digest_file(Path(path))

    def get(self, path: str, reporter: Callable[[], FileReporter]) -> ParsedSource:
        """One Python source, parsed; raises what its reporter raises where it cannot be parsed."""
        key = self._keys.get(path)
        record = self._records.get(key) or self._new.get(key) if key else None
        if record is not None:
            try:
                return from_record(record)
            except (ValueError, TypeError, LookupError):  # whole, but no record: written by nobody we know
                pass
        parsed = parse_source(reporter(), branches=self._settings.branches)
        if key and key == self._key_now(path):  # else it was edited since: the record is not that of the key
            self._new[key] = to_record(parsed)
        return parsed

    def _key_now(self, path: str) -> bytes | None:
        try:
            return key_of(read_ordinary(path), self._fingerprint)
        except OSError:
            return None

    def keep(self) -> None:
        """Write what was parsed to the cache."""
        self._cache.write(self._new, used=set(self._keys.values()) - self._new.keys())

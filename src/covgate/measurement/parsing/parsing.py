"""The static halves of a measurement's sources: kept, parsed ahead, parsed by workers, or parsed here."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from coverage.plugin import FileReporter

from covgate.errors import UsageError
from covgate.files import read_ordinary
from covgate.measurement.parsing.ahead import Ahead
from covgate.measurement.parsing.cache import Cache
from covgate.measurement.parsing.half import StaticHalf, static_half
from covgate.measurement.parsing.pool import parsed_by_workers
from covgate.measurement.parsing.record import as_record, from_record
from covgate.measurement.parsing.source import ParseSettings, is_released, key_of
from covgate.measurement.parsing.trust import mistrust
from covgate.measurement.staleness import digest_file, digest_of

CACHE = Path(".covgate", "cache", "static.sqlite")
OFF = "off"
MOST_JOBS = 8
"""A container may show more processors than it may use, and each worker takes memory."""
WORTH_A_WORKER = 2**18
"""Bytes of source that take longer to parse than a worker to start (a fifth of a second)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsing:
    """How sources are parsed: what is kept where (None: nothing), on how many processors."""

    cache: Path | None = None
    jobs: int = 1
    ahead: Ahead | None = None
    notes: tuple[str, ...] = ()
    """What the user should know of the cache."""


def parsing_choice(root: Path, environment: Mapping[str, str]) -> Parsing:
    """As `COVGATE_CACHE` and `COVGATE_JOBS` say; raises `UsageError` for what they cannot mean."""
    folder = environment.get("COVGATE_CACHE", "")
    cache = None if folder == OFF else root / (Path(folder, CACHE.name) if folder else CACHE)
    jobs = environment.get("COVGATE_JOBS", "")
    if jobs and not re.fullmatch("0*[1-9][0-9]{0,5}", jobs):
        raise UsageError(f"COVGATE_JOBS: found {jobs!r}", "set it to a number of processes, 1 for none beside this one")
    doubt = None if cache is None else mistrust(cache, root, environment)
    return Parsing(
        cache=cache if doubt is None else None,
        jobs=min(int(jobs) if jobs else _processors(), MOST_JOBS),
        notes=() if doubt is None else (doubt,),
    )


class Halves:
    """Finds the static half of each source of one measurement, parsing only what nobody has parsed yet."""

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
        ahead = self._parsing.ahead.taken() if self._parsing.ahead else {}
        wanted = set(self._keys.values()) - self._records.keys()
        self._new = {key: record for key, record in ahead.items() if key in wanted}
        lacking = [path for path, key in self._keys.items() if key in wanted and key not in self._new]
        workers = min(self._parsing.jobs, sum(sizes[path] for path in lacking) // WORTH_A_WORKER)
        if workers > 1:
            longest_first = sorted(lacking, key=sizes.__getitem__, reverse=True)
            self._new |= parsed_by_workers(longest_first, self._settings, workers)

    def digest(self, path: str) -> str | None:
        """Of a source's content; None where it cannot be read."""
        return self._digests.get(path) or digest_file(Path(path))

    def of(self, path: str, reporter: Callable[[], FileReporter]) -> StaticHalf:
        """The half of one Python source; raises what its reporter raises where it cannot be parsed."""
        key = self._keys.get(path)
        record = self._records.get(key) or self._new.get(key) if key else None
        if record is not None:
            try:
                return from_record(record)
            except (ValueError, TypeError, LookupError):  # whole, but no record: written by nobody we know
                pass
        half = static_half(reporter(), branches=self._settings.branches)
        if key and key == self._key_now(path):  # else it was edited since: the half is not that of the key
            self._new[key] = as_record(half)
        return half

    def _key_now(self, path: str) -> bytes | None:
        try:
            return key_of(read_ordinary(path), self._fingerprint)
        except OSError:
            return None

    def keep(self) -> None:
        """Write what was parsed to the cache."""
        self._cache.write(self._new, used=set(self._keys.values()) - self._new.keys())


def _processors() -> int:
    """Those this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover - only where that is not known

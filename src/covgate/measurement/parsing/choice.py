"""How sources are parsed: what is kept, on how many processors. Light, as every start imports it."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from covgate.errors import UsageError

if TYPE_CHECKING:
    from covgate.measurement.parsing.workers import BackgroundParser

CACHE = Path(".covgate", "cache", "static.sqlite")
OFF = "off"
MOST_JOBS = 8
"""A container may show more processors than it may use, and each worker takes memory."""
FEWEST = 40
"""Below this many sources, parsing them while the tests run gains less than it costs."""


class Parsing(NamedTuple):
    """Where parsed sources are kept (None: nowhere), and on how many processors others are parsed."""

    cache: Path | None = None
    jobs: int = 1
    is_checked: bool = False
    """Whether somebody has found out that the cache may be trusted."""
    ahead: BackgroundParser | None = None
    """What has parsed them while the tests ran."""
    notes: tuple[str, ...] = ()
    """What the user should know of the cache."""


def choose_parsing(root: Path, environment: Mapping[str, str]) -> Parsing:
    """Choose as `COVGATE_CACHE` and `COVGATE_JOBS` say; raises `UsageError` for what they cannot mean."""
    folder = environment.get("COVGATE_CACHE", "")
    cache = None if folder == OFF else root / (Path(folder, CACHE.name) if folder else CACHE)
    jobs = environment.get("COVGATE_JOBS", "")
    if jobs and not re.fullmatch("0*[1-9][0-9]{0,5}", jobs):
        raise UsageError(
            "option-value",
            f"COVGATE_JOBS: found {jobs!r}",
            "set it to a number of processes, 1 for none beside this one",
        )
    return Parsing(cache=cache, jobs=min(int(jobs) if jobs else _processors(), MOST_JOBS))


def is_worth_a_worker(places: Iterable[Path]) -> bool:
    """Return whether there are enough sources to parse while the tests run."""
    return next(itertools.islice(find_sources(map(str, places)), FEWEST - 1, None), None) is not None


def find_sources(places: Iterable[str]) -> Iterator[str]:
    """Find the Python files at `places`, as coverage.py finds what nobody imported."""
    for place in places:
        if os.path.isfile(place):
            yield place
        for folder, folders, files in os.walk(place):
            if folder != place and "__init__.py" not in files:
                folders.clear()  # no package: coverage.py does not look there for what nobody imported either
                continue
            folders.sort()
            yield from (os.path.join(folder, name) for name in sorted(files) if name.endswith(".py"))


def _processors() -> int:
    """Count those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover - only where that is not known

"""Finds the oldest record on the line of commits to a run: where the way to its goal starts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from covgate.git.repository import GitError, open_repository
from covgate.git.revision import revision_of
from covgate.history.recorded import recorded_commits
from covgate.history.store import Store
from covgate.judge.trend import Recorded, line_to
from covgate.model.record import EnvironmentKey, Record
from covgate.model.trend import Start


def find_start(
    root: Path, environment: Mapping[str, str], store: Store, *, key: EnvironmentKey, run: str, now: datetime
) -> Start | None:
    """Return the start, as `covgate trend` sees it once the run is recorded; None where there is none.

    `now` is the time of a run outside of a repository. Of one record alone the modules are read. Raises `GitError` and
    `HistoryError`.
    """
    if not store.file.exists():
        return None
    history = recorded_commits(root, environment, store, with_modules=False)
    if not history:
        return None
    line = line_to(history, place_run(root, environment, Record(run, now, key, ())))
    end = line[-1][0].time
    for at, (recorded, record) in enumerate(line[:-1]):
        share = store.complete(record).share
        if share.units:
            return Start(share, recorded.time, end, len(line) - at)
    return None


def place_run(root: Path, environment: Mapping[str, str], record: Record) -> Recorded:
    """Return a run as the record of the commit that is checked out; outside of a repository, of its own time."""
    try:
        head = revision_of(open_repository(root, environment), "HEAD")
    except GitError:
        head = None
    if head is None:
        return Recorded(record.time, None, (record,))
    return Recorded(head.time, head.commit, (record,))

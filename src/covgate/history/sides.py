"""Finds the records of the two sides of a comparison: each a revision or a file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from covgate.errors import UsageError
from covgate.git.between import files_between
from covgate.git.change import files_since
from covgate.git.patch import PatchError
from covgate.git.repository import GitError, open_repository, project_folder
from covgate.git.revision import first_parents
from covgate.history.baseline import MOST_COMMITS, commit_of_record
from covgate.history.exchange import read_record_file
from covgate.history.opening import require_history
from covgate.model.change import ChangedFile
from covgate.model.record import Record, why_not_comparable
from covgate.model.remedies import RECORD_RUN
from covgate.reports.text import printable

HOW_TO_RECORD = f"check it out and {RECORD_RUN}, or covgate history pull"


class Place(NamedTuple):
    """The project whose history is asked."""

    root: Path
    environment: Mapping[str, str]


class Candidates(NamedTuple):
    """The records of one side, oldest first; `commit` is the one that was named, None for a file.

    `earlier` are those of the commit and of the commits before it.
    """

    title: str
    records: Sequence[Record]
    commit: str | None = None
    earlier: Sequence[Record] = ()


def find_records(place: Place, named: str) -> Candidates:
    """Return the records in a file, or those of exactly the tree of a revision; raises `CovgateError`."""
    if os.path.isfile(named):
        return Candidates(os.path.basename(named), sorted(read_record_file(Path(named)), key=lambda one: one.time))
    try:
        repository = open_repository(place.root, place.environment)
        commits = list(first_parents(repository, named, MOST_COMMITS))
        folder = project_folder(repository, place.root)
    except GitError as error:
        raise UsageError(error.name, f"{named} is not a file, and no revision: {error.message}", error.remedy) from None
    if not commits:
        raise UsageError(
            "unknown-revision", f"{named} is neither a revision of this clone nor a file", "check its spelling"
        )
    commit, tree = commits[0]
    of_all = require_history(place.root, place.environment).find([tree for _, tree in commits], folder)
    records = [record for record in of_all if record.revision is not None and record.revision.tree == tree]
    if not records:
        raise UsageError(
            "no-record", f"no record of {named}; the history holds none of its tree {tree[:10]}", HOW_TO_RECORD
        )
    usable = [record for record in records if record.is_of_its_commit]
    if not usable:
        raise UsageError(
            "no-record",
            f"no record of {named}; tests failed or were left out in every run of it that is recorded",
            HOW_TO_RECORD,
        )
    return Candidates(named, usable, commit, [record for record in of_all if record.is_of_its_commit])


def comparable_pair(before: Candidates, now: Candidates) -> tuple[Record, Record]:
    """Return the newest two records that are comparable; raises `UsageError` that says why there are none."""
    reasons = []
    for new in reversed(now.records):
        for old in reversed(before.records):
            reason = why_not_comparable(old.environment, new.environment)
            if reason is None:
                return old, new
            reasons.append(reason)
    raise UsageError(
        "not-comparable",
        f"{before.title} and {now.title} are not comparable: {printable(reasons[0])}",
        "compare runs that measured in the same way",
    )


def files_of_pair(
    place: Place, before: tuple[Candidates, Record], now: tuple[Candidates, Record] | None
) -> tuple[ChangedFile, ...] | None:
    """Return the files that differ, None where git cannot tell; `now` is None for the work tree."""
    old = _commit(place, *before)
    new = None if now is None else _commit(place, *now)
    if old is None or (now is not None and new is None):
        return None
    try:
        if new is None:
            return files_since(place.root, place.environment, old)
        return files_between(place.root, place.environment, old, new)
    except (GitError, PatchError):
        return None


def _commit(place: Place, side: Candidates, record: Record) -> str | None:
    return side.commit or commit_of_record(record, place.root, place.environment)

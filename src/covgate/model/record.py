"""A record: what one complete run measured, of which revision. The history keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from covgate.model.lines import Lines
from covgate.model.revision import Revision
from covgate.model.share import NO_UNITS, Share
from covgate.model.snapshot import Branch, Snapshot

BLOB_DIGITS = 16
"""So many digits of an id tell the versions of one file apart; all 40 would be half of what a commit takes."""


class EnvironmentKey(NamedTuple):
    """What two records must share for their numbers to be comparable."""

    branches: bool = False
    systems: tuple[str, ...] = ()
    """The systems and versions of Python that ran the tests, such as `Linux, Python 3.12`; sorted."""
    source: tuple[str, ...] = ()
    """The folders and files that were to be measured, relative to the root."""
    exclusions: str = ""
    """A digest of coverage.py's settings that say which code counts; empty where they are not known."""


class RecordedModule(NamedTuple):
    """The numbers of one module as they were.

    `blob` is the beginning of git's id of its content (with LF line ends), empty where it is not known.
    """

    path: str
    name: str | None
    blob: str
    statements: Lines
    missing: Lines
    branches: tuple[Branch, ...] = ()

    @property
    def share(self) -> Share:
        units = len(self.statements) + sum(branch.total for branch in self.branches)
        missing = len(self.missing) + sum(len(branch.missing) for branch in self.branches)
        return Share(units - missing, units)


def recorded_modules(snapshot: Snapshot) -> tuple[RecordedModule, ...]:
    """Return the numbers of all measured modules."""
    return tuple(
        RecordedModule(
            path=module.path,
            name=module.name,
            blob=snapshot.digests.get(module.path, "")[:BLOB_DIGITS],
            statements=module.statements,
            missing=module.missing,
            branches=module.branches,
        )
        for module in snapshot.modules
    )


class SuiteFacts(NamedTuple):
    """The tests of a run: how many ran, in how many files of how many lines, in how many seconds; None: not known.

    `digest` is one of the tests and of the files beside them; empty where it is not known.
    """

    tests: int | None = None
    files: int | None = None
    lines: int | None = None
    seconds: float | None = None
    digest: str = ""


class Record(NamedTuple):
    """What one run measured.

    `run` is a name that no other run has. `time` is when it ended, in UTC. `revision` is None outside of a repository;
    `folder` is where the project lies in the repository, `.` at its top.
    """

    run: str
    time: datetime
    environment: EnvironmentKey
    modules: tuple[RecordedModule, ...]
    """Sorted by path."""
    revision: Revision | None = None
    folder: str = "."
    is_complete: bool = True
    tests_passed: bool = True
    verdict: str = ""
    suite: SuiteFacts = SuiteFacts()
    more: Mapping[str, object] = {}
    """Fields that a newer version wrote; they are kept."""

    @property
    def share(self) -> Share:
        return sum((module.share for module in self.modules), NO_UNITS)

    @property
    def is_of_its_commit(self) -> bool:
        """Whether it tells what the commit's own tests cover: a complete, passing run on unchanged files."""
        return self.revision is not None and self.revision.is_clean and self.is_complete and self.tests_passed


def why_not_comparable(before: EnvironmentKey, now: EnvironmentKey) -> str | None:
    """Return the first thing in which two records differ, in words; None where their numbers are comparable."""
    if before.branches != now.branches:
        mode = {True: "with branches", False: "without branches"}
        return f"one was measured {mode[before.branches]}, the other {mode[now.branches]}"
    if before.systems and now.systems and before.systems != now.systems:
        return f"one ran on {_listed(before.systems)}, the other on {_listed(now.systems)}"
    if before.source and now.source and before.source != now.source:
        return f"one measured {_listed(before.source)}, the other {_listed(now.source)}"
    if before.exclusions and now.exclusions and before.exclusions != now.exclusions:
        return "coverage.py's settings of what counts (exclude, omit, include) are not the same"
    return None


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(names)

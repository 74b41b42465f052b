"""What one run reads from the history, and what it leaves there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from covgate.errors import CovgateError, UsageError
from covgate.files import read_ordinary
from covgate.git.repository import GitError, open_repository, project_folder
from covgate.git.revision import read_revision
from covgate.history.baseline import BaselineRequest, find_baseline
from covgate.history.opening import open_history
from covgate.history.store import Store
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.comparison import Baseline, BaselineMissing
from covgate.model.record import EnvironmentKey, Record, SuiteFacts, recorded_modules
from covgate.model.revision import Revision
from covgate.model.run_record import RunRecord
from covgate.model.snapshot import Snapshot


class RunHistory(NamedTuple):
    """The history as one run uses it. Whatever is wrong with it is told, and fails nothing."""

    root: Path
    environment: Mapping[str, str]
    store: Store | None
    """None where nothing is read or kept."""
    note: str | None
    """Why the history is not used, where somebody has committed it."""
    key: EnvironmentKey
    named: str | None
    """The baseline that an option names."""
    run: RunRecord | None
    """What is known of the run that measured."""

    def find_baseline(self, change: Change | ChangeUnavailable) -> Baseline | BaselineMissing | None:
        """Return what to compare with; None where the history is not used.

        Raises `UsageError` where an option names a baseline that cannot be used.
        """
        if self.store is None:
            return None
        try:
            return find_baseline(BaselineRequest(self.root, self.environment, self.store, self.key, self.named), change)
        except UsageError:
            raise
        except CovgateError as error:
            return BaselineMissing(error.message, error.remedy)

    def keep(self, snapshot: Snapshot, verdict: str, now: datetime) -> tuple[str, ...]:
        """Record a complete run whose data fit the sources; return notes on what went wrong."""
        if self.note is not None:
            return (self.note,)
        run = self.run
        is_complete = run is not None and run.partial is None and run.incomplete is None
        if self.store is None or run is None or not is_complete or snapshot.stale or snapshot.unreadable:
            return ()
        try:
            self.store.add([self._record(run, snapshot, verdict, now)])
        except CovgateError as error:
            return (f"this run is not recorded: {error.message}",)
        return ()

    def _record(self, run: RunRecord, snapshot: Snapshot, verdict: str, now: datetime) -> Record:
        revision, folder = _revision(self.root, self.environment)
        return Record(
            run=run.run,
            time=now,
            environment=self.key,
            modules=recorded_modules(snapshot),
            revision=revision,
            folder=folder,
            tests_passed=run.tests_passed,
            verdict=verdict,
            suite=suite_facts(self.root, run),
        )


def open_run_history(
    root: Path,
    environment: Mapping[str, str],
    *,
    key: EnvironmentKey,
    named: str | None,
    run: RunRecord | None,
    is_used: bool,
) -> RunHistory:
    """Open the history for a run; where `is_used` is false, it has none."""
    store, note = open_history(root, environment) if is_used else (None, None)
    return RunHistory(root, environment, store, note, key, named, run)


def suite_facts(root: Path, run: RunRecord) -> SuiteFacts:
    """Return what is known of the tests of a run; their lines are counted in the files as they are now."""
    return SuiteFacts(
        tests=run.test_count,
        files=len(run.tests),
        lines=sum(_count_lines(root / path) for path in run.tests),
        seconds=None if run.seconds is None else round(run.seconds, 2),
    )


def _revision(root: Path, environment: Mapping[str, str]) -> tuple[Revision | None, str]:
    try:
        repository = open_repository(root, environment)
        return read_revision(root, environment), project_folder(repository, root)
    except GitError as error:
        if error.is_expected:  # no repository, or no commit yet
            return None, "."
        raise


def _count_lines(path: Path) -> int:
    try:
        return read_ordinary(path).count(b"\n")
    except OSError:
        return 0

"""What one run reads from the history, and what it leaves there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from covgate.ci import is_ci
from covgate.errors import CovgateError, UsageError
from covgate.git.change import files_since
from covgate.git.patch import PatchError
from covgate.git.repository import GitError, open_repository, project_folder
from covgate.git.revision import read_revision
from covgate.history.baseline import BaselineRequest, find_baseline
from covgate.history.lost_tests import read_lost_tests
from covgate.history.opening import SWITCHED_OFF, OpenedHistory, open_history
from covgate.history.recorded import recorded_commits
from covgate.history.start import find_start, place_run
from covgate.history.suite import digest_suite, suite_facts
from covgate.judge.naming import named
from covgate.judge.trend import Subject, find_trend, with_run
from covgate.measurement.map_codec import encode_map
from covgate.measurement.staleness import digest_file
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.comparison import Baseline, BaselineMissing, Comparison
from covgate.model.lost_tests import LostTests
from covgate.model.record import EnvironmentKey, Record, recorded_modules
from covgate.model.revision import Revision
from covgate.model.run_record import MeasuredState, RunRecord
from covgate.model.settings import Settings
from covgate.model.snapshot import Snapshot
from covgate.model.test_map import TestMap
from covgate.model.trend import Start, Trend

MOST_RUNS = 30
"""Runs whose seconds are compared."""
NEWEST = 200
"""Records among which they are looked for."""


class RunHistory(NamedTuple):
    """The history as one run uses it. Whatever is wrong with it is told."""

    root: Path
    environment: Mapping[str, str]
    opened: OpenedHistory | None
    """None where the run neither compares nor leaves a record."""
    key: EnvironmentKey
    named: str | None
    """The baseline that an option names."""
    run: RunRecord | None
    """What is known of the run that measured."""
    is_measured_here: bool
    """Whether this process has just measured: then the data is of the files as they are."""

    def find_baseline(self, change: Change | ChangeUnavailable) -> Baseline | BaselineMissing | None:
        """Return what to compare with; None where the run compares nothing.

        Raises `UsageError` where an option names a baseline that cannot be used.
        """
        if self.opened is None:
            return None
        store, note = self.opened
        why = BaselineMissing(SWITCHED_OFF, error="history-off")
        if note is not None:
            why = BaselineMissing(note, is_error=True, error="history-refused")
        request = BaselineRequest(self.root, self.environment, store, self.key, self.named, why)
        try:
            return find_baseline(request, change)
        except UsageError:
            raise
        except CovgateError as error:
            return BaselineMissing(error.message, error.remedy, error=error.name)

    def find_start(self, now: datetime) -> Start | None:
        """Return where the way to the goal starts; None where nothing is compared, or the history cannot be read.

        What is wrong with the history is told with the baseline, and where the run is recorded.
        """
        if self.opened is None or self.opened.store is None:
            return None
        run = "" if self.run is None else self.run.run
        try:
            return find_start(self.root, self.environment, self.opened.store, key=self.key, run=run, now=now)
        except CovgateError:
            return None

    def find_trend(self, snapshot: Snapshot, settings: Settings, now: datetime) -> Trend | None:
        """Return how the total went up to this run; None where there is no history, or it cannot be read."""
        if self.opened is None or self.opened.store is None:
            return None
        run = Record("" if self.run is None else self.run.run, now, self.key, recorded_modules(snapshot))
        try:
            history = recorded_commits(self.root, self.environment, self.opened.store)
            return find_trend(with_run(history, place_run(self.root, self.environment, run)), Subject(), settings)
        except CovgateError:
            return None

    def earlier_seconds(self) -> tuple[float, ...]:
        """Return the seconds of the last complete, passing runs in the same environment, the oldest first.

        There are none for a run of a part of the tests, and for one with failed tests: its seconds are not comparable.
        """
        if (
            self.run is None
            or self.opened is None
            or self.opened.store is None
            or not (_is_complete(self.run) and self.run.tests_passed)
        ):
            return ()
        try:
            records = self.opened.store.newest(NEWEST)
        except CovgateError:
            return ()
        alike = (one for one in records if one.environment == self.key and one.run != self.run.run)
        seconds = [one.suite.seconds for one in alike if one.is_complete and one.tests_passed]
        return tuple(one for one in seconds if one is not None)[-MOST_RUNS:]

    def make_record(self, snapshot: Snapshot, verdict: str, now: datetime) -> tuple[Record | None, tuple[str, ...]]:
        """Return the record of a complete run whose data is of the files that are here; and notes on what is wrong."""
        run = self.run
        if self.opened is None or run is None or not _is_complete(run) or snapshot.stale or snapshot.unreadable:
            return None, ()
        try:
            now_here = run.state if self.is_measured_here else read_state(self.root, self.environment, run.state.commit)
            if now_here != run.state:
                return None, (f"this run is not recorded: {_what_differs(run.state, now_here)}",)
            return self._record(run, snapshot, verdict, now), ()
        except CovgateError as error:
            return None, (f"this run is not recorded: {error.message}",)

    def keep(self, record: Record | None) -> tuple[str, ...]:
        """Put the record of the run into the store; return notes on what went wrong."""
        store, note = self.opened or (None, None)
        if note is not None:
            return (note,)
        if store is None or record is None:
            return ()
        try:
            store.add([record])
        except CovgateError as error:
            return (f"this run is not recorded: {error.message}",)
        return ()

    def keep_map(self, record: Record | None, known: TestMap | None) -> tuple[str, ...]:
        """Put which test runs what beside a record that later runs may be compared with; return notes."""
        if self.opened is None or self.opened.store is None or record is None or known is None:
            return ()
        if not record.is_of_its_commit:
            return ()
        try:
            self.opened.store.add_map(record, encode_map(known))
        except CovgateError as error:
            return (f"which test runs what is not kept: {error.message}",)
        return ()

    def find_lost_tests(self, comparison: Comparison, baseline: Baseline, now: TestMap) -> tuple[LostTests, ...]:
        """Return the tests that used to run what is no longer covered; none where the baseline's are not known.

        Raises `CovgateError` for a history that cannot be read.
        """
        if self.opened is None or self.opened.store is None:
            return ()
        before = self.opened.store.find_map(baseline.record)
        if before is None:
            return ()
        return read_lost_tests(self.root, self.environment, comparison, baseline, before, now)

    def _record(self, run: RunRecord, snapshot: Snapshot, verdict: str, now: datetime) -> Record:
        revision, folder = _revision(self.root, self.environment)
        return Record(
            run=run.run,
            time=run.ended or now,
            environment=self.key,
            modules=recorded_modules(snapshot),
            revision=revision,
            folder=folder,
            tests_passed=run.tests_passed,
            verdict=verdict,
            suite=suite_facts(self.root, run)._replace(digest=digest_suite(self.root, run.tests)),
        )


def open_run_history(
    root: Path,
    environment: Mapping[str, str],
    *,
    key: EnvironmentKey,
    named: str | None,
    run: RunRecord | None,
    is_measured_here: bool,
    is_used: bool,
) -> RunHistory:
    """Open the history for a run; where `is_used` is false, it has none."""
    opened = open_history(root, environment) if is_used else None
    return RunHistory(root, environment, opened, key, named, run, is_measured_here)


def read_state(root: Path, environment: Mapping[str, str], commit: str | None = None) -> MeasuredState:
    """Return how the files of the project differ from a commit, by default from that which is checked out.

    In a CI untracked files do not count: a build may leave some behind. Nothing is known outside of a repository.
    """
    try:
        since = commit or open_repository(root, environment).commit("HEAD")
        files = () if since is None else files_since(root, environment, since)
    except (GitError, PatchError):
        return MeasuredState()
    counted = (file for file in files if file.status != "untracked" or not is_ci(environment))
    return MeasuredState(since, {file.path: digest_file(root / file.path) or "" for file in counted})


def _what_differs(then: MeasuredState, now: MeasuredState) -> str:
    """Return why what is here now is not what was tested."""
    if then.commit is None:
        return "which files it tested is not known"
    paths = {path for path, _ in then.edited.items() ^ now.edited.items()}
    return f"{named(sorted(paths))} changed after it" if paths else "another commit is checked out"


def _is_complete(run: RunRecord) -> bool:
    return run.partial is None and run.incomplete is None


def _revision(root: Path, environment: Mapping[str, str]) -> tuple[Revision | None, str]:
    try:
        repository = open_repository(root, environment)
        return read_revision(root, environment), project_folder(repository, root)
    except GitError as error:
        if error.is_expected:  # no repository, or no commit yet
            return None, "."
        raise

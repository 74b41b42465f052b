"""One run of the gate on one screen: read, judge, record, publish. Both doors call it."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timezone
from typing import NamedTuple

from covgate.errors import CovgateError
from covgate.files import shown_path
from covgate.git.change import read_change
from covgate.git.repository import share_repositories
from covgate.history.run_history import RunHistory, open_run_history, read_state
from covgate.judge.imports import find_imports
from covgate.judge.known_tests import answer_change
from covgate.judge.naming import is_test
from covgate.judge.nearest import Imports, Nearness
from covgate.judge.shards import continue_record
from covgate.judge.test_maps import merge_maps
from covgate.judge.untested import find_suite_gaps
from covgate.judge.verdict import judge, no_verdict
from covgate.measurement.data_files import refuse_committed
from covgate.measurement.lost_lines import read_lost_lines
from covgate.measurement.parsing.source_parser import check_cache
from covgate.measurement.reader import read_contents, read_snapshot
from covgate.measurement.run_table import StoredMap, keep_record
from covgate.measurement.test_files import find_test_files, read_texts
from covgate.measurement.test_map import place_map, read_test_map
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.comparison import Baseline
from covgate.model.node_ids import file_of
from covgate.model.record import EnvironmentKey
from covgate.model.rules import RulesChange, UnknownRules
from covgate.model.run_context import RunContext
from covgate.model.run_record import AND, Digests, RunRecord
from covgate.model.settings import is_set
from covgate.model.snapshot import Module, Snapshot
from covgate.model.test_map import TestMap
from covgate.model.verdict import Verdict
from covgate.project import Project
from covgate.publish import Published, ReportRequest, publish, shows_source, shows_suite_gaps, shows_trend
from covgate.rules.change import RulesRequest, read_rules_change


class Request(NamedTuple):
    """What a door asks: the verdict on which project, in which context, and where it goes."""

    project: Project
    context: RunContext
    reports: tuple[ReportRequest, ...] = ()
    record: RunRecord | None = None
    """What is known of the run that has just measured; None where data is judged that was there."""
    test_map: TestMap | None = None
    """Which test of that run runs what, by the names that source files have for coverage.py."""
    assumed: RunRecord | None = None
    """The run that the user says it was, where the data has no record."""


class Outcome(NamedTuple):
    """The verdict, and what became of the reports and of the map of tests."""

    verdict: Verdict
    published: Published
    stored: StoredMap | None = None


class SuiteMap(NamedTuple):
    """Which test runs what, which modules the test files import, and what ranks tests by both."""

    known: TestMap
    imports: Imports
    nearness: Nearness


def run_gate(request: Request) -> Outcome:
    """Read, judge, record, publish. Data that cannot be read make the verdict an ERROR, never a pass."""
    project = request.project
    history: RunHistory | None = None
    with _collector_at_rest(), share_repositories():
        try:
            change = find_change(project)
            snapshot = read_modules(project, request.context, change, all_texts=shows_source(request.reports))
            opened = history = _open_history(project, snapshot, request)
            baseline = opened.find_baseline(change)
            start = opened.find_start(now()) if is_set(project.settings.goal) else None
            context = request.context._replace(earlier_seconds=opened.earlier_seconds())
        except CovgateError as error:
            verdict = no_verdict(error, project.settings, request.context)
        else:
            rules = _read_rules(project, change, snapshot)
            verdict = judge(snapshot, project.settings, context, change, rules, baseline, start)
            verdict = verdict._replace(lost=read_lost_lines(verdict.comparison, snapshot, project.root))
            if shows_trend(request.reports) and verdict.is_of_all_tests:
                verdict = verdict._replace(trend=opened.find_trend(snapshot, project.settings, now()))
            if not verdict.has_data_error:
                record, notes = opened.make_record(snapshot, verdict.status, now())
                verdict = verdict._replace(record=record).with_notes([*notes, *opened.keep(record)])
        stored = None
        if request.record is not None:
            snapshot = verdict.snapshot
            stored = _record(request.record, snapshot.digests, snapshot.unmeasured_files, project, request.test_map)
        verdict = _with_tests(verdict, request, history)
        return Outcome(verdict, publish(verdict, request.reports, project.root, project.environment), stored)


def _with_tests(verdict: Verdict, request: Request, history: RunHistory | None) -> Verdict:
    """Add what is known of the tests: of the change, of lost lines, and where a report shows it of all modules.

    Beside a record that later runs are compared with, the history keeps it.
    """
    project, snapshot, change, kept = request.project, verdict.snapshot, verdict.change, verdict.record
    is_listed = shows_suite_gaps(request.reports)
    is_kept = kept is not None and kept.is_of_its_commit
    if not snapshot.modules or not (is_listed or is_kept or verdict.lost or (change is not None and change.covered)):
        return verdict
    if request.record is not None:
        record = request.record._replace(files=snapshot.digests)
        project = project._replace(measurement=project.measurement._replace(record=record))
    try:
        known = read_tests(project, snapshot)
        if known is None:
            return verdict
        if change is not None:
            modules = {module.path: module for module in snapshot.modules}
            verdict = verdict._replace(change_tests=answer_change(change, modules, snapshot.texts, known))
        if history is not None:
            verdict = verdict.with_notes(history.keep_map(kept, known))
            if verdict.lost and verdict.comparison is not None and isinstance(verdict.baseline, Baseline):
                lost_tests = history.find_lost_tests(verdict.comparison, verdict.baseline, known)
                verdict = verdict._replace(lost_tests=lost_tests)
        tests = read_suite(project, snapshot) if is_listed else None
    except CovgateError as error:
        return verdict.with_notes([f"which test runs what is not known: {error.message}"])
    if tests is not None:
        gaps = find_suite_gaps(tests.known, snapshot.modules, project.settings, tests.imports)
        verdict = verdict._replace(suite_gaps=gaps)
    return verdict


def read_suite(project: Project, snapshot: Snapshot, module: Module | None = None) -> SuiteMap | None:
    """Read which test runs what, and what the test files import: those that reach `module`, or all.

    None where no map of tests is there; raises `DataError` for what cannot be read.
    """
    known = read_tests(project, snapshot)
    if known is None:
        return None
    files = set(map(file_of, known.tests if module is None else known.tests_of_module(module.path)))
    if module is None:
        files.update(find_test_files(project.root, project.record))
    packages = [found.path for found in snapshot.modules if found.path.endswith("__init__.py")]
    texts = read_texts(project.root, files)
    imports = find_imports(texts, snapshot.modules, read_texts(project.root, packages))
    return SuiteMap(known, imports, Nearness(known, imports))


def _open_history(project: Project, snapshot: Snapshot, request: Request) -> RunHistory:
    """Open what the run may read from the history and leave in it: nothing, where only the change is judged."""
    run = request.record or project.record or request.assumed
    return open_run_history(
        project.root,
        project.environment,
        key=environment_key(project, snapshot, run),
        named=project.baseline,
        run=run,
        is_measured_here=request.record is not None,
        is_used=bool(snapshot.modules) and not request.context.change_only,
    )


def environment_key(project: Project, snapshot: Snapshot, run: RunRecord | None) -> EnvironmentKey:
    """Return what another record must share with this measurement, so that the two are comparable."""
    root = project.root.resolve()
    return EnvironmentKey(
        branches=snapshot.has_branches,
        systems=tuple(run.environment.split(AND)) if run is not None and run.environment else (),
        source=tuple(sorted(shown_path(root, str(place)) for place in project.measurement.source)),
        exclusions=project.coverage_settings.exclusions,
    )


def record_only(project: Project, record: RunRecord, test_map: TestMap | None = None) -> int:
    """Record what was measured, without a judgement; return the number of modules.

    Raises `DataError` where nothing was measured.
    """
    files, unmeasured = read_contents(project.measurement, project.root)
    with share_repositories():
        _record(record, files, unmeasured, project, test_map)
    return len(files)


def record_failure(project: Project, record: RunRecord) -> None:
    """Record that the run has no verdict: its data is of no use to a later command."""
    _record(record._replace(incomplete="the run ended with an internal error of covgate"), {}, (), project)


def find_change(project: Project) -> Change | ChangeUnavailable:
    """Read the change that the options and settings ask for; raises `UsageError` where a diff file does not fit."""
    asked = project.change.is_asked_for or project.settings.asks_about_the_change  # targets of hooks may ask too
    return read_change(project.change._replace(is_asked_for=asked), project.root)


def read_modules(
    project: Project,
    context: RunContext,
    change: Change | ChangeUnavailable | None = None,
    *,
    texts_of: Collection[str] = (),
    all_texts: bool = False,
) -> Snapshot:
    """Read what was measured; raises `CovgateError` for what cannot be read.

    The text is kept of the files of the change, of modules with accepted gaps, and of those that `texts_of` names.
    """
    measurement = project.measurement
    if not measurement.measured_here:
        refuse_committed(measurement.data_file, measurement.data, project.root, project.environment)
    changed = {file.path for file in change.files} if isinstance(change, Change) else set()
    accepted = {entry.module.text.removeprefix("./") for entry in project.settings.accept}
    return read_snapshot(
        measurement,
        project.root,
        changed,
        check_cache(project.parsing, project.root, project.environment),
        None if all_texts else accepted.union(texts_of),
        finds_changes=context.stale != "ignore",
    )


def read_tests(project: Project, snapshot: Snapshot) -> TestMap | None:
    """Read which test runs what of the modules of `snapshot`; None where the data does not say.

    Raises `DataError` for a map that cannot be read.
    """
    return read_test_map(project.measurement, project.root, snapshot)


def today() -> date:
    """The day in UTC: where a build runs does not decide what is still accepted."""
    return now().date()


def now() -> datetime:
    """The second in UTC."""
    return datetime.now(timezone.utc).replace(microsecond=0)


def _read_rules(project: Project, change: Change | ChangeUnavailable, snapshot: Snapshot) -> RulesChange | UnknownRules:
    """Read the gate's rules at the base and now."""
    measurement = project.measurement
    rules = RulesRequest(
        root=project.root,
        folder=measurement.base,
        config_file=measurement.config_file,
        source=measurement.source,
        environment=project.environment,
        is_test=is_test,
    )
    return read_rules_change(change, [module.path for module in snapshot.all_modules], rules)


def _record(
    record: RunRecord,
    files: Digests,
    unmeasured: Iterable[str],
    project: Project,
    test_map: TestMap | None = None,
) -> StoredMap | None:
    """Keep the record and the map in the data file; where the run added its data to those of another one, for both."""
    measurement = project.measurement
    if test_map is not None:
        test_map = place_map(test_map, measurement, project.root, files)
    state = read_state(project.root, project.environment)
    record = record._replace(files=files, unmeasured=frozenset(unmeasured), state=state)
    if measurement.adds_to_earlier:
        record = continue_record(record, measurement.record)
        maps = [known for known in (measurement.earlier_map, test_map) if known is not None]
        test_map = merge_maps(maps) if len(maps) == 2 else None  # half a map would miss tests
    return keep_record(record, measurement.data_file, test_map)


@contextlib.contextmanager
def _collector_at_rest() -> Iterator[None]:
    """A verdict makes many values that all stay; collecting would walk what the tests left, over and over."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

"""The gate during one run of pytest: gathers what happens until the last test."""

from __future__ import annotations

import argparse
import sys
import time
import uuid
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from covgate.config.mode import ModeChoice
from covgate.config.settings import with_targets
from covgate.errors import CovgateError, UsageError
from covgate.model.run_record import MeasuringOptions, RunRecord
from covgate.plugin import as_compiled
from covgate.plugin.measuring import MeasuringStart
from covgate.plugin.partial import RunEvents, selection_reason, shard_of, stopped_reason
from covgate.plugin.test_map import MapRecorder
from covgate.plugin.tracing import UNTRACED, TracingWatch
from covgate.plugin.xdist import ControllerHooks, WorkerSession, lost_workers
from covgate.project import Project

if TYPE_CHECKING:
    from covgate.measurement.sources import Sources
    from covgate.model.test_map import TestMap
    from covgate.plugin.ending import Ending
    from covgate.publish import ReportRequest


MAP = "covgate-map"
MAP_OFF = "does not record which test runs what, as the settings or --no-covgate-map say"


class GateOptions(NamedTuple):
    """What the options of the gate ask for."""

    mode: ModeChoice
    judge_partial: bool
    reports: tuple[ReportRequest, ...]
    all_rows: bool
    strict: bool


class RunPlan(NamedTuple):
    """What was settled before the first test; paths are frozen against tests that change folders."""

    project: Project
    options: GateOptions
    measuring: MeasuringOptions
    deviations: tuple[str, ...]
    """The options by which the run measures something else than the settings say."""
    configured: argparse.Namespace
    """The options of the configured addopts alone."""
    start: MeasuringStart
    records_map: bool = True
    """Whether it records which test runs what."""
    has_contexts: bool = False
    """Whether coverage.py records it as well, in contexts."""


class GateOff:
    """Says in one line that the gate is off, and who switched it off."""

    start = None

    def __init__(self, source: str) -> None:
        self._line = f"coverage gate: off ({source})"
        self._is_printed = False

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        self._print(terminalreporter)

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Older pytest skips every summary under --no-summary."""
        if not hasattr(config, "workerinput"):
            self._print(config.pluginmanager.getplugin("terminalreporter"))

    def _print(self, reporter: pytest.TerminalReporter | None) -> None:
        if self._is_printed:
            return
        self._is_printed = True
        if reporter is None:
            sys.stderr.write(f"{self._line}\n")
        else:
            reporter.write_line(self._line)


class GateSession:
    """The hooks of one run that is measured and judged, in the process that judges it.

    Most of them run while pytest-cov measures, and some ends of a run leave it measuring. coverage.py
    pauses an outer measurement of covgate itself meanwhile, so our own gate cannot see this code: it
    is marked "paused".
    """

    def __init__(self, plan: RunPlan) -> None:
        self._plan = plan
        self.start = plan.start
        self._data = plan.start.data
        measurement = plan.project.measurement._replace(data_file=self._data.path)
        self._project = plan.project._replace(measurement=measurement)
        self._measuring = plan.measuring
        self._events = RunEvents()
        self._started = time.perf_counter()
        self._loop_error: BaseException | None = None
        self._ending: Ending | None = None
        self._map = MapRecorder(watches_lines=not plan.has_contexts) if plan.records_map else None
        self._worker_maps: list[tuple[bytes, bytes]] = []

    def begin(self, config: pytest.Config) -> None:  # pragma: no cover - paused
        """Record which test runs what, now that pytest-cov measures."""
        self.start.leave()
        measuring = config.pluginmanager.getplugin("_cov")
        if self._map is not None and measuring is not None:
            self._map.start(measuring.cov_controller.cov)

    def pytest_configure(self, config: pytest.Config) -> None:  # pragma: no cover - paused
        plugins = config.pluginmanager
        if not plugins.hasplugin("_cov"):
            error = UsageError("missing-package", "pytest-cov did not start", "update it: pip install -U pytest-cov")
            raise pytest.UsageError(f"coverage gate: {error}")
        if hasattr(config, "workerinput"):
            self._data.discard()
            plugins.unregister(self)
            plugins.register(WorkerSession(config, self.start, self._map), "covgate-worker")
        elif plugins.hasplugin("xdist"):
            hooks = ControllerHooks(self._data.path, self._events, self._worker_maps)
            plugins.register(hooks, "covgate-controller")
        if self._map is not None:
            plugins.register(self._map, MAP)
        plugins.register(TracingWatch(), "covgate-tracing")

    def pytest_report_header(self, config: pytest.Config) -> list[str]:  # pragma: no cover - paused
        if config.getoption("verbose", 0) < 1:
            return []
        core = f", with coverage.py's {self.start.core} core" if self.start.core else ""
        line = f"coverage gate: measures {_shown(self._project.sources)}{core}"
        return [line, f"coverage gate: {MAP_OFF if self._map is None else self._map.description}"]

    def pytest_sessionstart(self, session: pytest.Session) -> None:  # pragma: no cover - paused
        controller = session.config.pluginmanager.getplugin("_cov").cov_controller
        controller.finish = self._data.wrap_finish(controller.finish)
        self._adjust_targets(session)
        with as_compiled(session.config):
            self._parse_ahead(controller.cov)

    def _adjust_targets(self, session: pytest.Session) -> None:  # pragma: no cover - paused
        settings = self._project.settings
        answers = session.config.hook.pytest_covgate_targets(config=session.config, settings=settings)
        try:
            for targets in reversed(answers):  # pluggy asks the nearest conftest.py first; it has the last word
                settings = with_targets(settings, targets, "pytest_covgate_targets")
                self._measuring = self._measuring._replace(targets={**self._measuring.targets, **targets})
        except CovgateError as error:
            raise pytest.UsageError(f"coverage gate: {error}") from None
        self._project = self._project._replace(settings=settings)

    def _parse_ahead(self, cov: Any) -> None:  # pragma: no cover - paused
        if self._plan.options.mode.mode != "measure":
            from covgate.measurement.parsing.choice import is_worth_a_worker

            parsing, source = self._project.parsing, self._project.measurement.source
            if parsing.jobs > 1 and is_worth_a_worker(source):
                from covgate.measurement.parsing.parsed_source import ParseSettings
                from covgate.measurement.parsing.source_parser import check_cache
                from covgate.measurement.parsing.workers import BackgroundParser

                parsing = check_cache(parsing, self._project.root, self._project.environment)
                ahead = BackgroundParser(idle=True)
                ahead.parse(source, ParseSettings.of(cov, branches=bool(cov.config.branch)), parsing.cache)
                self._project = self._project._replace(parsing=parsing._replace(ahead=ahead))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:  # pragma: no cover - paused
        self._events.collection_errors += report.failed

    def pytest_deselected(self, items: list[pytest.Item]) -> None:  # pragma: no cover - paused
        self._events.deselected += len(items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:  # pragma: no cover - paused
        self._events.tests.add(report.nodeid)
        if hasattr(report, UNTRACED):
            self._events.untraced.setdefault(report.nodeid)
        self._events.has_failures |= report.failed and not hasattr(report, "wasxfail")  # as pytest counts them

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:  # pragma: no cover - paused
        try:
            return (yield)
        except BaseException as error:
            self._loop_error = error
            raise

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
            return  # pragma: no cover - paused
        with as_compiled(session.config):
            self._finish(session)

    def _finish(self, session: pytest.Session) -> None:
        from covgate.plugin.ending import Ending, MeasuredRun, end_run

        if _was_interrupted(session, self._loop_error):  # pragma: no cover - paused
            self._ending = Ending(lines=("coverage gate: not judged, the run was interrupted",))
            return
        self._events.stopped_early = _stopped_early(session, self._loop_error)
        controller = session.config.pluginmanager.getplugin("_cov").cov_controller
        if self._loop_error is not None:  # pragma: no cover - paused
            controller.finish()  # pytest-cov saves only after a loop that ended by itself
        record = self._record(session, lost_workers(controller))
        measured = MeasuredRun(record, self._read_map())
        self._ending = end_run(self._project, self._plan.options, measured, self._data, session.config)
        if self._ending.fails and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _read_map(self) -> TestMap | None:
        """Return what was recorded here, or in the workers."""
        if self._worker_maps:
            from covgate.plugin.test_map import join_maps

            return join_maps(self._worker_maps)
        return None if self._map is None else self._map.result()

    def _record(self, session: pytest.Session, incomplete: str | None) -> RunRecord:
        """Return what is known of the run before its data are read."""
        from covgate.measurement.location import this_system
        from covgate.measurement.staleness import digest_files
        from covgate.run import now

        return RunRecord(
            run=uuid.uuid4().hex[:16],
            environment=this_system(),
            measuring=self._measuring,
            deviations=self._plan.deviations,
            selection=selection_reason(session.config, self._plan.configured, self._events),
            shard=shard_of(session.config.option),
            is_shard=self._plan.options.mode.mode == "measure",
            stopped=stopped_reason(self._events),
            incomplete=incomplete,
            tests_passed=_have_passed(session, self._events),
            test_count=len(self._events.tests),
            ended=now(),
            seconds=time.perf_counter() - self._started,
            tests=digest_files(self._project.root, {nodeid.partition("::")[0] for nodeid in self._events.tests}),
        )

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        self._print(terminalreporter)

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Older pytest skips every summary under --no-summary; the verdict is printed all the same."""
        if self._project.parsing.ahead is not None:
            self._project.parsing.ahead.stop()
        self._data.discard()
        self._print(config.pluginmanager.getplugin("terminalreporter"))

    def _print(self, reporter: pytest.TerminalReporter | None) -> None:
        ending, self._ending = self._ending, None
        if ending is not None:
            from covgate.plugin.ending import print_ending

            print_ending(ending, reporter, all_rows=self._plan.options.all_rows)


def _shown(sources: Sources | None) -> str:  # pragma: no cover - paused
    if sources is None:
        return "what --cov says"
    named = ", ".join(value for value in sources.values if value is not None)
    return f"{named or 'what coverage.py is set to'} ({sources.found_by})"


def _stopped_early(session: pytest.Session, loop_error: BaseException | None) -> str | None:
    """-x, --maxfail and the like end the loop before all tests ran."""
    if isinstance(loop_error, pytest.Session.Failed | pytest.Session.Interrupted):  # pragma: no cover - paused
        return f"the run {str(loop_error) or 'stopped early'}"
    stop = session.shouldfail or session.shouldstop
    return f"the run stopped early: {stop}" if stop else None


def _have_passed(session: pytest.Session, events: RunEvents) -> bool:
    """Whether tests ran and none failed. A total below --cov-fail-under has the exit status of failed tests too."""
    if session.exitstatus == pytest.ExitCode.TESTS_FAILED:
        return not (events.has_failures or events.collection_errors)
    return session.exitstatus == pytest.ExitCode.OK


def _was_interrupted(session: pytest.Session, loop_error: BaseException | None) -> bool:
    """Ctrl-C or pytest.exit(), as against a loop that pytest itself ended."""
    if isinstance(loop_error, pytest.Session.Interrupted):  # pragma: no cover - paused
        return False
    if isinstance(loop_error, KeyboardInterrupt | pytest.exit.Exception):  # pragma: no cover - paused
        return True
    return session.exitstatus == pytest.ExitCode.INTERRUPTED and loop_error is None

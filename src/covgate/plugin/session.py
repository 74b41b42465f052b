"""The gate during one run: gathers what happens, judges at the end, prints."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import uuid
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from covgate.config.mode import ModeChoice
from covgate.config.settings import with_targets
from covgate.errors import CovgateError, internal_error_text
from covgate.git.change import ChangeRequest
from covgate.judge.shards import continue_record
from covgate.judge.verdict import Circumstances
from covgate.measurement.parsing.parsed_source import ParseSettings
from covgate.measurement.parsing.worker import is_worth_a_worker
from covgate.measurement.parsing.workers import BackgroundParser
from covgate.measurement.reader import read_contents
from covgate.measurement.run_table import NoRecord, keep_record
from covgate.measurement.sources import Sources
from covgate.measurement.staleness import digest_files
from covgate.model.context import ReportContext
from covgate.model.run_record import MeasuringOptions, RunRecord
from covgate.model.verdict import Verdict
from covgate.model.words import counted
from covgate.plugin.colour import highlighted
from covgate.plugin.measuring import MeasuringStart
from covgate.plugin.partial import RunEvents, selection_reason, shard_of, stopped_reason
from covgate.plugin.xdist import DATA_FILE, DESELECTED, WorkerSession
from covgate.project import Project
from covgate.publish import ReportRequest, report_text, write_report
from covgate.reports.styled import Line, Span, Style, View, plain
from covgate.reports.terminal import terminal_summary
from covgate.run import Request, judge_run, today

MARKUP: dict[Style, dict[str, bool]] = {
    "plain": {},
    "good": {"green": True},
    "bad": {"red": True, "bold": True},
    "poor": {"red": True},
    "fair": {"yellow": True},
    "dim": {"light": True},
    "strong": {"bold": True},
    "code": {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What was settled before the first test; paths are frozen against tests that change folders."""

    project: Project
    measuring: MeasuringOptions
    mode: ModeChoice
    configured: argparse.Namespace
    """The options of the configured addopts alone."""
    change: ChangeRequest
    judge_partial: bool
    reports: tuple[ReportRequest, ...]
    context: ReportContext | None
    """Where the reports are made; None where none is asked for."""
    deviations: tuple[str, ...]
    """The options by which the run measures something else than the settings say."""
    all_rows: bool
    strict: bool
    start: MeasuringStart
    earlier: RunRecord | NoRecord | None = None
    """What is known of the data that the run adds to; None where it starts anew."""


class GateOff:
    """Says in one line that the gate is off, and who switched it off."""

    start = None

    def __init__(self, source: str) -> None:
        self._line = f"coverage gate: off ({source})"
        self._said = False

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        self._say(terminalreporter)

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Older pytest skips every summary under --no-summary."""
        if not hasattr(config, "workerinput"):
            self._say(config.pluginmanager.getplugin("terminalreporter"))

    def _say(self, reporter: pytest.TerminalReporter | None) -> None:
        if self._said:
            return
        self._said = True
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
        measurement = replace(plan.project.measurement, data_file=self._data.path, measured_here=True)
        self._project = replace(plan.project, measurement=measurement)
        self._measuring = plan.measuring
        self._events = RunEvents()
        self._loop_error: BaseException | None = None
        self._verdict: Verdict | None = None
        self._measured = ""
        self._trouble: list[str] = []
        self._shown = False

    def pytest_configure(self, config: pytest.Config) -> None:  # pragma: no cover - paused
        if not config.pluginmanager.hasplugin("_cov"):
            raise pytest.UsageError("coverage gate: pytest-cov did not start; update it: pip install -U pytest-cov")
        if hasattr(config, "workerinput"):
            self._data.discard()
            config.pluginmanager.unregister(self)
            config.pluginmanager.register(WorkerSession(config, self.start), "covgate-worker")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # pragma: no cover - paused
        node.workerinput[DATA_FILE] = str(self._data.path)

    def pytest_report_header(self, config: pytest.Config) -> str | None:  # pragma: no cover - paused
        if config.get_verbosity() < 1:
            return None
        core = f", with coverage.py's {self.start.core} core" if self.start.core else ""
        return f"coverage gate: measures {_shown(self._project.sources)}{core}"

    def pytest_sessionstart(self, session: pytest.Session) -> None:  # pragma: no cover - paused
        controller = session.config.pluginmanager.getplugin("_cov").cov_controller
        controller.finish = self._data.wrap_finish(controller.finish)
        self._adjust_targets(session)
        self._parse_ahead(controller.cov)

    def _adjust_targets(self, session: pytest.Session) -> None:  # pragma: no cover - paused
        settings = self._project.settings
        answers = session.config.hook.pytest_covgate_targets(config=session.config, settings=settings)
        try:
            for targets in reversed(answers):  # pluggy asks the nearest conftest.py first; it has the last word
                settings = with_targets(settings, targets, "pytest_covgate_targets")
                self._measuring = replace(self._measuring, targets={**self._measuring.targets, **targets})
        except CovgateError as error:
            raise pytest.UsageError(f"coverage gate: {error}") from None
        self._project = replace(self._project, settings=settings)

    def _parse_ahead(self, cov: Any) -> None:  # pragma: no cover - paused
        parsing, source = self._project.parsing, self._project.measurement.source
        if self._plan.mode.mode != "measure" and parsing.jobs > 1 and is_worth_a_worker(source):
            settings = ParseSettings.of(cov, branches=bool(cov.config.branch))
            ahead = BackgroundParser(idle=True)
            ahead.parse(source, settings, parsing.cache)
            self._project = replace(self._project, parsing=replace(parsing, ahead=ahead))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:  # pragma: no cover - paused
        self._events.collection_errors += report.failed

    def pytest_deselected(self, items: list[pytest.Item]) -> None:  # pragma: no cover - paused
        self._events.deselected += len(items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:  # pragma: no cover - paused
        self._events.test_files.add(report.nodeid.partition("::")[0])

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:  # pragma: no cover - paused
        try:
            return (yield)
        except BaseException as error:
            self._loop_error = error
            raise

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # pragma: no cover - paused
        """Every worker deselects the same tests."""
        deselected = getattr(node, "workeroutput", {}).get(DESELECTED, 0)
        self._events.deselected = max(self._events.deselected, deselected)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        config = session.config
        broken = session.exitstatus in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR)
        if broken:  # pragma: no cover - paused
            self._shown = True
            return
        self._events.stopped_early = _stopped_early(session, self._loop_error)
        if _was_interrupted(session, self._loop_error):  # pragma: no cover - paused
            self._trouble.append("coverage gate: not judged, the run was interrupted")
            return
        controller = config.pluginmanager.getplugin("_cov").cov_controller
        if self._loop_error is not None:  # pragma: no cover - paused
            controller.finish()  # pytest-cov saves only after a loop that ended by itself
        record = self._record(config, _incomplete(controller), session.exitstatus == pytest.ExitCode.OK)
        fails = self._measure(record) if self._plan.mode.mode == "measure" else self._judge(config, record)
        if fails and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _record(self, config: pytest.Config, incomplete: str | None, tests_passed: bool) -> RunRecord:
        """What is known of the run before its data are read."""
        return RunRecord(
            run=uuid.uuid4().hex,
            environment=f"{platform.system()}, Python {sys.version_info[0]}.{sys.version_info[1]}",
            measuring=self._measuring,
            deviations=self._plan.deviations,
            selection=selection_reason(config, self._plan.configured, self._events),
            shard=shard_of(config.option),
            is_shard=self._plan.mode.mode == "measure",
            stopped=stopped_reason(self._events),
            incomplete=incomplete,
            tests_passed=tests_passed,
            tests=digest_files(self._project.root, self._events.test_files),
        )

    def _measure(self, record: RunRecord) -> bool:
        """Record what was measured, without a judgement; whether the run fails, as nothing was."""
        try:
            files, unmeasured = read_contents(self._project.measurement, self._project.root)
        except CovgateError as error:
            self._trouble.append(f"ERROR coverage gate: nothing was measured: {error}")
            return True
        except Exception as error:
            return self._fail_by_our_error(error, record)
        self._measured = (
            f"coverage gate: {counted(len(files), 'module')} measured, not judged ({self._plan.mode.source})"
        )
        return self._publish(replace(record, files=files, unmeasured=unmeasured))

    def _judge(self, config: pytest.Config, record: RunRecord) -> bool:
        """Judge, record, report; whether the run fails."""
        mode = self._plan.mode.mode
        assert mode != "measure"
        circumstances = Circumstances(
            today=today(),
            strict=self._plan.strict,
            mode=mode,
            partial=record.partial,
            judge_partial=self._plan.judge_partial,
            incomplete=record.incomplete,
            notes=self._project.notes,
        )
        try:
            self._verdict = judge_run(self._request(circumstances))
        except Exception as error:
            return self._fail_by_our_error(error, record)
        snapshot = self._verdict.snapshot
        is_lost = self._publish(
            replace(record, files=snapshot.digests, unmeasured=frozenset(snapshot.unmeasured_files))
        )
        config.hook.pytest_covgate_verdict(config=config, verdict=self._verdict)
        self._write_files(self._verdict)
        return self._verdict.fails_the_run or ((is_lost or bool(self._trouble)) and mode == "fail")

    def _fail_by_our_error(self, error: Exception, record: RunRecord) -> bool:
        """Never a pass: nobody knows what the gate would have said."""
        self._trouble.append(f"ERROR coverage gate: {internal_error_text(error, os.environ)}")
        self._publish(replace(record, incomplete="the run ended with an internal error of covgate"))
        return self._plan.mode.mode != "warn"

    def _request(self, circumstances: Circumstances) -> Request:
        change = self._plan.change
        asked = change.is_asked_for or self._project.settings.asks_about_the_change  # hooks may ask too
        return Request(
            project=self._project,
            change=replace(change, is_asked_for=asked),
            circumstances=circumstances,
            all_sources=any(report.format.shows_source for report in self._plan.reports),
        )

    def _publish(self, record: RunRecord) -> bool:
        """Keep the record with the data, and put the data where everybody looks for it; whether that failed."""
        earlier = self._plan.earlier
        if earlier is not None:
            record = continue_record(record, earlier if isinstance(earlier, RunRecord) else None)
        try:
            keep_record(record, self._data.path)
            self._data.publish()
        except OSError as error:
            self._trouble.append(f"ERROR coverage gate: {self._data.usual} cannot be written: {error.strerror}")
            return True
        return False

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        self._show(terminalreporter)

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Older pytest skips every summary under --no-summary; the verdict is told all the same."""
        if self._project.parsing.ahead is not None:
            self._project.parsing.ahead.stop()
        self._data.discard()
        self._show(config.pluginmanager.getplugin("terminalreporter"))

    def _write_files(self, verdict: Verdict) -> None:
        for request in self._plan.reports:
            if request.path is not None:
                try:
                    write_report(request, request.path, self._text(request, verdict))
                except CovgateError as error:
                    self._trouble.append(f"ERROR coverage gate: {error}")

    def _show(self, reporter: pytest.TerminalReporter | None) -> None:
        if self._shown:
            return
        self._shown = True
        lines: tuple[Line, ...] = ()
        if self._verdict is not None:
            lines = self._summary(self._verdict, self._view(reporter))
        if self._measured:
            lines = ((Span(self._measured),),)
        lines += tuple((Span(trouble, "bad"),) for trouble in self._trouble)
        if reporter is None:
            sys.stderr.write(plain(lines))
        elif lines:
            if len(lines) > 1 or reporter.verbosity >= 0:
                reporter.section("coverage gate")
            for line in lines:
                for span in line:
                    _write(reporter, span)
                reporter.line("")
        self._print_reports()

    def _summary(self, verdict: Verdict, view: View) -> tuple[Line, ...]:
        try:
            return terminal_summary(verdict, view)
        except Exception as error:
            return ((Span(f"ERROR coverage gate: {internal_error_text(error, os.environ)}", "bad"),),)

    def _view(self, reporter: pytest.TerminalReporter | None) -> View:
        if reporter is None:
            return View()
        width = reporter._tw.fullwidth
        return View(width=width, verbosity=reporter.verbosity, all_rows=self._plan.all_rows)

    def _print_reports(self) -> None:
        for request in self._plan.reports:
            if request.path is None and self._verdict is not None:
                sys.stdout.write(self._text(request, self._verdict))

    def _text(self, request: ReportRequest, verdict: Verdict) -> str:
        assert self._plan.context is not None
        return report_text(request, verdict, self._plan.context)


def _shown(sources: Sources | None) -> str:  # pragma: no cover - paused
    if sources is None:
        return "what --cov says"
    named = ", ".join(value for value in sources.values if value is not None)
    return f"{named or 'what coverage.py is set to'} ({sources.found_by})"


def _write(reporter: pytest.TerminalReporter, span: Span) -> None:
    if span.style == "code" and reporter.hasmarkup:
        reporter.write(highlighted(span.text))
    else:
        reporter.write(span.text, **MARKUP[span.style])


def _stopped_early(session: pytest.Session, loop_error: BaseException | None) -> str | None:
    """-x, --maxfail and the like end the loop before all tests ran."""
    if isinstance(loop_error, pytest.Session.Failed | pytest.Session.Interrupted):  # pragma: no cover - paused
        return f"the run {str(loop_error) or 'stopped early'}"
    stop = session.shouldfail or session.shouldstop
    return f"the run stopped early: {stop}" if stop else None


def _was_interrupted(session: pytest.Session, loop_error: BaseException | None) -> bool:
    """Ctrl-C or pytest.exit(), as against a loop that pytest itself ended."""
    if isinstance(loop_error, pytest.Session.Interrupted):  # pragma: no cover - paused
        return False
    if isinstance(loop_error, KeyboardInterrupt | pytest.exit.Exception):  # pragma: no cover - paused
        return True
    return session.exitstatus == pytest.ExitCode.INTERRUPTED and loop_error is None


def _incomplete(controller: Any) -> str | None:
    failed = [node.gateway.id for node in getattr(controller, "failed_workers", ())]
    if not failed:
        return None
    return f"no coverage data came back from xdist worker {', '.join(sorted(set(failed)))}; find out why it died"

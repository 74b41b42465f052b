"""The gate during one run: gathers what happens, judges at the end, prints."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from covgate import gate
from covgate.errors import CovgateError
from covgate.inputs.change.read import ChangeRequest
from covgate.inputs.coverage_data import Measurement
from covgate.inputs.settings import with_targets
from covgate.inputs.sources import Sources
from covgate.inputs.static.ahead import Ahead
from covgate.inputs.static.parsing import Parsing
from covgate.inputs.static.source import ParseSettings
from covgate.inputs.static.worker import is_worth_a_worker
from covgate.internal_error import internal_error_text
from covgate.judge.verdict import Circumstances
from covgate.mode import ModeChoice
from covgate.model.context import ReportContext
from covgate.model.settings import Settings
from covgate.model.verdict import Verdict
from covgate.plugin.colour import highlighted
from covgate.plugin.core import Core
from covgate.plugin.partial import RunEvents, partial_reason
from covgate.publish import ReportRequest, report_text, write_report
from covgate.reports.styled import Line, Span, Style, View, plain
from covgate.reports.terminal import terminal_summary
from covgate.run_record import RunRecord, keep_record

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
DESELECTED = "covgate_deselected"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What was settled before the first test; paths are frozen against tests that change folders."""

    root: Path
    measurement: Measurement
    settings: Settings
    mode: ModeChoice
    sources: Sources | None
    configured: argparse.Namespace
    change: ChangeRequest
    notes: tuple[str, ...]
    judge_partial: bool
    reports: tuple[ReportRequest, ...]
    context: ReportContext | None
    """Where the reports are made; None where none is asked for."""
    measuring_options: tuple[str, ...]
    """Those by which the run measures something else than the settings say."""
    all_rows: bool
    strict: bool
    parsing: Parsing
    core: Core


class GateOff:
    """Says in one line that the gate is off, and who switched it off."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.core = Core(None)

    def pytest_report_header(self) -> str:
        return f"coverage gate: off ({self._source})"


class GateSession:
    """The hooks of one judged run. Workers of pytest-xdist only count what they deselect.

    Most of them run while pytest-cov measures, and some ends of a run leave it measuring. coverage.py
    pauses an outer measurement of covgate itself meanwhile, so our own gate cannot see this code: it
    is marked "paused".
    """

    def __init__(self, plan: RunPlan) -> None:
        self._plan = plan
        self.core = plan.core
        self._parsing = plan.parsing
        self._settings = plan.settings
        self._events = RunEvents()
        self._is_worker = False
        self._loop_error: BaseException | None = None
        self._verdict: Verdict | None = None
        self._trouble: list[str] = []
        self._shown = False

    def pytest_configure(self, config: pytest.Config) -> None:  # pragma: no cover - paused
        self._is_worker = hasattr(config, "workerinput")
        if not config.pluginmanager.hasplugin("_cov"):
            raise pytest.UsageError("coverage gate: pytest-cov did not start; update it: pip install -U pytest-cov")
        if self._is_worker:  # there it starts to measure once the session starts
            measuring = config.pluginmanager.getplugin("_cov")
            measuring.start = self.core.told_to(measuring.start)

    def pytest_report_header(self, config: pytest.Config) -> str | None:  # pragma: no cover - paused
        if config.get_verbosity() < 1:
            return None
        core = f", with coverage.py's {self.core.name} core" if self.core.name else ""
        return f"coverage gate: measures {_shown(self._plan.sources)}{core}"

    def pytest_sessionstart(self, session: pytest.Session) -> None:  # pragma: no cover - paused
        if not self._is_worker:
            self._adjust_targets(session)
            self._parse_ahead(session.config)

    def _adjust_targets(self, session: pytest.Session) -> None:  # pragma: no cover - paused
        answers = session.config.hook.pytest_covgate_targets(config=session.config, settings=self._settings)
        try:
            for targets in reversed(answers):  # pluggy asks the nearest conftest.py first; it has the last word
                self._settings = with_targets(self._settings, targets, "pytest_covgate_targets")
        except CovgateError as error:
            raise pytest.UsageError(f"coverage gate: {error}") from None

    def _parse_ahead(self, config: pytest.Config) -> None:  # pragma: no cover - paused
        plan = self._plan
        if plan.parsing.jobs > 1 and is_worth_a_worker(plan.measurement.source):
            cov = config.pluginmanager.getplugin("_cov").cov_controller.cov
            settings = ParseSettings.of(cov, branches=bool(cov.config.branch))
            ahead = Ahead(plan.measurement.source, settings, plan.parsing.cache)
            self._parsing = replace(plan.parsing, ahead=ahead)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:  # pragma: no cover - paused
        self._events.collection_errors += report.failed

    def pytest_deselected(self, items: list[pytest.Item]) -> None:  # pragma: no cover - paused
        self._events.deselected += len(items)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:  # pragma: no cover - paused
        try:
            return (yield)
        except BaseException as error:
            self._loop_error = error
            raise

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # pragma: no cover - paused
        self._events.deselected += getattr(node, "workeroutput", {}).get(DESELECTED, 0)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        config = session.config
        if self._is_worker:  # pragma: no cover - paused
            config.workeroutput[DESELECTED] = self._events.deselected  # type: ignore[attr-defined]
            return
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
        circumstances = Circumstances(
            today=gate.today(),
            strict=self._plan.strict,
            mode=self._plan.mode.mode,
            partial=partial_reason(config, self._plan.configured, self._events),
            judge_partial=self._plan.judge_partial,
            incomplete=_incomplete(controller),
            notes=self._plan.notes,
        )
        try:
            self._verdict = gate.run(self._request(circumstances))
            self._keep_record(circumstances, tests_passed=session.exitstatus == pytest.ExitCode.OK)
        except Exception as error:
            self._fail_by_our_error(session, error)
            return
        config.hook.pytest_covgate_verdict(config=config, verdict=self._verdict)
        self._write_files(self._verdict)
        unwritten = bool(self._trouble) and self._plan.mode.mode == "fail"
        if (self._verdict.fails_the_run or unwritten) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _fail_by_our_error(self, session: pytest.Session, error: Exception) -> None:
        """Never a pass: nobody knows what the gate would have said."""
        self._trouble.append(f"ERROR coverage gate: {internal_error_text(error, os.environ)}")
        if self._plan.mode.mode == "fail" and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _request(self, circumstances: Circumstances) -> gate.Request:
        plan = self._plan
        asked = plan.change.is_asked_for or self._settings.asks_about_the_change  # hooks may ask too
        return gate.Request(
            root=plan.root,
            measurement=plan.measurement,
            settings=self._settings,
            change=replace(plan.change, is_asked_for=asked),
            circumstances=circumstances,
            parsing=self._parsing,
            all_sources=any(report.format.shows_source for report in plan.reports),
        )

    def _keep_record(self, circumstances: Circumstances, *, tests_passed: bool) -> None:
        """For `covgate ratchet`, which raises targets only from complete, passing runs."""
        record = RunRecord(
            options=self._plan.measuring_options,
            partial=circumstances.partial,
            incomplete=circumstances.incomplete,
            tests_passed=tests_passed,
        )
        keep_record(record, self._parsing.cache, self._plan.measurement.data_file)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        self._show(terminalreporter)

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Older pytest skips every summary under --no-summary; the verdict is told all the same."""
        if self._parsing.ahead is not None:
            self._parsing.ahead.stop()
        if not self._is_worker:
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

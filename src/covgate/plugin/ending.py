"""The end of a run: judge, record, report, print. Imported after the last test, so that no start waits for it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import NamedTuple

import pytest

from covgate.ci import is_agent
from covgate.errors import CovgateError, ReportError, internal_error_text
from covgate.judge.listing import list_modules
from covgate.model.run_context import RunContext
from covgate.model.run_record import RunRecord
from covgate.model.test_map import TestMap
from covgate.model.verdict import Verdict
from covgate.model.words import counted
from covgate.plugin.measuring import RunData
from covgate.plugin.session import GateOptions
from covgate.project import Project
from covgate.reports.styled import Line, Span, View, in_colour, plain
from covgate.reports.terminal import terminal_summary
from covgate.run import Request, record_failure, record_only, run_gate, today


class MeasuredRun(NamedTuple):
    """What a run has just recorded, beside coverage.py's data."""

    record: RunRecord
    test_map: TestMap | None
    """By the names that source files have for coverage.py; None where no test ran, or nothing is recorded."""


class Ending(NamedTuple):
    """What a run comes to: the verdict where there is one, other lines, errors, and reports for standard output."""

    verdict: Verdict | None = None
    lines: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    fails: bool = False
    is_brief: bool = False
    """Whether a coding agent reads what is printed."""


def end_run(
    project: Project, options: GateOptions, measured: MeasuredRun, data: RunData, config: pytest.Config
) -> Ending:
    """Judge what was measured (in the mode `measure`: only record it), and put the data in its usual place."""
    try:
        if options.mode.mode == "measure":
            return _record_only(project, options, measured, data)
        return _judge(project, options, measured, data, config)
    except Exception as error:  # never a pass: nobody knows what the gate would have said
        record_failure(project, measured.record)
        errors = [internal_error_text(error, project.environment), *_put_in_place(data)]
        return Ending(errors=_as_errors(errors), fails=options.mode.mode != "warn")


def _record_only(project: Project, options: GateOptions, measured: MeasuredRun, data: RunData) -> Ending:
    try:
        count = record_only(project, measured.record, measured.test_map)
    except CovgateError as error:
        return Ending(errors=_as_errors([f"nothing was measured: {error}"]), fails=True)
    errors = _put_in_place(data)
    line = f"coverage gate: {counted(count, 'module')} measured, not judged ({options.mode.source})"
    return Ending(lines=(line,), errors=_as_errors(errors), fails=bool(errors))


def _judge(
    project: Project, options: GateOptions, measured: MeasuredRun, data: RunData, config: pytest.Config
) -> Ending:
    record = measured.record
    mode = options.mode.mode
    assert mode == "fail" or mode == "warn"  # the other two do not come here
    context = RunContext(
        today=today(),
        strict=options.strict,
        mode=mode,
        partial=record.partial,
        judge_partial=options.judge_partial,
        incomplete=record.incomplete,
        seconds=record.seconds,
        notes=project.notes,
    )
    request = Request(project, context, options.reports, record, measured.test_map)
    verdict, published, stored = run_gate(request)
    errors = [*_put_in_place(data), *map(str, published.errors)]
    config.hook.pytest_covgate_verdict(config=config, verdict=verdict)
    fails = verdict.fails_the_run or (bool(errors) and mode == "fail")
    lines = (
        () if stored is None or (stored.is_kept and config.getoption("verbose", 0) < 1) else (f"test map: {stored}",)
    )
    return Ending(
        verdict=verdict,
        lines=lines,
        errors=_as_errors(errors),
        printed=published.printed,
        fails=fails,
        is_brief=is_agent(project.environment),
    )


def _put_in_place(data: RunData) -> list[str]:
    """Put the data where everybody looks for it; return why that failed."""
    try:
        data.publish()
    except OSError as error:
        return [str(ReportError("file-not-written", f"{data.usual} cannot be written: {error.strerror}"))]
    return []


def _as_errors(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"ERROR coverage gate: {text}" for text in texts)


def print_ending(ending: Ending, reporter: pytest.TerminalReporter | None, *, all_rows: bool) -> None:
    """Print the summary and then the reports that go to standard output; without a reporter to standard error."""
    lines: tuple[Line, ...] = ()
    if ending.verdict is not None:
        lines = _summary(ending.verdict, _view(reporter, all_rows=all_rows)._replace(is_brief=ending.is_brief))
    lines += tuple((Span(text),) for text in ending.lines)
    lines += tuple((Span(text, "bad"),) for text in ending.errors)
    if reporter is None:
        sys.stderr.write(plain(lines))
    elif lines:
        if len(lines) > 1 or reporter.verbosity >= 0:
            reporter.section("coverage gate")
        for line in lines:
            for span in line:
                reporter.write(in_colour(span) if reporter.hasmarkup else span.text)
            reporter.line("")
    for text in ending.printed:
        sys.stdout.write(text)


def _summary(verdict: Verdict, view: View) -> tuple[Line, ...]:
    try:
        return terminal_summary(verdict, view, list_modules(verdict) if view.all_rows else None)
    except Exception as error:
        return ((Span(f"ERROR coverage gate: {internal_error_text(error, {})}", "bad"),),)


def _view(reporter: pytest.TerminalReporter | None, *, all_rows: bool) -> View:
    if reporter is None:
        return View()
    return View(width=reporter._tw.fullwidth, verbosity=reporter.verbosity, all_rows=all_rows)

"""`covgate check`: the plugin's verdict, from data that exists."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from covgate import gate
from covgate.errors import UsageError
from covgate.inputs.change.read import change_request
from covgate.inputs.coverage_data import Measurement
from covgate.inputs.coverage_settings import CoverageSettings, read_coverage_settings
from covgate.inputs.settings import read_settings, unjudged_fail_under, with_fail_under
from covgate.inputs.sources import discovered_sources, source_places
from covgate.inputs.static.parsing import parsing_choice
from covgate.judge.verdict import Circumstances
from covgate.mode import choose_mode
from covgate.model.settings import Settings
from covgate.model.verdict import Verdict
from covgate.publish import ReportRequest, parse_requests, report_text, write_aside
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary

PASSED, FAILED, NO_VERDICT = 0, 1, 3


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("check", help="judge coverage data that is already there")
    parser.add_argument("--data", metavar="FILE", type=Path, help="the data file (default: coverage.py's own)")
    parser.add_argument("--root", metavar="DIR", type=Path, default=Path(), help="the project (default: here)")
    parser.add_argument("--rcfile", metavar="FILE", help="coverage.py's settings")
    parser.add_argument("--base", metavar="REF", help="compare the change with the merge-base of HEAD and REF")
    parser.add_argument("--diff", metavar="FILE", type=Path, help="take the change from a unified diff")
    parser.add_argument("--staged", action="store_true", help="judge what is staged as the change")
    parser.add_argument("--mode", metavar="MODE", help="fail (default), warn or off")
    parser.add_argument("--report", metavar="FORMAT:PATH", action="append", default=[], help="e.g. json:covgate.json")
    parser.add_argument("--all", action="store_true", help="show every gap, not only the first ten")
    parser.add_argument("-q", "--quiet", action="store_true", help="print the verdict only")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    root = Path(os.path.abspath(arguments.root))
    if not root.is_dir():
        raise UsageError(f"--root {arguments.root} is no folder", "name the project's folder")
    own_settings = read_settings(root)
    rcfile = ".coveragerc" if arguments.rcfile is None else os.path.abspath(arguments.rcfile)
    coverage_settings = read_coverage_settings(rcfile, root)
    notes = unjudged_fail_under(own_settings, coverage_settings.fail_under)
    settings = with_fail_under(own_settings, coverage_settings.fail_under)
    mode = choose_mode(arguments.mode, os.environ, settings, "--mode")
    change = change_request(
        settings,
        base=arguments.base,
        diff=None if arguments.diff is None else Path(os.path.abspath(arguments.diff)),
        staged=arguments.staged,
        environment=os.environ,
        root=root,
    )
    reports = parse_requests(arguments.report, Path.cwd())
    parsing = parsing_choice(root, os.environ)
    if mode.mode == "off":
        print(f"coverage gate: off ({mode.source})")
        return PASSED
    data_file = coverage_settings.data_file if arguments.data is None else Path(os.path.abspath(arguments.data))
    source = source_places(root, root, _source_values(root, settings, coverage_settings))
    measurement = Measurement(base=root, config_file=rcfile, data_file=data_file, source=source)
    verdict = gate.run(
        gate.Request(
            root=root,
            measurement=measurement,
            settings=settings,
            circumstances=Circumstances(mode=mode.mode, needs_fresh_data=True, notes=notes),
            change=change,
            parsing=parsing,
        )
    )
    _tell(verdict, arguments, reports)
    return exit_code(verdict)


def _tell(verdict: Verdict, arguments: argparse.Namespace, reports: Iterable[ReportRequest]) -> None:
    """Print the summary and write the reports; a report on standard output has it for itself."""
    width = shutil.get_terminal_size().columns
    view = View(width=width, verbosity=-2 if arguments.quiet else 0, all_rows=arguments.all, all_option="--all")
    stdout_is_taken = any(request.path is None for request in reports)
    (sys.stderr if stdout_is_taken else sys.stdout).write(plain(terminal_summary(verdict, view)))
    for request in reports:
        text = report_text(request, verdict)
        if request.path is None:
            sys.stdout.write(text)
        else:
            write_aside(request.path, text)


def _source_values(root: Path, settings: Settings, coverage_settings: CoverageSettings) -> Iterable[str]:
    """What a run without `--cov` options would have measured."""
    if settings.source:
        return settings.source
    if coverage_settings.source:
        return coverage_settings.source
    try:
        return [value for value in discovered_sources(root).values if value is not None]
    except UsageError:  # the data says what was measured
        return ()


def exit_code(verdict: Verdict) -> int:
    """0 passed (or only a warning), 1 gate failed, 3 no verdict possible."""
    if not verdict.fails_the_run:
        return PASSED
    return NO_VERDICT if verdict.status == "error" else FAILED

"""`covgate check`: the plugin's verdict, from data that exists."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from covgate.ci import is_agent
from covgate.cli.output import err, out, print_lines
from covgate.cli.project import (
    add_change_options,
    add_data_options,
    command_context,
    open_command_project,
)
from covgate.config.mode import choose_mode
from covgate.errors import DataError, UsageError
from covgate.history.assumed import assumed_run
from covgate.judge.listing import list_modules
from covgate.model.verdict import Verdict
from covgate.publish import Published, parse_requests
from covgate.reports.styled import View
from covgate.reports.terminal import terminal_summary
from covgate.run import Request, run_gate

PASSED, FAILED, NO_VERDICT = 0, 1, 3


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("check", help="judge coverage data that was measured before")
    add_data_options(parser)
    add_change_options(parser)
    parser.add_argument("--mode", metavar="MODE", help="fail (default), warn or off")
    parser.add_argument(
        "--stale",
        choices=("error", "warn"),
        default="error",
        help="what to do if source was edited after the measurement: give no verdict (default), or a note",
    )
    parser.add_argument(
        "--shards", metavar="N", type=_count, help="give no verdict unless the data of N shards is there"
    )
    parser.add_argument(
        "--partial",
        choices=("advisory", "fail"),
        metavar="HOW",
        help="how to judge a part of the tests: advisory or fail",
    )
    parser.add_argument("--complete", action="store_true", help="treat the data as that of all tests, which passed")
    parser.add_argument("--baseline", metavar="REF", help="compare with the record of REF, a revision or a file")
    parser.add_argument("--strict", action="store_true", help="also fail if an accepted gap is covered or gone")
    parser.add_argument(
        "--change-only", action="store_true", help="judge the change alone, without total, components and other modules"
    )
    parser.add_argument(
        "--report", metavar="FORMAT[:PATH]", action="append", default=[], help="write a report of the verdict to a file"
    )
    parser.add_argument("--all", action="store_true", help="show every module, gap and uncovered changed line")
    parser.add_argument("-q", "--quiet", action="store_true", help="print the verdict only")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    project = open_command_project(arguments)
    mode = choose_mode(arguments.mode, os.environ, project.settings, "--mode")
    reports = parse_requests(arguments.report, Path.cwd(), os.environ)
    if mode.mode == "off":
        out(f"coverage gate: off ({mode.source})\n")
        return PASSED
    assert mode.mode != "measure"  # which is not allowed here
    if arguments.change_only and not project.settings.judges_the_change:
        raise UsageError(
            "option-conflict",
            "--change-only, but no setting asks anything of a change",
            "set tool.covgate.changed.lines",
        )
    context = command_context(project, stale=arguments.stale, mode=mode.mode, partial=arguments.partial)._replace(
        strict=arguments.strict,
        change_only=arguments.change_only,
    )
    assumed = None
    if arguments.complete:
        context = context._replace(partial=None, incomplete=None)
        if project.record is None:
            with contextlib.suppress(DataError):  # the verdict says so, in every report
                assumed = assumed_run(project.measurement, project.root, project.environment)
    verdict, published, _ = run_gate(Request(project=project, context=context, reports=reports, assumed=assumed))
    _print(verdict, published, arguments)
    return exit_code(verdict)


def _count(text: str) -> int:
    if not re.fullmatch("0*[1-9][0-9]{0,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of shards")
    return int(text)


def _print(verdict: Verdict, published: Published, arguments: argparse.Namespace) -> None:
    """Print the summary; a report on standard output has it for itself. Raises `ReportError` for those that failed."""
    view = View(
        width=shutil.get_terminal_size().columns,
        verbosity=-2 if arguments.quiet else 0,
        all_rows=arguments.all,
        is_brief=is_agent(os.environ),
        all_option="--all",
        notes_option="--all",
    )
    listing = list_modules(verdict) if view.all_rows else None
    stream = sys.stderr if published.printed else sys.stdout
    print_lines(stream, terminal_summary(verdict, view, listing), os.environ)
    for text in published.printed:
        out(text)
    if published.errors:
        *others, last = published.errors
        for error in others:
            err(f"covgate: {error}\n")
        raise last


def exit_code(verdict: Verdict) -> int:
    """0 passed (or only a warning), 1 gate failed, 3 no verdict possible."""
    if not verdict.fails_the_run:
        return PASSED
    return NO_VERDICT if verdict.status == "error" else FAILED

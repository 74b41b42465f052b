"""`covgate report`: every module, folder or component, green or red; or the HTML page."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import webbrowser
from pathlib import Path
from typing import Any

from covgate.cli.completeness import warn_of_part
from covgate.cli.output import err, out, print_lines
from covgate.cli.project import add_change_options, add_data_options, command_context, open_command_project
from covgate.errors import DataError, UsageError
from covgate.judge.listing import list_subjects
from covgate.judge.untested import find_suite_gaps
from covgate.judge.verdict import judge, name_edited
from covgate.model.known_tests import SuiteGaps
from covgate.model.listing import KINDS, SORT_KEYS
from covgate.model.remedies import MAP_TESTS, MEASURE_AGAIN
from covgate.model.snapshot import Snapshot
from covgate.project import Project
from covgate.publish import parse_requests
from covgate.reports.known_tests import NO_MAP
from covgate.reports.listing import listing_json, listing_text
from covgate.reports.styled import Line, View
from covgate.reports.suite_gaps import fragile_text, rests_on, untested_text
from covgate.reports.terminal import terminal_summary
from covgate.reports.text import printable
from covgate.run import Request, find_change, read_modules, read_suite, run_gate

PASSED, NO_VERDICT = 0, 3


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("report", help="list every module with its coverage, target and goal")
    add_data_options(parser)
    add_change_options(parser)
    parser.add_argument("--by", choices=KINDS, default="module", help="what a row is of (default: module)")
    parser.add_argument("--sort", choices=SORT_KEYS, default="name", help="the order of the rows (default: name)")
    parser.add_argument("--untested", action="store_true", help="list the modules without a test of their own instead")
    parser.add_argument("--fragile", action="store_true", help="list the functions that only one test runs instead")
    parser.add_argument("--json", action="store_true", help="print all lists as JSON")
    parser.add_argument("--html", action="store_true", help="write the HTML page (covgate.html) instead")
    parser.add_argument("--open", action="store_true", help="with --html: open it in the browser")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.open and not arguments.html:
        raise UsageError("option-conflict", "--open opens the HTML page", "add --html")
    project = open_command_project(arguments)
    if arguments.html:
        return _write_page(project, opens=arguments.open)
    context = command_context(project, stale="warn")
    change = find_change(project)
    snapshot = read_modules(project, context, change)
    verdict = judge(snapshot, project.settings, context, change)
    warn_of_part(project)
    if snapshot.stale:
        err(f"note: {printable(name_edited(snapshot))}; {MEASURE_AGAIN}\n")
    if (arguments.untested or arguments.fragile) and not arguments.json:
        lines = _suite_gaps_lines(project, snapshot, untested=arguments.untested, fragile=arguments.fragile)
        print_lines(sys.stdout, lines, os.environ)
        return PASSED
    listing = list_subjects(verdict, project.settings, arguments.by, arguments.sort)
    if arguments.json:
        out(listing_json(listing, _read_suite_gaps(project, snapshot)))
        return PASSED
    print_lines(sys.stdout, listing_text(listing, shutil.get_terminal_size().columns), os.environ)
    return PASSED


def _suite_gaps_lines(project: Project, snapshot: Snapshot, *, untested: bool, fragile: bool) -> tuple[Line, ...]:
    """Return the lists that are asked for; raises `DataError` where no map of tests is there."""
    gaps = _read_suite_gaps(project, snapshot)
    if gaps is None:
        raise DataError("no-test-map", NO_MAP, MAP_TESTS)
    lists = (*(untested_text(gaps) if untested else ()), *(fragile_text(gaps) if fragile else ()))
    return (*lists, *rests_on(gaps))


def _read_suite_gaps(project: Project, snapshot: Snapshot) -> SuiteGaps | None:
    """Return what the tests leave to one test or none; None where no map of tests is there."""
    tests = read_suite(project, snapshot)
    if tests is None:
        return None
    return find_suite_gaps(tests.known, snapshot.modules, project.settings, tests.imports)


def _write_page(project: Project, *, opens: bool) -> int:
    """Write the page as `covgate check --report html` does."""
    (request,) = parse_requests(["html"], Path.cwd(), os.environ)
    assert request.path is not None
    verdict, published, _ = run_gate(Request(project, command_context(project, stale="warn"), (request,)))
    for error in published.errors:
        raise error
    if not verdict.snapshot.modules:
        print_lines(sys.stderr, terminal_summary(verdict, View(verbosity=-1)), os.environ)
        return NO_VERDICT
    out(f"wrote {request.path}\n")
    if opens and not webbrowser.open(request.path.as_uri()):
        err("note: no browser was found; open the file yourself\n")
    return PASSED

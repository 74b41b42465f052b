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
from covgate.errors import UsageError
from covgate.judge.listing import list_subjects
from covgate.judge.verdict import judge
from covgate.model.listing import KINDS, SORT_KEYS
from covgate.project import Project
from covgate.publish import parse_requests
from covgate.reports.listing import listing_text
from covgate.reports.styled import View
from covgate.reports.terminal import terminal_summary
from covgate.run import Request, find_change, read_modules, run_gate

PASSED, NO_VERDICT = 0, 3


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("report", help="list every module with its coverage, target and goal")
    add_data_options(parser)
    add_change_options(parser)
    parser.add_argument("--by", choices=KINDS, default="module", help="what a row is of (default: module)")
    parser.add_argument("--sort", choices=SORT_KEYS, default="name", help="the order of the rows (default: name)")
    parser.add_argument("--html", action="store_true", help="write the HTML page (covgate.html) instead")
    parser.add_argument("--open", action="store_true", help="with --html: open it in the browser")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.open and not arguments.html:
        raise UsageError("--open opens the HTML page", "add --html")
    project = open_command_project(arguments)
    if arguments.html:
        return _write_page(project, opens=arguments.open)
    context = command_context(project, stale="warn")
    change = find_change(project)
    snapshot = read_modules(project, context, change)
    verdict = judge(snapshot, project.settings, context, change)
    warn_of_part(project)
    if snapshot.stale:
        err("note: source was edited after the measurement; measure again: pytest --covgate\n")
    listing = list_subjects(verdict, project.settings, arguments.by, arguments.sort)
    print_lines(sys.stdout, listing_text(listing, shutil.get_terminal_size().columns), os.environ)
    return PASSED


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

"""`covgate compare`: two recorded runs beside each other, or one and what is measured now."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from typing import Any

from covgate.cli.completeness import warn_of_part
from covgate.cli.output import err, out, print_lines
from covgate.cli.project import add_data_options, command_context, open_command_project
from covgate.errors import UsageError
from covgate.history.baseline import BaselineRequest, find_baseline
from covgate.history.lost_tests import kept_map, with_lost_tests
from covgate.history.opening import require_history
from covgate.history.sides import Candidates, Place, comparable_pair, files_of_pair, find_records
from covgate.history.suite import suite_facts
from covgate.judge.compared import compare_sides
from covgate.judge.verdict import name_edited
from covgate.model.change import ChangedFile
from covgate.model.compared import Compared, Side
from covgate.model.comparison import BaselineMissing
from covgate.model.record import Record, SuiteFacts, recorded_modules
from covgate.model.remedies import MEASURE_AGAIN
from covgate.model.snapshot import Snapshot
from covgate.model.words import counted
from covgate.project import Project
from covgate.reports.compare import compare_json, compare_text
from covgate.reports.text import printable
from covgate.run import environment_key, find_change, now, read_modules, read_tests

PASSED = 0
NOW = "the coverage data"


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("compare", help="compare two recorded runs, or one with what is measured now")
    what = "a revision of which a run is recorded, or a file: a record, or a report of covgate or coverage json"
    parser.add_argument(
        "before", metavar="A", nargs="?", help=f"{what} (default: the baseline that covgate check compares with)"
    )
    parser.add_argument("now", metavar="B", nargs="?", help="the same (default: the coverage data)")
    add_data_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    project = open_command_project(arguments)
    place = Place(project.root, project.environment)
    if arguments.now is not None:
        compared = _compare_records(project, place, arguments.before, arguments.now)
    else:
        compared = _compare_with_now(project, place, arguments.before)
    if arguments.json:
        out(compare_json(compared))
    else:
        print_lines(sys.stdout, compare_text(compared, shutil.get_terminal_size().columns), os.environ)
    return PASSED


def _compare_records(project: Project, place: Place, before: str, now: str) -> Compared:
    old_side, new_side = find_records(place, before), find_records(place, now)
    old, new = comparable_pair(old_side, new_side)
    files = files_of_pair(place, (old_side, old), (new_side, new))
    compared = compare_sides(
        Side(old_side.title, old), Side(new_side.title, new), files, project.settings, old_side.earlier
    )
    return with_lost_tests(place, compared, files, kept_map(place, new), new_side.commit)


def _compare_with_now(project: Project, place: Place, named: str | None) -> Compared:
    side = None if named is None else find_records(place, named)  # before the data is read, which takes longer
    snapshot = _read_now(project)
    new = Side(NOW, _record_of(project, snapshot))
    if side is None:
        compared, files = _compare_with_baseline(project, new)
    else:
        old, _ = comparable_pair(side, Candidates(NOW, [new.record]))
        files = files_of_pair(place, (side, old), None)
        compared = compare_sides(Side(side.title, old), new, files, project.settings, side.earlier)
    return with_lost_tests(place, compared, files, read_tests(project, snapshot))


def _compare_with_baseline(project: Project, new: Side) -> tuple[Compared, tuple[ChangedFile, ...] | None]:
    store = require_history(project.root, project.environment)
    request = BaselineRequest(project.root, project.environment, store, new.record.environment)
    baseline = find_baseline(request, find_change(project))
    if isinstance(baseline, BaselineMissing):
        raise UsageError(baseline.error, f"no baseline: {baseline.reason}", baseline.remedy)
    title = baseline.source
    if baseline.distance:
        title += f", {counted(baseline.distance, 'commit')} before it"
    old = Side(title, baseline.record)
    return compare_sides(old, new, baseline.files, project.settings, baseline.records), baseline.files


def _read_now(project: Project) -> Snapshot:
    """Read what is measured now; says on standard error what makes it doubtful."""
    run = project.record
    snapshot = read_modules(project, command_context(project, stale="warn"))
    warn_of_part(project)
    if run is not None and not run.tests_passed:
        err("note: tests failed in the run that measured\n")
    if snapshot.stale:
        err(f"note: {printable(name_edited(snapshot))}; line numbers may have moved; {MEASURE_AGAIN}\n")
    return snapshot


def _record_of(project: Project, snapshot: Snapshot) -> Record:
    run = project.record
    return Record(
        run="" if run is None else run.run,
        time=now(),
        environment=environment_key(project, snapshot, run),
        modules=recorded_modules(snapshot),
        suite=SuiteFacts() if run is None else suite_facts(project.root, run),
    )

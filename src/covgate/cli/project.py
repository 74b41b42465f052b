"""The project that a command is about, as its options and settings say."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from covgate.ci import is_ci
from covgate.config.root import find_root
from covgate.errors import UsageError
from covgate.git.change import check_request
from covgate.git.request import change_request
from covgate.history.baseline import check_named
from covgate.model.run_context import RunContext, StalePolicy
from covgate.model.settings import Mode
from covgate.project import Project, open_measured_project
from covgate.run import today


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is read. Without `add_change_options`, the change is the default one."""
    parser.set_defaults(base=None, diff=None, staged=False, shards=None, baseline=None)
    parser.add_argument(
        "--data",
        metavar="PATH",
        nargs="+",
        default=[],
        help="data files, folders or patterns; several are combined (default: coverage.py's data file)",
    )
    parser.add_argument(
        "--root",
        metavar="DIR",
        type=Path,
        default=Path(),
        help="a folder of the project (default: the current one)",
    )
    parser.add_argument("--rcfile", metavar="FILE", help="coverage.py's settings")


def add_change_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base", metavar="REF", help="compare with the merge-base of HEAD and REF")
    parser.add_argument("--diff", metavar="FILE", type=Path, help="take the change from a unified diff")
    parser.add_argument("--staged", action="store_true", help="judge what is staged, compared with HEAD")


def root_of(arguments: argparse.Namespace) -> Path:
    """Return the root of the project that holds the folder `--root`; raises `UsageError`."""
    start = Path(os.path.abspath(arguments.root))
    if not start.is_dir():
        raise UsageError("option-value", f"--root {arguments.root}: no such folder", "name a folder of the project")
    return find_root(start)


def open_command_project(arguments: argparse.Namespace) -> Project:
    """Open the project that the options name.

    Raises `UsageError` for options and settings that cannot be used, `DataError` for data without a record
    that can be read.
    """
    project = open_measured_project(
        root_of(arguments),
        os.environ,
        rcfile=None if arguments.rcfile is None else os.path.abspath(arguments.rcfile),
        data=[os.path.abspath(text) for text in arguments.data],
        shards=arguments.shards,
    )
    if arguments.baseline is not None:
        check_named(arguments.baseline, project.root, project.environment)
        project = project._replace(baseline=arguments.baseline)
    change = change_request(
        project.settings,
        base=arguments.base,
        base_option="--base",
        diff=None if arguments.diff is None else Path(os.path.abspath(arguments.diff)),
        staged=arguments.staged,
        environment=project.environment,
    )
    if change.base is not None or change.diff is not None:
        check_request(change, project.root)
    return project._replace(change=change)


def command_context(
    project: Project, *, stale: StalePolicy = "ignore", mode: Mode = "fail", partial: str | None = None
) -> RunContext:
    """Return what the record of the run says; `partial` is `advisory` or `fail` where an option says what to do."""
    record = project.record
    return RunContext(
        today=today(),
        mode=mode,
        stale=stale,
        partial=record.partial if record else None,
        judge_partial=partial == "fail" or (partial is None and is_ci(project.environment)),
        incomplete=record.incomplete if record else None,
        remedy=record.remedy if record else "",
        error=record.error if record else "data-incomplete",
        seconds=record.seconds if record else None,
        notes=project.notes,
    )

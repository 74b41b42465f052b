"""`covgate trend`: how coverage went from commit to commit, as recorded."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from covgate.cli.output import err, out, print_lines
from covgate.cli.project import add_data_options, open_command_project
from covgate.cli.subject import names_of, not_recorded
from covgate.errors import UsageError
from covgate.files import write_aside
from covgate.git.repository import GitError, open_repository
from covgate.history.opening import require_history
from covgate.history.recorded import recorded_commits
from covgate.judge.trend import Recorded, Subject, find_trend
from covgate.model.remedies import RECORD_RUN_THERE
from covgate.project import Project
from covgate.publish import require_writable
from covgate.reports.trend import can_show_blocks, trend_csv, trend_json, trend_text

PASSED = 0


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("trend", help="show how coverage went from commit to commit")
    parser.add_argument(
        "subject",
        metavar="MODULE|COMPONENT",
        nargs="?",
        help="a module by import name or path, or a component (default: the total)",
    )
    add_data_options(parser)
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument("--csv", action="store_true", help="print CSV")
    formats.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--svg", metavar="FILE", help="write a picture of it")
    parser.add_argument("--all", action="store_true", help="show every record, not only the last twenty")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    project = open_command_project(arguments)
    picture = None if arguments.svg is None else Path(os.path.abspath(arguments.svg))
    if picture is not None:
        require_writable(picture, Path.cwd())
    store = require_history(project.root, project.environment)
    history = recorded_commits(project.root, project.environment, store)
    if not history:
        raise UsageError("no-record", "no complete run of HEAD or of a commit before it is recorded", RECORD_RUN_THERE)
    if _is_shallow(project):
        err("note: this clone is shallow, so older commits are left out; git fetch --unshallow brings them\n")
    trend = find_trend(history, _subject(arguments.subject, project, history), project.settings)
    if picture is not None:
        from covgate.reports.trend_svg import trend_svg

        write_aside(picture, trend_svg(trend))
        err(f"wrote {picture}\n")
    if arguments.csv:
        out(trend_csv(trend))
    elif arguments.json:
        out(trend_json(trend))
    else:
        blocks = can_show_blocks(sys.stdout.encoding)
        width = shutil.get_terminal_size().columns
        print_lines(sys.stdout, trend_text(trend, width, blocks=blocks, all_rows=arguments.all), os.environ)
    return PASSED


def _is_shallow(project: Project) -> bool:
    try:
        return open_repository(project.root, project.environment).is_shallow
    except GitError:
        return False


def _subject(text: str | None, project: Project, history: Sequence[Recorded]) -> Subject:
    """Return what the argument names; raises `UsageError` for what is in no record."""
    if text is None:
        return Subject()
    components = {component.name: component for component in project.settings.components}
    if text in components:
        return Subject(text, component=components[text])
    names = names_of(text, project.root)
    records = [record for recorded in history for record in recorded.records]
    known = {name for record in records for module in record.modules for name in (module.path, module.name) if name}
    if known.isdisjoint(names):
        raise not_recorded(text, known | components.keys(), "module or component")
    return Subject(next(name for name in names if name in known), names=names)

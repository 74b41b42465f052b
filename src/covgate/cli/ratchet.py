"""`covgate ratchet`: find_increases targets to what is reached, so that it cannot be lost again."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from covgate.cli.completeness import require_complete_run
from covgate.cli.output import out
from covgate.cli.project import add_data_options, command_context, open_command_project
from covgate.config.edit import with_levels
from covgate.config.pyproject import diff_of, read_pyproject, write_pyproject
from covgate.config.toml import toml_key
from covgate.errors import DataError, UsageError
from covgate.files import shown_path
from covgate.git.renames import what_became_of
from covgate.judge.adoption import keys_of
from covgate.judge.ratchet import TargetIncrease, entries_without_module, find_increases, move_entries
from covgate.judge.verdict import judge
from covgate.measurement.tree import import_roots
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.pattern import Pattern
from covgate.model.percent import shown_target
from covgate.model.remedies import MEASURE_AGAIN
from covgate.model.snapshot import Snapshot
from covgate.project import Project
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary
from covgate.reports.text import printable
from covgate.run import find_change, read_modules

PASSED, FAILED = 0, 1


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("ratchet", help="raise targets to the coverage that was reached")
    parser.add_argument("--check", action="store_true", help="fail if a target could be raised, and write nothing")
    parser.add_argument(
        "--by", metavar="N", type=_points, default=Decimal(0), help="leave targets that could rise by N points or fewer"
    )
    parser.add_argument(
        "--complete",
        action="store_true",
        help="treat the data as that of a complete run that passed, whatever its record says",
    )
    parser.add_argument("--dry-run", action="store_true", help="show the change, write nothing")
    add_data_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.check and arguments.dry_run:
        raise UsageError("option-conflict", "--check and --dry-run contradict each other", "give one of them")
    project = open_command_project(arguments)
    path = project.root / "pyproject.toml"
    before = read_pyproject(project.root).require_valid().text
    if not arguments.complete:
        require_complete_run(project)
    context = command_context(project, stale="error")._replace(notes=())
    if arguments.complete:
        context = context._replace(partial=None, incomplete=None)
    change = find_change(project)
    snapshot = read_modules(project, context, change)
    moves = _moves(project, change, snapshot)
    settings = move_entries(project.settings, moves.dropped, moves.renamed)
    verdict = judge(snapshot, settings, context, change)
    if verdict.status == "error":
        error = next(check for check in verdict.checks if check.status == "error")
        raise DataError(error.error or "data-unreadable", f"no verdict: {error.reason}", error.remedy or MEASURE_AGAIN)
    if verdict.status != "passed":
        out(plain(terminal_summary(verdict, View(verbosity=-2))))
        out("the gate does not pass, so no target was raised; covgate check shows what is missing\n")
        return FAILED
    found = [one for one in find_increases(snapshot, settings) if one.by > arguments.by]
    told = _told(found, moves)
    if told and not arguments.check:
        values = {one.keys: _number(one.new) for one in found}
        after = with_levels(before, path, values=values, renamed=moves.renamed, dropped=moves.dropped)
        if arguments.dry_run:
            told = diff_of(before, after)
        else:
            write_pyproject(path, before, after)
    out(told or "nothing to raise\n")
    return FAILED if arguments.check and told else PASSED


class _Moves(NamedTuple):
    """Keys of `targets` whose module git has renamed, each with its new key, and those whose module is gone."""

    renamed: Mapping[str, str]
    dropped: tuple[str, ...]


def _moves(project: Project, change: Change | ChangeUnavailable, snapshot: Snapshot) -> _Moves:
    """A module that is there and was not measured has not moved, and a name that git never saw is a slip of
    the pen: their entries stay, and are dead rules.
    """
    former = {
        rule.pattern: _former_paths(rule.pattern, project)
        for rule in entries_without_module(project.settings, snapshot.modules)
    }
    lost = {p: paths for p, paths in former.items() if not any((project.root / path).exists() for path in paths)}
    every = [path for paths in lost.values() for path in paths]
    fates = what_became_of(every, change, project.root, project.environment) if every else {}
    modules = {module.path: module for module in snapshot.modules}
    taken = {rule.pattern.text for rule in project.settings.targets}
    renamed: dict[str, str] = {}
    dropped = []
    for pattern, paths in lost.items():
        known = [fates[path] for path in paths if path in fates]
        new = next((path for path in known if path in modules), None)
        key = None if new is None else new if pattern.is_path else keys_of([modules[new]], snapshot.modules)[new]
        if key is not None and key not in taken:
            taken.add(key)
            renamed[pattern.text] = key
        elif key is not None or None in known:
            dropped.append(pattern.text)
    return _Moves(renamed=renamed, dropped=tuple(dropped))


def _former_paths(pattern: Pattern, project: Project) -> list[str]:
    """Where the module of an entry may have stood, relative to the root."""
    if pattern.is_path:
        return [pattern.text.removeprefix("./")]
    root = project.root.resolve()
    folders = [folder.joinpath(*pattern.segments) for folder in import_roots(root)]
    return [shown_path(root, f"{folder}{end}") for folder in folders for end in (".py", "/__init__.py")]


def _told(found: Sequence[TargetIncrease], moves: _Moves) -> str:
    lines = [
        f"tool.covgate.{'.'.join(map(toml_key, one.keys))}: {shown_target(one.old)} -> {shown_target(one.new)}"
        for one in found
    ]
    lines += [f"{old}: renamed to {new}" for old, new in moves.renamed.items()]
    lines += [f"{key}: its module was deleted, so the entry is removed" for key in moves.dropped]
    return "".join(f"{printable(line)}\n" for line in lines)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _points(text: str) -> Decimal:
    try:
        points = Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of points") from None
    if not points.is_finite() or not 0 <= points <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not within 0 and 100")
    return points

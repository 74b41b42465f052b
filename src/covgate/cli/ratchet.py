"""`covgate ratchet`: raises targets to what is reached, so that it cannot be lost again."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from covgate import gate
from covgate.cli.output import out
from covgate.cli.project import CommandProject, add_data_options, command_project
from covgate.errors import DataError, UsageError
from covgate.inputs.change.renames import renamed_files
from covgate.inputs.tables import quoted
from covgate.inputs.tree import import_roots, shown_path
from covgate.judge.adoption import keys_of
from covgate.judge.ratchet import Raise, gone, raises, without_gone
from covgate.judge.verdict import Circumstances, judge
from covgate.model.change import Change, NoChange
from covgate.model.pattern import Pattern
from covgate.model.percent import shown_target
from covgate.model.snapshot import Snapshot
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary
from covgate.reports.text import printable
from covgate.run_record import read_record
from covgate.settings_file import read_text, shown_change, with_levels, write_text

PASSED, FAILED = 0, 1
MEASURE = "run all tests: pytest --covgate"


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("ratchet", help="raise targets to what is reached")
    parser.add_argument("--check", action="store_true", help="fail where something could be raised, write nothing")
    parser.add_argument(
        "--by", metavar="N", type=_points, default=Decimal(0), help="leave what could be raised by N points or fewer"
    )
    parser.add_argument(
        "--complete", action="store_true", help="the data are of a complete, passing run, though no record says so"
    )
    parser.add_argument("--dry-run", action="store_true", help="show the change, write nothing")
    add_data_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.check and arguments.dry_run:
        raise UsageError("--check and --dry-run contradict each other", "give one of them")
    project = command_project(arguments)
    path = project.root / "pyproject.toml"
    before = read_text(path)
    if not arguments.complete:
        _require_complete_run(project)
    request = project.request(Circumstances(today=gate.today(), stale="error"))
    change, snapshot = gate.read(request)
    moves = _moves(project, change, snapshot)
    settings = without_gone(project.settings, moves.dropped, moves.renamed)
    verdict = judge(snapshot, settings, request.circumstances, change)
    if verdict.status == "error":
        reason = next(check.reason for check in verdict.checks if check.status == "error")
        raise DataError(f"no verdict: {reason}", MEASURE)
    if verdict.status != "passed":
        out(plain(terminal_summary(verdict, View(verbosity=-2))))
        out("nothing is raised before it passes; covgate check shows what is missing\n")
        return FAILED
    found = [one for one in raises(snapshot, settings) if one.by > arguments.by]
    told = _told(found, moves)
    if told and not arguments.check:
        values = {one.keys: _number(one.new) for one in found}
        after = with_levels(before, path, values=values, renamed=moves.renamed, dropped=moves.dropped)
        if arguments.dry_run:
            told = shown_change(before, after)
        else:
            write_text(path, before, after)
    out(told or "nothing to raise\n")
    return FAILED if arguments.check and found else PASSED


def _require_complete_run(project: CommandProject) -> None:
    """Raises `DataError` unless the data are known to be of all tests, all passed."""
    known = "say --complete where you know that they are"
    if project.measurement.data:
        raise DataError("nothing says that these data are of a complete, passing run", known)
    record = read_record(project.parsing.cache, project.measurement.data_file)
    if record is None:
        raise DataError(
            f"no complete run of pytest --covgate is known to have left {project.measurement.data_file}",
            f"{MEASURE}; or {known}",
        )
    if not record.tests_passed:
        raise DataError("tests failed in the last run", MEASURE)
    if record.partial or record.incomplete:
        raise DataError(f"the last run was not complete: {record.incomplete or record.partial}", MEASURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moves:
    """Keys of `targets` whose module git has renamed, each with its new key, and those whose module is gone."""

    renamed: Mapping[str, str]
    dropped: tuple[str, ...]


def _moves(project: CommandProject, change: Change | NoChange, snapshot: Snapshot) -> _Moves:
    """A module that is there and was not measured has not moved: its entry stays, and is a dead rule."""
    former = {rule.pattern: _former_paths(rule.pattern, project) for rule in gone(project.settings, snapshot.modules)}
    lost = {p: paths for p, paths in former.items() if not any((project.root / path).exists() for path in paths)}
    every = [path for paths in lost.values() for path in paths]
    moved = renamed_files(every, change, project.root, project.change.environment) if every else {}
    modules = {module.path: module for module in snapshot.modules}
    taken = {rule.pattern.text for rule in project.settings.targets}
    renamed: dict[str, str] = {}
    for pattern, paths in lost.items():
        new = next((moved[path] for path in paths if moved.get(path) in modules), None)
        if new is not None:
            key = new if pattern.is_path else keys_of([modules[new]], snapshot.modules)[new]
            if key not in taken:
                taken.add(key)
                renamed[pattern.text] = key
    return _Moves(renamed=renamed, dropped=tuple(p.text for p in lost if p.text not in renamed))


def _former_paths(pattern: Pattern, project: CommandProject) -> list[str]:
    """Where the module of an entry may have stood, relative to the root."""
    if pattern.is_path:
        return [pattern.text.removeprefix("./")]
    root = project.root.resolve()
    folders = [folder.joinpath(*pattern.segments) for folder in import_roots(root)]
    return [shown_path(root, f"{folder}{end}") for folder in folders for end in (".py", "/__init__.py")]


def _told(found: Sequence[Raise], moves: _Moves) -> str:
    lines = [
        f"tool.covgate.{'.'.join(map(quoted, one.keys))}: {shown_target(one.old)} -> {shown_target(one.new)}"
        for one in found
    ]
    lines += [f"{old}: renamed to {new}" for old, new in moves.renamed.items()]
    lines += [f"{key}: dropped, its module is gone" for key in moves.dropped]
    return "".join(f"{printable(line)}\n" for line in lines)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _points(text: str) -> Decimal:
    try:
        points = Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of points") from None
    if not 0 <= points <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not within 0 and 100")
    return points

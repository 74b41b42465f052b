"""`covgate who`: the tests that run a module, a function or lines."""

from __future__ import annotations

import argparse
import shutil
from typing import Any

from covgate.cli.output import out
from covgate.cli.project import add_data_options, command_context, open_command_project
from covgate.cli.subject import find_module, named_function, named_module, names_of, split_lines
from covgate.errors import DataError, UsageError
from covgate.judge.known_tests import answer_function, answer_lines, answer_module
from covgate.model.known_tests import KnownTests
from covgate.model.lines import LineRange
from covgate.model.remedies import MAP_TESTS
from covgate.model.snapshot import Module, Snapshot
from covgate.project import Project
from covgate.reports.known_tests import NO_MAP, TESTS, who_json, who_text
from covgate.run import SuiteMap, read_modules, read_suite

PASSED = 0


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("who", help="the tests that run a module, a function or a line, nearest first")
    parser.add_argument(
        "subject",
        metavar="SUBJECT",
        nargs="?",
        help="a module by import name or path, its lines (src/a.py:12 or src/a.py:12-15), or a function (Cart.total)",
    )
    add_data_options(parser)
    parser.add_argument("--all", action="store_true", help=f"every test, not only the first {TESTS}")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.subject is None:  # --data takes all that follows it
        raise UsageError(
            "option-value",
            "SUBJECT is missing",
            "covgate who SUBJECT, before --data: shop.cart, src/a.py:12, Cart.total",
        )
    project = open_command_project(arguments)
    name, ranges = split_lines(arguments.subject)
    names = names_of(name, project.root)
    snapshot = read_modules(project, command_context(project, stale="warn"), texts_of=names)
    if not snapshot.modules:
        raise DataError("nothing-measured", "no module was measured", "check source and omit")
    module, function = _find_subject(name, ranges, project, snapshot)
    tests = read_suite(project, snapshot, module)
    if tests is None:
        raise DataError("no-test-map", NO_MAP, MAP_TESTS)
    answer = _answer(module, function, ranges, snapshot, tests)
    if arguments.json:
        out(who_json(answer))
        return PASSED
    out(who_text(answer, shutil.get_terminal_size().columns, None if arguments.all else TESTS))
    return PASSED


def _find_subject(
    name: str, ranges: tuple[LineRange, ...], project: Project, snapshot: Snapshot
) -> tuple[Module, str | None]:
    """Return the module, and the qualified name of the function where one is named."""
    names = names_of(name, project.root)
    if ranges:
        module = named_module(name, names, snapshot)
        text = snapshot.text_of(module.path)
        last = max(last for _, last in ranges)
        if last > len(text.lines):
            raise UsageError("option-value", f"{module.path} has no line {last}", f"it has {len(text.lines)} lines")
        return module, None
    found = find_module(names, snapshot)
    return (found, None) if found is not None else named_function(name, project.root, snapshot)


def _answer(
    module: Module, function: str | None, ranges: tuple[LineRange, ...], snapshot: Snapshot, tests: SuiteMap
) -> KnownTests:
    if ranges:
        return answer_lines(tests.known, module, ranges, snapshot.text_of(module.path), tests.nearness)
    if function is not None:
        return answer_function(tests.known, module, function, tests.nearness)
    return answer_module(tests.known, module, tests.nearness)

"""`covgate next`: the tests worth writing next, and what each of them brings."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, NamedTuple

from covgate.cli.completeness import warn_of_part
from covgate.cli.output import err, out
from covgate.cli.project import add_change_options, add_data_options, command_context, open_command_project
from covgate.cli.subject import named_module, names_of
from covgate.errors import UsageError
from covgate.judge.next_test import Suite, describe_next, read_suite
from covgate.judge.scenarios.code import read_code
from covgate.judge.targets import is_member, matches_any
from covgate.judge.urgent import fewest_to, most_urgent
from covgate.judge.verdict import judge
from covgate.measurement.test_files import find_test_files, read_texts
from covgate.model.judged import JudgedModule
from covgate.model.next_test import NextTest, Reach, Untested
from covgate.model.remedies import MEASURE_AGAIN
from covgate.model.share import NO_UNITS
from covgate.model.snapshot import Snapshot
from covgate.model.verdict import Verdict
from covgate.project import Project
from covgate.reports.next import MOST, next_json, next_text, reach_text
from covgate.reports.text import printable
from covgate.run import find_change, read_modules, read_tests

PASSED = 0


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("next", help="name the tests to write next: for what, where, and what they bring")
    parser.add_argument(
        "subjects",
        metavar="N|MODULE",
        nargs="*",
        help="how many functions to name (default: 1), and the module that they are to be of, by import name or path",
    )
    parser.add_argument("--count", metavar="N", type=int, help="the same as N")
    parser.add_argument("--component", metavar="NAME", help="only functions of this component")
    parser.add_argument(
        "--until", metavar="PERCENT", type=_percent, help="the fewest functions whose tests reach this percentage"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_data_options(parser)
    add_change_options(parser)
    parser.set_defaults(run=run)


def _percent(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not (value.is_finite() and 0 <= value <= 100):
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage from 0 to 100")
    return value


class _Asked(NamedTuple):
    """What the arguments ask for; `most` is None where nobody says how many functions."""

    most: int | None
    module: str | None
    component: str | None
    until: Decimal | None


def run(arguments: argparse.Namespace) -> int:
    asked = _read_arguments(arguments)
    project = open_command_project(arguments)
    context = command_context(project, stale="warn")
    change = find_change(project)
    snapshot = read_modules(project, context, change)
    verdict = judge(snapshot, project.settings, context, change)
    modules = _modules(asked, project, verdict)
    warn_of_part(project)
    for sentence in snapshot.unreadable:
        err(f"note: {printable(sentence)}; no test of it can be named\n")
    if snapshot.stale:
        err(f"note: files were edited after the measurement, so lines may be wrong; {MEASURE_AGAIN}\n")
    width = shutil.get_terminal_size().columns
    if asked.until is not None:
        reach = fewest_to(asked.until, modules)
        found = _describe(reach.functions, project, verdict, snapshot)
        out(next_json(found) if arguments.json else reach_text(reach, found, width, branches=snapshot.has_branches))
        if arguments.json and reach.left:
            err(f"note: {_beyond(reach)}\n")
        return PASSED
    chosen = islice(most_urgent(verdict, modules), asked.most or 1)
    found = _describe(tuple(chosen), project, verdict, snapshot, None if arguments.json else MOST)
    out(next_json(found) if arguments.json else next_text(found, width, branches=snapshot.has_branches))
    return PASSED


def _beyond(reach: Reach) -> str:
    return f"{reach.left} more are missing outside of functions"


def _read_arguments(arguments: argparse.Namespace) -> _Asked:
    """Raises `UsageError` for arguments that do not go together."""
    numbers = [text for text in arguments.subjects if text.isdecimal()]
    modules = [text for text in arguments.subjects if not text.isdecimal()]
    if len(numbers) > 1 or len(modules) > 1:
        raise UsageError(
            "option-value",
            f"found {' '.join(arguments.subjects)}: more than a number and a module",
            "covgate next 5 shop.cart",
        )
    count = int(numbers[0]) if numbers else arguments.count
    if numbers and arguments.count is not None:
        raise UsageError(
            "option-conflict", f"found both {numbers[0]} and --count {arguments.count}", "give one of them"
        )
    if count is not None and count < 1:
        raise UsageError("option-value", f"{count} functions cannot be named", "give a number from 1 on")
    if count is not None and arguments.until is not None:
        raise UsageError("option-conflict", "--until names as many functions as it takes", "leave out the number")
    if modules and arguments.component is not None:
        raise UsageError(
            "option-conflict", f"found both {modules[0]} and --component {arguments.component}", "give one of them"
        )
    return _Asked(count, modules[0] if modules else None, arguments.component, arguments.until)


def _modules(asked: _Asked, project: Project, verdict: Verdict) -> Sequence[JudgedModule]:
    """Return the modules that the functions are to be of; raises `UsageError` for names of none."""
    settings, snapshot = project.settings, verdict.snapshot
    if asked.module is not None:
        module = named_module(asked.module, names_of(asked.module, project.root), snapshot)
        package = f"{module.name}."
        is_package = module.path.endswith("__init__.py") and asked.module == module.name
        within = [one for one in snapshot.modules if is_package and one.name and one.name.startswith(package)]
        return [verdict.judge_module(one) for one in (module, *within)]
    modules = [module for module in snapshot.modules if not matches_any(settings.exclude, module)]
    if asked.component is not None:
        component = next((one for one in settings.components if one.name == asked.component), None)
        if component is None:
            known = ", ".join(one.name for one in settings.components) or "the settings have none"
            raise UsageError(
                "unknown-module", f"there is no component {asked.component!r}", f"known components: {known}"
            )
        modules = [module for module in modules if is_member(component, module, settings)]
    return [verdict.judge_module(module) for module in modules]


def _describe(
    chosen: Iterable[Untested], project: Project, verdict: Verdict, snapshot: Snapshot, most: int | None = None
) -> tuple[NextTest, ...]:
    chosen = tuple(chosen)
    if not chosen:
        return ()
    suite = _read_suite(project, snapshot)
    total = sum((verdict.judge_module(module).share for module in snapshot.modules), NO_UNITS)
    texts = read_texts(project.root, (untested.judged.path for untested in chosen))
    codes = {path: read_code(text) for path, text in texts.items()}
    return tuple(
        describe_next(untested, codes.get(untested.judged.path), suite, project.settings, total, most)
        for untested in chosen
    )


def _read_suite(project: Project, snapshot: Snapshot) -> Suite:
    paths = find_test_files(project.root, project.record)
    return read_suite(read_texts(project.root, paths), read_tests(project, snapshot))

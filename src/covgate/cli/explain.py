"""`covgate explain`: why a module or a component has the target it has, and what is known of lines."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from covgate.cli.completeness import warn_of_part
from covgate.cli.output import err, out
from covgate.cli.project import add_change_options, add_data_options, command_context, open_command_project
from covgate.cli.subject import named_module, names_of, split_lines
from covgate.errors import UsageError
from covgate.judge.explain import explain_component, explain_line, explain_module
from covgate.judge.known_tests import answer_lines
from covgate.judge.verdict import judge
from covgate.model.explanation import LineExplanation
from covgate.model.known_tests import KnownTests
from covgate.model.lines import LineRange
from covgate.model.remedies import MEASURE_AGAIN
from covgate.model.snapshot import Module
from covgate.model.verdict import Verdict
from covgate.project import Project
from covgate.reports.explain import component_text, explanation_text, line_text
from covgate.reports.explain_json import component_json, explanation_json, lines_json
from covgate.run import find_change, read_modules, read_suite

PASSED = 0


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "explain", help="why a module or component has its target, and what is known of a line"
    )
    parser.add_argument(
        "subject",
        metavar="SUBJECT",
        nargs="?",
        help="a module by import name or path, its lines (src/a.py:12 or src/a.py:12-15), or a component",
    )
    add_data_options(parser)
    add_change_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.subject is None:  # --data takes all that follows it
        raise UsageError(
            "option-value",
            "SUBJECT is missing",
            "covgate explain SUBJECT, before --data: shop.payments, or src/a.py:12",
        )
    project = open_command_project(arguments)
    subject, lines = split_lines(arguments.subject)
    names = names_of(subject, project.root)
    context = command_context(project, stale="warn")
    change = find_change(project)
    snapshot = read_modules(project, context, change, texts_of=names)
    verdict = judge(snapshot, project.settings, context, change)
    width = shutil.get_terminal_size().columns
    warn_of_part(project)
    components = {component.name: component for component in project.settings.components}
    if arguments.subject in components:
        component = explain_component(components[arguments.subject], project.settings, verdict)
        out(component_json(component) if arguments.json else component_text(component, width))
        return PASSED
    module = named_module(subject, names, snapshot, components)
    if module.path in snapshot.stale:
        note = f"note: edited after the measurement, so line numbers may be wrong; {MEASURE_AGAIN}\n"
        (err if arguments.json else out)(note)
    if lines:
        found = list(_explain_lines(module, lines, verdict, project))
        out(lines_json(module.path, found) if arguments.json else _lines_text(module.path, found, width))
    else:
        explanation = explain_module(module, project.settings, verdict)
        out(explanation_json(explanation) if arguments.json else explanation_text(explanation, width))
    return PASSED


def _lines_text(path: str, found: Iterable[tuple[LineExplanation, KnownTests | None]], width: int) -> str:
    return "".join(line_text(path, line, tests, width) for line, tests in found)


def _explain_lines(
    module: Module, ranges: Sequence[LineRange], verdict: Verdict, project: Project
) -> Iterator[tuple[LineExplanation, KnownTests | None]]:
    """Yield what is known of each statement on these lines, and of its tests."""
    text = verdict.snapshot.text_of(module.path)
    last = max(last for _, last in ranges)
    if last > len(text.lines):
        raise UsageError("option-value", f"{module.path} has no line {last}", f"it has {len(text.lines)} lines")
    judged = verdict.judge_module(module)
    tests = read_suite(project, verdict.snapshot, module)
    lines = [explain_line(judged, text, line) for first, last in ranges for line in range(first, last + 1)]
    for found in _each_statement_once(lines):
        known = None
        if tests is not None and found.statement is not None:
            known = answer_lines(tests.known, module, (found.statement,), text, tests.nearness)
        yield found, known


def _each_statement_once(lines: Sequence[LineExplanation]) -> Iterable[LineExplanation]:
    """The first line of each statement; lines without a statement only where there is nothing else."""
    statements = {line.statement: line for line in reversed(lines) if line.statement is not None}
    return sorted(statements.values(), key=lambda line: line.line) or lines[:1]

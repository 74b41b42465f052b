"""`covgate explain`: why a module has the target it has, and what is known of a line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import Any

from covgate.cli.completeness import warn_of_part
from covgate.cli.output import out
from covgate.cli.project import (
    add_change_options,
    add_data_options,
    command_context,
    open_command_project,
)
from covgate.cli.subject import named_module, names_of
from covgate.errors import UsageError
from covgate.judge.explain import explain_line, explain_module
from covgate.judge.verdict import judge
from covgate.measurement.reader import contexts_of
from covgate.model.snapshot import Module
from covgate.model.verdict import Verdict
from covgate.project import Project
from covgate.reports.explain import explanation_text, line_text
from covgate.run import find_change, read_modules

PASSED = 0


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("explain", help="why a module has its target, and what is known of a line")
    parser.add_argument(
        "subject", metavar="MODULE", nargs="?", help="an import name, a path, or a path and a line: src/a.py:12"
    )
    add_data_options(parser)
    add_change_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.subject is None:  # --data takes all that follows it
        raise UsageError("MODULE is missing", "covgate explain MODULE, before --data: shop.payments, or src/a.py:12")
    project = open_command_project(arguments)
    subject, line = _subject_and_line(arguments.subject)
    names = names_of(subject, project.root)
    context = command_context(project, stale="warn")
    change = find_change(project)
    snapshot = read_modules(project, context, change, texts_of=names)
    verdict = judge(snapshot, project.settings, context, change)
    warn_of_part(project)
    module = named_module(subject, names, snapshot)
    if module.path in snapshot.stale:
        out("note: edited after the measurement, so lines may be other ones than those that ran; measure again\n")
    if line is None:
        out(explanation_text(explain_module(module, project.settings, verdict)))
    else:
        _explain_line(module, line, verdict, project)
    return PASSED


def _explain_line(module: Module, line: int, verdict: Verdict, project: Project) -> None:
    text = verdict.snapshot.text_of(module.path)
    if not 0 < line <= len(text.lines):
        raise UsageError(f"{module.path} has no line {line}", f"it has {len(text.lines)} lines")
    found = explain_line(verdict.judge_module(module), text, line)
    contexts: Iterable[str] = ()
    if found.ran and found.statement is not None:
        contexts = contexts_of(project.measurement, project.root, module.path, found.statement)
    out(line_text(module.path, found, tuple(contexts)))


def _subject_and_line(text: str) -> tuple[str, int | None]:
    path, _, line = text.rpartition(":")
    return (path, int(line)) if path and re.fullmatch("[0-9]{1,9}", line) else (text, None)

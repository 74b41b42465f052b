"""`covgate explain`: why a module has the target it has, and what is known of a line."""

from __future__ import annotations

import argparse
import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from covgate import gate
from covgate.cli.output import out
from covgate.cli.project import CommandProject, add_change_options, add_data_options, command_project
from covgate.errors import DataError, UsageError
from covgate.inputs.coverage_data import contexts_of
from covgate.inputs.tree import shown_path
from covgate.judge.explain import explained, explained_line
from covgate.judge.verdict import Circumstances, judge
from covgate.model.snapshot import Module, Snapshot
from covgate.reports.explain import explanation_text, line_text

PASSED, NO_DATA = 0, 3


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
    project = command_project(arguments)
    subject, line = _subject_and_line(arguments.subject)
    names = _names(subject, project.root)
    request = project.request(Circumstances(notes=project.notes))
    try:
        change, snapshot = gate.read(request, detailed=names)
    except DataError as error:
        out(f"covgate: {error}\n")
        return NO_DATA
    module = _module(subject, names, snapshot)
    if line is None:
        verdict = judge(snapshot, project.settings, request.circumstances, change)
        out(explanation_text(explained(module, project.settings, verdict)))
    else:
        _explain_line(module, line, project)
    return PASSED


def _explain_line(module: Module, line: int, project: CommandProject) -> None:
    if not 0 < line <= len(module.source):
        raise UsageError(f"{module.path} has no line {line}", f"it has {len(module.source)} lines")
    found = explained_line(module, line)
    contexts: Iterable[str] = ()
    if found.ran and found.statement is not None:
        contexts = contexts_of(project.measurement, project.root, module.path, found.statement)
    out(line_text(module.path, found, tuple(contexts)))


def _subject_and_line(text: str) -> tuple[str, int | None]:
    path, _, line = text.rpartition(":")
    return (path, int(line)) if path and re.fullmatch("[0-9]{1,9}", line) else (text, None)


def _names(subject: str, root: Path) -> tuple[str, ...]:
    """What the subject may be called in the data: as it is, or as a path from here."""
    here = shown_path(root.resolve(), os.path.realpath(subject))
    return (subject.removeprefix("./"), here)


def _module(subject: str, names: tuple[str, ...], snapshot: Snapshot) -> Module:
    modules = (*snapshot.modules, *snapshot.unmeasured)
    for module in modules:
        if module.path in names or module.name in names:
            return module
    known = [name for module in modules for name in (module.path, module.name) if name]
    near = difflib.get_close_matches(subject, known, n=3, cutoff=0.5)
    remedy = f"did you mean {', '.join(near)}?" if near else "give a path or an import name of what was measured"
    raise UsageError(f"no measured module is called {subject!r}", remedy)

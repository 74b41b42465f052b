"""`covgate init`: settings with which the gate is green today."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from typing import Any

from covgate.cli.completeness import require_fresh, require_run_of_all
from covgate.cli.output import out
from covgate.cli.project import add_data_options, command_context, open_command_project
from covgate.config.edit import with_table
from covgate.config.pyproject import Pyproject, diff_of, read_pyproject, write_pyproject
from covgate.config.settings import readable_settings
from covgate.config.toml import toml_key, toml_string, toml_value
from covgate.errors import DataError, UsageError
from covgate.files import shown_path
from covgate.judge.adoption import Adoption, plan_adoption
from covgate.judge.source_misfit import MEASURE_THE_SOURCE, describe_misfit
from covgate.judge.verdict import judge
from covgate.measurement.sources import discovered_sources
from covgate.model.remedies import MEASURE_FIRST
from covgate.model.settings import is_set
from covgate.model.snapshot import Snapshot
from covgate.model.words import counted
from covgate.project import Project
from covgate.reports.branch import branch_to_do
from covgate.run import find_change, read_modules

PASSED = 0
MAX_DROP = 2
"""The points that coverage may drop, where there was no table yet."""


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("init", help="write settings that pass today")
    parser.add_argument(
        "--module",
        metavar="PERCENT",
        type=_percent,
        default=80,
        help="the target of every module that reaches it today, and the goal of all (default: 80)",
    )
    parser.add_argument(
        "--complete", action="store_true", help="treat the data as that of a complete run, whatever its record says"
    )
    parser.add_argument("--force", action="store_true", help="replace the targets of modules in a table that is there")
    parser.add_argument("--dry-run", action="store_true", help="show the change, write nothing")
    add_data_options(parser)
    parser.set_defaults(run=run)


def _percent(text: str) -> int:
    if not text.isdecimal() or int(text) > 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole percentage from 0 to 100")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    project = open_command_project(arguments)
    path = project.root / "pyproject.toml"
    pyproject = read_pyproject(project.root).require_valid()
    before = pyproject.text
    with_table(before, "", path, replace=arguments.force)  # what stands in the way is told before anything else
    if not arguments.complete:
        require_run_of_all(project)
    context = command_context(project, stale="warn")
    change = find_change(project)
    snapshot = read_modules(project, context, change)
    require_fresh(snapshot, project)
    if not snapshot.share.units:
        raise DataError("nothing-measured", "no measured module has a statement", MEASURE_FIRST)
    _require_source(snapshot, project)
    adoption = plan_adoption(snapshot.modules, arguments.module)
    aims = _aims(adoption, _kept(pyproject), project)
    after = with_table(before, _table(adoption, project, aims), path, replace=arguments.force)
    verdict = judge(snapshot, readable_settings(after), context, change)
    if arguments.dry_run:
        out((diff_of(before, after) or "nothing to change\n") + branch_to_do(verdict))
        return PASSED
    write_pyproject(path, before, after)
    out(_done(adoption, aims, snapshot) + branch_to_do(verdict) + "next: pytest --covgate, or covgate check\n")
    return PASSED


def _require_source(snapshot: Snapshot, project: Project) -> None:
    """Raise `DataError` for data of something else than what the new settings are going to name."""
    values = project.sources.values if project.sources is not None else ()
    source = [shown_path(project.root.resolve(), value) for value in values if value is not None]
    misfit = describe_misfit(snapshot, source or project.coverage_settings.source)
    if misfit is not None:
        raise DataError("other-source", misfit, MEASURE_THE_SOURCE)


def _kept(pyproject: Pyproject) -> dict[str, Any]:
    """What of a table that is replaced the data cannot tell: everything but the targets of modules."""
    table = pyproject.table("tool", "covgate")
    return {key: value for key, value in table.items() if key not in ("module", "targets")}


def _aims(adoption: Adoption, kept: Mapping[str, Any], project: Project) -> dict[str, Any]:
    """`kept` with today's total, and what was asked for as the goal; what is there already stays as it is.

    coverage.py's `fail_under` stays the total where it is one, and a total of 0 would pass always.
    """
    aims: dict[str, Any] = dict(kept) if kept else {"history": {"max_drop": MAX_DROP}}
    goal = aims.get("goal")
    if is_set(goal) and goal < adoption.module:
        raise UsageError(
            "option-conflict",
            f"tool.covgate.goal is {toml_value(goal)}, which is below --module {adoption.module}",
            f"raise the goal, or give --module {math.floor(goal)}",
        )
    if "total" not in aims and adoption.total and project.coverage_settings.fail_under is None:
        aims["total"] = min(adoption.total, math.floor(goal)) if is_set(goal) else adoption.total
    total = aims.get("total", project.coverage_settings.fail_under)
    if "goal" not in aims and not (is_set(total) and total > adoption.module):  # a goal below the total is none
        aims["goal"] = adoption.module
    return aims


def _table(adoption: Adoption, project: Project, kept: Mapping[str, Any]) -> str:
    """As a person would write it."""
    source = toml_value(kept["source"]) if "source" in kept else _source(project)
    lines = ["[tool.covgate]", *([f"source = {source}"] if source else []), f"module = {adoption.module}"]
    lines += [f"{key} = {toml_value(kept[key])}" for key in ("total", "goal", "by", "exclude", "mode") if key in kept]
    if adoption.targets:
        entry = "{}" if "goal" in kept else f"{{{{ target = {{}}, goal = {adoption.module} }}}}"
        lines += ["", "[tool.covgate.targets]"]
        lines += [f"{toml_string(key)} = {entry.format(target)}" for key, target in adoption.targets]
    tables = [("[tool.covgate.changed]", kept.get("changed"))]
    tables += [("[tool.covgate.history]", kept.get("history"))]
    tables += [("[tool.covgate.advice]", kept.get("advice"))]
    tables += [(f"[tool.covgate.components.{toml_key(name)}]", one) for name, one in kept.get("components", {}).items()]
    tables += [("[[tool.covgate.accept]]", entry) for entry in kept.get("accept", ())]
    for header, table in tables:
        if table:
            lines += ["", header, *(f"{toml_key(key)} = {toml_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _source(project: Project) -> str:
    """What was found in the project, where neither the settings nor coverage.py's say what to measure."""
    if project.coverage_settings.source or project.coverage_settings.include:
        return ""
    try:
        found = discovered_sources(project.root).values
    except UsageError:
        return ""
    values = (shown_path(project.root.resolve(), str(value)) for value in found if value is not None)
    return "[" + ", ".join(map(toml_string, values)) + "]"


def _done(adoption: Adoption, aims: Mapping[str, Any], snapshot: Snapshot) -> str:
    kept = len(adoption.targets)
    count = sum(1 for module in snapshot.modules if module.units)
    reach = count - kept
    below = f", {kept} {'is' if kept == 1 else 'are'} held to what {'it has' if kept == 1 else 'they have'} today"
    goal = aims.get("goal", adoption.module if kept else None)
    plan = f"the goal is {toml_value(goal)} %: a run that passes lists what is missing to it\n" if is_set(goal) else ""
    total, drop = aims.get("total"), aims.get("history", {}).get("max_drop")
    held = [f"the total is held to {toml_value(total)} %"] if is_set(total) else []
    held += [f"a drop of more than {toml_value(drop)} points fails"] if is_set(drop) else []
    plan = f"{', and '.join(held)}\n{plan}" if held else plan
    return (
        f"wrote [tool.covgate] to pyproject.toml: every module is held to {adoption.module} %; "
        f"{reach} of {counted(count, 'module')} {'reaches' if reach == 1 else 'reach'} it"
        f"{below if kept else ''}\n{plan}"
    )

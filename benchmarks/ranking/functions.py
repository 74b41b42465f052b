"""Reads the data of one suite, whole and without some of its test files, and writes down the functions with a gap.

    python functions.py FOLDER OUTPUT.json

Runs in an environment with covgate and radon, on the Python that measured: other versions parse other branches.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from coverage import CoverageData
from radon.complexity import ComplexityVisitor
from radon.visitors import Class
from radon.visitors import Function as RadonFunction

from covgate.cli.project import add_data_options, command_context, open_command_project
from covgate.judge.naming import is_test
from covgate.judge.urgent import most_urgent
from covgate.judge.verdict import judge
from covgate.model.judged import JudgedModule, judge_module
from covgate.model.node_ids import file_of
from covgate.model.snapshot import Function, SourceText
from covgate.run import read_modules

SETTINGS = "\n[tool.covgate]\nmodule = 90\n"
MASKS = (30, 60)
SEEDS = (1, 2, 3, 4, 5)
Arcs = Mapping[str, Mapping[str, set[tuple[int, int]]]]
"""By test file and measured file; the test file is empty for what ran outside of tests."""


def main() -> None:
    folder, output = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    settings = folder / "pyproject.toml"
    text = settings.read_text(encoding="utf-8") if settings.exists() else ""
    if SETTINGS not in text:
        settings.write_text(text + SETTINGS, encoding="utf-8")
    tests = read_tests_of_lines(folder / ".coverage")
    arcs = read_arcs(folder / ".coverage")
    files = sorted(file for file in arcs if file)
    found = {"natural": [describe(folder, folder / ".coverage", tests, frozenset(files))]}
    for mask in MASKS:
        settings_of_mask = []
        for seed in SEEDS:
            kept = frozenset(random.Random(seed).sample(files, len(files) - round(len(files) * mask / 100)))
            data = folder / f".coverage-{mask}-{seed}"
            write_part(data, arcs, kept)
            settings_of_mask.append(describe(folder, data, tests, kept))
        found[f"masked {mask}"] = settings_of_mask
    output.write_text(json.dumps({"test_files": len(files), "settings": found}), encoding="utf-8")


def read_arcs(data: Path) -> Arcs:
    found: dict[str, dict[str, set[tuple[int, int]]]] = defaultdict(lambda: defaultdict(set))
    with sqlite3.connect(data) as connection:
        files = dict(connection.execute("select id, path from file"))
        contexts = dict(connection.execute("select id, context from context"))
        for file, context, start, end in connection.execute("select file_id, context_id, fromno, tono from arc"):
            name = contexts[context]
            found[file_of(name) if "::" in name else ""][files[file]].add((start, end))
    return found


def read_tests_of_lines(data: Path) -> Mapping[str, Mapping[int, set[str]]]:
    """Return by measured file and line the tests that ran it: by their node ids, without parameters."""
    found: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    with sqlite3.connect(data) as connection:
        files = dict(connection.execute("select id, path from file"))
        contexts = dict(connection.execute("select id, context from context"))
        for file, context, line in connection.execute("select distinct file_id, context_id, abs(fromno) from arc"):
            name = contexts[context]
            if "::" in name:
                found[files[file]][line].add(name.rpartition("|")[0].partition("[")[0])
    return found


def write_part(data: Path, arcs: Arcs, kept: Collection[str]) -> None:
    """Write what ran outside of tests and in the tests of the files `kept`, as coverage.py's data."""
    data.unlink(missing_ok=True)
    union: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for file, measured in arcs.items():
        if not file or file in kept:
            for path, pairs in measured.items():
                union[path] |= pairs
    part = CoverageData(str(data))
    part.add_arcs(union)
    part.touch_files([path for measured in arcs.values() for path in measured])
    part.write()


def describe(
    folder: Path, data: Path, tests: Mapping[str, Mapping[int, set[str]]], kept: frozenset[str]
) -> list[dict[str, Any]]:
    """Return a row for each function with a gap, in the order of `covgate next`."""
    parser = argparse.ArgumentParser()
    add_data_options(parser)
    project = open_command_project(parser.parse_args(["--root", str(folder), "--data", str(data)]))
    context = command_context(project)
    snapshot = read_modules(project, context, all_texts=True)
    verdict = judge(snapshot, project.settings, context)
    judged = [judge_module(module) for module in snapshot.modules if not is_test(module.path)]
    rows = []
    complexities = {one.path: complexity_by_line(folder / one.path) for one in judged}
    for position, untested in enumerate(most_urgent(verdict, judged)):
        one, gap = untested.judged, untested.gap
        function = next(each for each in one.module.functions if (each.name, each.line) == (gap.name, gap.line))
        by_line = tests.get(str(folder / one.path), {})
        run_by = [{test for test in by_line.get(line, ()) if file_of(test) in kept} for line in function.statements]
        rows.append(
            {
                "path": one.path,
                "name": gap.name,
                "line": gap.line,
                "position": position,
                "missing": gap.missing,
                "statements": len(function.statements),
                "statements_missing": len(function.statements & one.module.missing),
                "complexity": complexities[one.path].get(gap.line, 1),
                "one_test": sum(len(each) == 1 for each in run_by),
                "lines": sorted(untested_lines(one, function, snapshot.texts[one.path])),
            }
        )
    return rows


def untested_lines(judged: JudgedModule, function: Function, text: SourceText) -> Iterator[int]:
    """Yield all lines of the missing statements of a function, and those of branches with a missing destination."""
    yield from text.all_lines_of(function.statements & judged.module.missing)
    yield from (one.line for one in judged.module.branches if one.missing and one.line in function.statements)


def complexity_by_line(path: Path) -> dict[int, int]:
    """Return radon's complexity by the line of `def`, and by those of decorators, without what is defined within."""
    found: dict[int, int] = {}
    waiting: list[Any] = list(ComplexityVisitor.from_code(path.read_text(encoding="utf-8")).blocks)
    while waiting:
        block = waiting.pop()
        if isinstance(block, Class):
            waiting += [*block.methods, *block.inner_classes]
        elif isinstance(block, RadonFunction):
            waiting += block.closures
            inside = sum(closure.complexity for closure in block.closures)
            found[block.lineno] = max(1, block.complexity - inside)
    return found


if __name__ == "__main__":
    main()

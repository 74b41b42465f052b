"""Modules without a test of their own, and functions that one test alone holds up."""

from __future__ import annotations

from collections.abc import Iterable

from covgate.judge.known_tests import function_tests, reached_module
from covgate.judge.naming import is_test
from covgate.judge.nearest import NO_IMPORTS, Imports, Nearness, bears_name, rank_files
from covgate.judge.targets import matches_any
from covgate.model.known_tests import FragileFunction, Subject, SuiteGaps, Untested, UntestedModule
from covgate.model.node_ids import file_of
from covgate.model.settings import Settings
from covgate.model.snapshot import Module
from covgate.model.test_map import TestMap


def find_suite_gaps(
    known: TestMap, modules: Iterable[Module], settings: Settings, imports: Imports = NO_IMPORTS
) -> SuiteGaps:
    """Return both for the modules that are judged; those that `exclude` names and tests are left out."""
    judged = [
        module
        for module in modules
        if module.statements and not is_test(module.path) and not matches_any(settings.exclude, module)
    ]
    return SuiteGaps(
        basis=known.basis,
        untested=find_untested(known, judged, imports),
        fragile=find_fragile(known, judged),
        outdated=tuple(module.path for module in judged if module.path in known.outdated),
        partial=known.partial,
    )


def find_untested(known: TestMap, modules: Iterable[Module], imports: Imports = NO_IMPORTS) -> Untested:
    """Sort the modules without a test of their own into lists; `imports` are those of all test files."""
    never: list[UntestedModule] = []
    imported: list[UntestedModule] = []
    by_others: list[UntestedModule] = []
    unknown: list[UntestedModule] = []
    lists = {"never": never, "import": imported, "unknown": unknown}
    files, nearness = {*map(file_of, known.tests), *imports}, Nearness(known, imports)
    for module in modules:
        reached = reached_module(known, module)
        row = UntestedModule(module.path, len(module.statements), len(module.missing))
        if reached == "tests":
            if not any(bears_name(file, module.path) or module.path in imports.get(file, ()) for file in files):
                tests = nearness.rank(function_tests(known, module), Subject(module.path))
                by_others.append(row._replace(test_files=rank_files(tests)))
        elif reached in lists and (module.functions or reached == "never"):
            lists[reached].append(row)
    return Untested(*map(tuple, (never, imported, by_others, unknown)))


def find_fragile(known: TestMap, modules: Iterable[Module]) -> tuple[FragileFunction, ...]:
    """Return the functions that exactly one test runs, those with most statements first."""
    by_path = {module.path: module for module in modules}
    rows = []
    for fragile in known.fragile():
        module, seen = by_path.get(fragile.path), fragile.function
        for function in module.functions if module is not None else ():
            if function.name == seen.name and seen.first <= function.line <= seen.last and function.statements:
                missing = len(function.statements & module.missing) if module is not None else 0
                count = len(function.statements)
                rows.append(FragileFunction(fragile.path, seen.name, function.line, count, missing, fragile.test))
    return tuple(sorted(rows, key=lambda row: (-row.statements, row.path, row.line)))

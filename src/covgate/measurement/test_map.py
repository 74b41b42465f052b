"""The map of tests of a measurement: its modules by their paths, for the source of today."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import coverage
from coverage.exceptions import CoverageWarning

from covgate.judge.test_maps import merge_maps, merge_modules
from covgate.measurement.coverage_settings import in_folder
from covgate.measurement.data_files import find_data_files
from covgate.measurement.location import Measurement
from covgate.measurement.reader import context_lines
from covgate.measurement.recorded import path_mapping
from covgate.measurement.run_table import read_map
from covgate.measurement.test_files import find_test_files
from covgate.measurement.tree import place_of, real_path
from covgate.model.lines import Lines
from covgate.model.node_ids import strip_parameters
from covgate.model.run_record import Digests
from covgate.model.snapshot import Module, Snapshot
from covgate.model.test_map import FunctionTests, ModuleTests, TestMap

PHASES = ("setup", "run", "teardown")
"""What pytest-cov adds to the node id of a test in a context."""


def place_map(known: TestMap, measurement: Measurement, root: Path, digests: Digests) -> TestMap:
    """Return a map that was just recorded by the paths of the modules, of which `digests` are given.

    `known` has them by the names that source files have for coverage.py; what is no module is left out.
    """
    found: dict[str, list[ModuleTests]] = {}
    with in_folder(measurement.base), warnings.catch_warnings():
        warnings.simplefilter("ignore", CoverageWarning)  # the measurement has told them
        mapped = path_mapping(coverage.Coverage(config_file=measurement.config_file, data_file=None))
        for name, module in known.modules.items():
            path = place_of(root.resolve(), real_path(mapped(name))).path
            if path in digests:
                found.setdefault(path, []).append(module._replace(digest=digests[path]))
    return known._replace(modules={path: merge_modules(found[path], known.basis) for path in sorted(found)})


def read_test_map(measurement: Measurement, root: Path, snapshot: Snapshot) -> TestMap | None:
    """Return which test runs what, for the modules of `snapshot`, which was read from the same data.

    It rests on coverage.py's dynamic contexts where the data has them, else on what the run recorded.
    None where neither is there; raises `DataError` for what cannot be read.
    """
    recorded = _of_records(measurement)
    known = _of_contexts(measurement, root, recorded, snapshot) or recorded
    if known is None:
        return None
    record = measurement.record
    fitting = known.fit(snapshot.digests)
    if known.basis != "functions":
        modules = {module.path: module for module in snapshot.modules}
        fitting = fitting._replace(
            modules={path: _with_functions(fitting.modules[path], modules.get(path)) for path in fitting.modules}
        )
    return fitting._replace(partial=None if record is None else record.partial)


def _of_records(measurement: Measurement) -> TestMap | None:
    maps = [read_map(file) for file in find_data_files(measurement.data_file, measurement.data)]
    known = [found for found in maps if found is not None]
    return merge_maps(known) if known else None


def _of_contexts(measurement: Measurement, root: Path, recorded: TestMap | None, snapshot: Snapshot) -> TestMap | None:
    """Return the map of the dynamic contexts, with the outcomes of `recorded`; None where the data has none.

    Where no run was recorded, as with pytest-cov alone, the times of files decide which modules are still what ran.
    """
    by_path = context_lines(measurement, root)
    test_of = _tests_of({context for lines in by_path.values() for context in lines}, root)
    named = {test for test in test_of.values() if test is not None}
    if not named:
        return None
    outcomes = recorded or TestMap("contexts", (), {})
    tests = tuple(sorted(named.union(outcomes.tests)))
    numbers = {test: number for number, test in enumerate(tests)}
    has_phases = any(context.endswith(tuple(f"|{phase}" for phase in PHASES)) for context in test_of)
    if measurement.record is not None:
        digests = measurement.record.files
    else:
        digests = {path: digest for path, digest in snapshot.digests.items() if path not in snapshot.stale}
    modules = {}
    for path in sorted(by_path):
        tests_of: dict[int, set[int]] = {}
        imported = Lines()
        for context, lines in by_path[path].items():
            test = test_of[context]
            if test is not None:
                for line in lines:
                    tests_of.setdefault(line, set()).add(numbers[test])
            elif has_phases:  # else fixtures run outside of all contexts, as collection does
                imported |= lines
        shared: dict[frozenset[int], tuple[int, ...]] = {}
        modules[path] = ModuleTests(
            lines={line: _shared(shared, tests_of[line]) for line in sorted(tests_of)},
            imported=imported,
            digest=digests.get(path, ""),
        )
    return TestMap("contexts", tests, modules, skipped=outcomes.skipped, failed=outcomes.failed)


def _shared(known: dict[frozenset[int], tuple[int, ...]], tests: set[int]) -> tuple[int, ...]:
    """Return one and the same tuple for equal sets: most lines of a function have the tests of the line before."""
    return known.setdefault(frozenset(tests), tuple(sorted(tests)))


def _tests_of(contexts: Iterable[str], root: Path) -> dict[str, str | None]:
    """Return the test that each context stands for, by its node id where a file has it."""
    found = {context: _test_of(context) for context in contexts}
    if all(test is None or "::" in test for test in found.values()):
        return found
    modules: dict[str, list[str]] = {}
    for path in find_test_files(root, None):
        *folders, name = path.removesuffix(".py").split("/")
        for start in range(len(folders) + 1):  # unittest may start in any of the folders
            modules.setdefault(".".join([*folders[start:], name]), []).append(path)
    return {context: test and _node_id(test, modules) for context, test in found.items()}


def _node_id(test: str, modules: Mapping[str, Sequence[str]]) -> str:
    """Return the node id for a name such as `test_a.Test.test_b`; where no one file has it, the name."""
    parts = test.split(".")
    for end in range(len(parts) - 1, 0, -1):
        paths = modules.get(".".join(parts[:end]), ())
        if len(paths) == 1:
            return "::".join([paths[0], *parts[end:]])
    return test


def _test_of(context: str) -> str | None:
    """Return the test that a context stands for: `static|tests/test_a.py::test_b[1]|run`, or `test_a.test_b`.

    None for the context without a name, and for a static one.
    """
    parts = [part for part in context.split("|") if part not in PHASES]
    named = [part for part in parts if "::" in part]
    if named:
        start = context.index(named[0])
        phase = next((phase for phase in PHASES if context.endswith(f"|{phase}")), None)
        return strip_parameters(context[start : -len(phase) - 1] if phase else context[start:])
    return parts[-1] if len(parts) > 1 or "." in context else None


def _with_functions(known: ModuleTests, module: Module | None) -> ModuleTests:
    """Return what is known by line for the functions of the source as well."""
    if module is None:
        return known
    functions = []
    for function in module.functions:
        tests = {test for line in function.statements for test in known.lines.get(line, ())}
        body = next(iter(function.statements), function.line)
        functions.append(FunctionTests(function.name, function.line, body, function.last, tuple(sorted(tests))))
    return known._replace(functions=tuple(sorted(functions, key=lambda function: (function.first, function.name))))

"""Real projects: what the recorder says of tests and functions against coverage.py's contexts of the same run,
and what it says of lines in a run without contexts.

Prints a table; exit code 1 where anything differs, each difference by name. Run it with the folders of unpacked
source distributions:

    python tests/conformance/map.py marshmallow-4.4.0 jinja2-3.1.6 [-- PYTEST-OPTION ...]
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType
from typing import NamedTuple, TypeAlias

from coverage import CoverageData

from covgate.measurement.run_table import read_map
from covgate.model.node_ids import file_of, strip_parameters
from covgate.model.test_map import TestMap

Function: TypeAlias = tuple[str, str, int]
"""Path, qualified name, first line."""
IGNORED = "tests/test_deserialization.py::TestFieldDeserialization::test_invalid_datetime_deserialization"
"""Parametrized over a set of objects: the workers of pytest-xdist collect it in different orders."""


class Oracle(NamedTuple):
    """What coverage.py's contexts say: the tests of each function that has lines of its own, and of each line."""

    functions: Mapping[Function, frozenset[str]]
    lines: Mapping[tuple[str, int], frozenset[str]]


def main(arguments: list[str]) -> int:
    at = arguments.index("--") if "--" in arguments else len(arguments)
    folders, options = arguments[:at], arguments[at + 1 :]
    print(f"Python {sys.version.split()[0]}")
    if sys.version_info < (3, 12):
        print("skipped: this Python has no sys.monitoring")
        return 0
    print(
        f"{'project':<20}{'mode':<10}{'dist':<7}{'tests':>7}{'functions':>11}{'files x f.':>12}{'one test':>10}{'kB':>6}"
    )
    count = 0
    for folder in folders:
        for branch, dist in ((False, ()), (True, ()), (True, ("-n", "2"))):
            for line in differing(Path(folder).resolve(), branch, (*dist, *options)):
                print(f"  {line}", flush=True)
                count += 1
    print(f"{'FAILED' if count else 'passed'}: {count} differences")
    return 1 if count else 0


def differing(root: Path, branch: bool, options: tuple[str, ...]) -> Iterator[str]:
    """Everything in which the map of one run and its contexts disagree, a sentence each."""
    with tempfile.TemporaryDirectory() as folder:
        alone, _, said = measure(root, Path(folder), branch, options)
        size = kilobytes(Path(folder, "data"))
        known, oracle, also_said = measure(root, Path(folder), branch, ("--cov-context=test", *options))
    if known is None or alone is None:
        yield f"no map: {said[-2000:]} {also_said[-2000:]}"
        return
    single = sum(len(tests) == 1 for tests in oracle.functions.values())
    pairs = len(file_pairs(oracle.functions, oracle.functions))
    print(
        f"{root.name:<20}{'branches' if branch else 'lines':<10}{'-n 2' if '-n' in options else 'alone':<7}"
        f"{len(known.tests):>7}{known.function_count:>11}{pairs:>12}{single:>10}{size:>6}",
        flush=True,
    )
    if known.basis != "functions" or alone.basis != "functions":
        yield f"its basis is {known.basis}: {said[-2000:]}"
    yield from differing_functions(known, oracle)
    yield from differing_lines(alone, oracle)


def differing_functions(known: TestMap, oracle: Oracle) -> Iterator[str]:
    """Pairs of test file and function, and functions with one test, that only one of the two knows."""
    recorded = functions_of(known)
    pairs = file_pairs(recorded, oracle.functions)
    expected = file_pairs(oracle.functions, oracle.functions)
    single = {f for f, tests in oracle.functions.items() if len(tests) == 1}
    found = {(f.path, f.function.name, f.function.first) for f in known.fragile()}
    yield from (f"missing: {pair}" for pair in sorted(expected - pairs))
    yield from (f"extra: {pair}" for pair in sorted(pairs - expected))
    yield from (f"one test only, not known: {f}" for f in sorted(single - found))
    yield from (f"one test only, wrongly: {f}" for f in sorted((found & oracle.functions.keys()) - single))
    for f, tests in oracle.functions.items():
        if not known.is_capped(f[0], f[2]) and recorded.get(f, frozenset()) != tests:
            yield f"uncapped and incomplete: {f}: {sorted(recorded.get(f, frozenset()) ^ tests)}"


def differing_lines(known: TestMap, oracle: Oracle) -> Iterator[str]:
    """First tests that did not reach their line, and reached lines without a test that did not run at import either."""
    for (path, line), tests in sorted(oracle.lines.items()):
        first = known.first_tests(path, line)
        if not set(first) <= tests:
            yield f"first test of {path}:{line}: {first}, but only {sorted(tests)} reach it"
        if not known.tests_of_line(path, line) and line not in known.modules[path].imported:
            yield f"no test of {path}:{line}"


def measure(root: Path, folder: Path, branch: bool, options: tuple[str, ...]) -> tuple[TestMap | None, Oracle, str]:
    """Run the tests once, with contexts and with the map."""
    data = folder / "data"
    config = folder / "rc"
    config.write_text(f"[run]\nbranch = {branch}\nsource = {source_of(root)}\n", encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(root / "src"), str(root), os.environ.get("PYTHONPATH")]))
    env = {**os.environ, "PYTHONPATH": path, "COVERAGE_FILE": str(data), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--covgate", "--covgate-mode=measure"]
    command += [f"--cov-config={config}", "-v", f"--deselect={IGNORED}", *options]
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    known = read_map(data)
    return known, read_oracle(data, root) if data.is_file() else Oracle({}, {}), done.stdout + done.stderr


def kilobytes(data: Path) -> int:
    """Return the size of the map in the data file."""
    with contextlib.closing(sqlite3.connect(data)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'covgate_map'").fetchone():
            return 0
        (size,) = database.execute("SELECT length(names) + length(numbers) FROM covgate_map").fetchone()
    return -(-int(size) // 1000)


def source_of(root: Path) -> Path:
    base = root / "src" if (root / "src").is_dir() else root
    name = root.name.rpartition("-")[0]
    return base / name


def read_oracle(data_file: Path, root: Path) -> Oracle:
    data = CoverageData(basename=str(data_file))
    data.read()
    functions: dict[Function, frozenset[str]] = {}
    lines: dict[tuple[str, int], frozenset[str]] = {}
    for name in data.measured_files():
        path = Path(name).relative_to(root).as_posix()
        contexts = data.contexts_by_lineno(name)
        tests_of = {
            line: frozenset(strip_parameters(context.rpartition("|")[0]) for context in of_line if context)
            for line, of_line in contexts.items()
        }
        lines.update({(path, line): tests for line, tests in tests_of.items() if tests})
        for (qualified, first), own in own_lines(Path(name)).items():
            tests = frozenset[str]().union(*(tests_of.get(line, ()) for line in own))
            if tests:
                functions[path, qualified, first] = tests
    data.close(force=True)
    return Oracle(functions, lines)


def own_lines(file: Path) -> dict[tuple[str, int], set[int]]:
    """The lines of each function that no other code stands on."""
    codes: list[CodeType] = [compile(file.read_bytes(), str(file), "exec", dont_inherit=True)]
    names = {id(codes[0]): ""}  # Python 3.10 has no co_qualname
    for code in codes:
        for inner in (value for value in code.co_consts if isinstance(value, CodeType)):
            codes.append(inner)
            names[id(inner)] = f"{names[id(code)]}.{inner.co_name}".removeprefix(".")
    bodies = {id(code): {line for _, _, line in code.co_lines() if line is not None} for code in codes}
    owners: dict[int, int] = {}
    for lines in bodies.values():
        for line in lines:
            owners[line] = owners.get(line, 0) + 1
    found: dict[tuple[str, int], set[int]] = {}
    for code in codes:
        if code.co_flags & 3 == 3 and not code.co_name.endswith(">") and code.co_name != "__annotate__":
            own = {line for line in bodies[id(code)] if line > code.co_firstlineno and owners[line] == 1}
            found.setdefault((names[id(code)], code.co_firstlineno), set()).update(own)
    return found


def functions_of(known: TestMap) -> dict[Function, frozenset[str]]:
    return {
        (path, function.name, function.first): frozenset(known.named(function.tests))
        for path, module in known.modules.items()
        for function in module.functions
        if function.tests
    }


def file_pairs(
    functions: Mapping[Function, frozenset[str]], among: Mapping[Function, frozenset[str]]
) -> set[tuple[str, Function]]:
    """The test files that run each function, of those that the contexts know."""
    return {(file_of(test), function) for function in among for test in functions.get(function, ())}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Takes the tests of functions away from real projects, and asks where `covgate next` would put them.

`python benchmarks/advice/places.py` evaluates on four projects; `places.py attrs flask` on those that the weights
were chosen by. `benchmarks/advice.md` defines what counts as right. Needs an environment with covgate; the
projects get their own below `.work`.
"""

from __future__ import annotations

import argparse
import ast
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import comb
from typing import NamedTuple
from unittest import mock

from projects import EVALUATION, Measured, Place, measure, texts_of

from covgate.judge import nearest_test
from covgate.judge.naming import is_test
from covgate.judge.nearest_test import Wanted, rank_test_files
from covgate.judge.next_test import Suite, read_suite
from covgate.model.test_map import FunctionTests, ModuleTests, TestMap

CAP = 4
"""Tests of one file that the recorder keeps of a function."""
MOST_TESTS = 15
WEIGHTS = ("BY_MAP", "BY_IMPORT", "BY_MENTION", "BY_NAME")
WAYS = {
    "all": WEIGHTS,
    "map alone": ("BY_MAP",),
    "imports and mentions": ("BY_IMPORT", "BY_MENTION"),
    "names alone": ("BY_NAME",),
    "no map": ("BY_IMPORT", "BY_MENTION", "BY_NAME"),
}


class Ran(NamedTuple):
    """A function of the project, and the tests that run it."""

    wanted: Wanted
    function: FunctionTests
    tests: frozenset[str]

    @property
    def file(self) -> str:
        return min(self.tests).partition("::")[0]


class Outcome(NamedTuple):
    """How a way did on one function, each from 0 to 1: the file first, in the first three; the nearest test."""

    file_first: float
    file_in_three: float
    test_in_three: float
    test_first: float
    likeness: float
    """How like the named test is, as a share of the likeness of the best."""


class Removal(NamedTuple):
    """What is left of a suite without the tests of a function, and the remaining tests that are most like them."""

    ran: Ran
    suite: Suite
    likeness: Mapping[str, float]

    @property
    def best(self) -> frozenset[str]:
        most = max(self.likeness.values())
        return frozenset(test for test, value in self.likeness.items() if value >= most - 1e-9)


class Project:
    """A measured project: all functions with all of their tests, and the texts of its test files."""

    def __init__(self, place: Place, measured: Measured, order: Sequence[str]) -> None:
        self.place = place
        self.known = measured.tests
        self.order = {test: number for number, test in enumerate(order)}
        self.names = {module.path: module.name for module in measured.snapshot.modules}
        files = {test.partition("::")[0] for test in self.known.tests}
        self.texts = texts_of(place.folder, files)
        self.suite = read_suite(self.texts, self.known)
        self.located = {file.node_id(test) for file in self.suite.files for test in file.tests}
        self.runs: dict[str, set[tuple[str, str, int]]] = defaultdict(set)
        for path, function in self.functions():
            for number in function.tests:
                self.runs[self.known.tests[number]].add((path, function.name, function.first))

    def functions(self) -> Iterable[tuple[str, FunctionTests]]:
        for path, module in self.known.modules.items():
            if not is_test(path):
                yield from ((path, one) for one in module.functions if one.tests and not one.is_nameless)

    def candidates(self) -> list[Ran]:
        """Return the functions that at most 15 tests of one file run, all found in its text, where others are left."""
        found = []
        left = {file.path: {file.node_id(test) for test in file.tests} for file in self.suite.files}
        for path, function in self.functions():
            tests = frozenset(self.known.tests[number] for number in function.tests)
            ran = Ran(Wanted(path, self.names[path], function.name), function, tests)
            is_of_one = len({test.partition("::")[0] for test in tests}) == 1
            if is_of_one and len(tests) <= MOST_TESTS and tests <= self.located and left[ran.file] - tests:
                found.append(ran)
        return found

    def remove(self, ran: Ran, *, cap: int | None = CAP) -> Removal:
        """Take the tests of the function from the map and from the text of their file."""
        gone = {test.partition("::")[2] for test in ran.tests}
        texts = {**self.texts, ran.file: cut(self.texts[ran.file], gone)}
        suite = read_suite(texts, remaining(self.known, ran.tests, self.order, cap))
        rest = [file.node_id(test) for file in suite.files for test in file.tests]
        key = (ran.wanted.path, ran.function.name, ran.function.first)
        removed = [self.runs[test] - {key} for test in ran.tests]
        likeness = {test: max(jaccard(self.runs.get(test, set()), one) for one in removed) for test in rest}
        return Removal(ran, suite, likeness)


def jaccard(one: set[tuple[str, str, int]], other: set[tuple[str, str, int]]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def remaining(known: TestMap, gone: frozenset[str], order: Mapping[str, int], cap: int | None) -> TestMap:
    """Return the map as the recorder makes it without these tests: `cap` tests of each file, in the order of the run.

    With None, all of them.
    """
    rank = {number: order.get(test, len(order)) for number, test in enumerate(known.tests)}
    modules = {}
    for path, module in known.modules.items():
        functions = []
        for function in module.functions:
            kept: dict[str, list[int]] = defaultdict(list)
            for number in sorted(function.tests, key=rank.__getitem__):
                test = known.tests[number]
                of_file = kept[test.partition("::")[0]]
                if test not in gone and (cap is None or len(of_file) < cap):
                    of_file.append(number)
            numbers = sorted(number for of_file in kept.values() for number in of_file)
            if numbers:
                functions.append(function._replace(tests=tuple(numbers)))
        modules[path] = ModuleTests(tuple(functions), digest=module.digest)
    return TestMap("functions", known.tests, modules)


def cut(text: str, gone: set[str]) -> str:
    """Return the text without these tests (`TestCart::test_add`), and without the imports that only they used."""
    tree = ast.parse(text)
    before = used_names(tree, set())
    nodes = [node for name, node in tests_of(tree, "") if name in gone]
    unused = before - used_names(tree, {id(node) for node in nodes})
    lines = text.split("\n")
    for node in nodes:
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        blank(lines, first, node.end_lineno or first, "pass")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            kept = [one for one in node.names if (one.asname or one.name.partition(".")[0]) not in unused]
            if len(kept) < len(node.names):
                rest = ast.unparse(type(node)(**{**vars(node), "names": kept})) if kept else "pass"
                blank(lines, node.lineno, node.end_lineno or node.lineno, rest)
    return "\n".join(lines)


def blank(lines: list[str], first: int, last: int, text: str) -> None:
    indent = lines[first - 1][: len(lines[first - 1]) - len(lines[first - 1].lstrip())]
    lines[first - 1 : last] = [indent + text, *[""] * (last - first)]


def used_names(tree: ast.AST, without: set[int]) -> set[str]:
    found, stack = set(), [tree]
    while stack:
        node = stack.pop()
        if id(node) not in without:
            if isinstance(node, ast.Name):
                found.add(node.id)
            stack += ast.iter_child_nodes(node)
    return found


def tests_of(
    node: ast.Module | ast.ClassDef, prefix: str
) -> Iterable[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from tests_of(child, f"{prefix}{child.name}::")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name, child


def judge(removal: Removal, way: Sequence[str]) -> Outcome:
    """Ask for the places with only these weights."""
    with mock.patch.multiple(nearest_test, **{name: getattr(nearest_test, name) * (name in way) for name in WEIGHTS}):
        ranked = rank_test_files(removal.ran.wanted, removal.suite.files, removal.suite.map)
    paths = [nearest.file.path for nearest in ranked[:3]]
    if not ranked:
        return Outcome(0, 0, 0, 0, 0)
    named = [ranked[0].file.node_id(test) for test in ranked[0].tests[:3]]
    most = max(removal.likeness.values())
    return Outcome(
        paths[0] == removal.ran.file,
        removal.ran.file in paths,
        not removal.best.isdisjoint(named),
        named[0] in removal.best,
        removal.likeness[named[0]] / most if most else 1.0,
    )


def chance(removal: Removal) -> Outcome:
    """Return what a file and three tests of it drawn by lot are worth."""
    files = removal.suite.files
    first, three, like = 0.0, 0.0, 0.0
    for file in files:
        tests = [file.node_id(test) for test in file.tests]
        best = sum(test in removal.best for test in tests)
        drawn = min(3, len(tests))
        three += 1 - comb(len(tests) - best, drawn) / comb(len(tests), drawn)
        first += best / len(tests)
        like += sum(removal.likeness[test] for test in tests) / len(tests) / (max(removal.likeness.values()) or 1.0)
    count = len(files)
    return Outcome(1 / count, min(3, count) / count, three / count, first / count, like / count)


def mean(outcomes: Sequence[Outcome]) -> Outcome:
    return Outcome(*(sum(values) / len(outcomes) for values in zip(*outcomes, strict=True)))


def interval(values: Sequence[float], seed: int = 1) -> tuple[float, float]:
    """Return where 95 % of the means of 2,000 samples with replacement lie."""
    lot = random.Random(seed)
    means = sorted(sum(lot.choices(values, k=len(values))) / len(values) for _ in range(2000))
    return means[50], means[1949]


def evaluate(project: Project, count: int, seed: int) -> tuple[int, dict[str, list[Outcome]]]:
    candidates = project.candidates()
    chosen = random.Random(seed).sample(candidates, min(count, len(candidates)))
    found: dict[str, list[Outcome]] = defaultdict(list)
    for ran in chosen:
        removal = project.remove(ran)
        for name, way in WAYS.items():
            found[name].append(judge(removal, way))
        found["all, complete map"].append(judge(project.remove(ran, cap=None), WEIGHTS))
        found["by lot"].append(chance(removal))
    return len(candidates), found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", nargs="*", default=list(EVALUATION))
    parser.add_argument("--functions", type=int, default=50, metavar="N", help="per project (default: 50)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--again", type=int, default=5, metavar="N", help="removals to compare with a real run")
    arguments = parser.parse_args()
    everything: dict[str, list[Outcome]] = defaultdict(list)
    print("| project | way | file first | in the first three | nearest test in three | nearest test first | likeness |")
    print("|---|---|---|---|---|---|---|")
    for name in arguments.projects:
        project = Project(*measure(name))
        _, found = evaluate(project, arguments.functions, arguments.seed)
        for way, outcomes in found.items():
            everything[way] += outcomes
            print(row(name, way, outcomes), flush=True)
        if arguments.again:
            compare(name, project, arguments.again, arguments.seed)
    for way, outcomes in everything.items():
        print(row("together", way, outcomes))


def row(name: str, way: str, outcomes: Sequence[Outcome]) -> str:
    average = mean(outcomes)
    low, high = interval([one.file_first for one in outcomes])
    numbers = [f"{100 * value:.0f}" for value in average]
    numbers[0] += f" ({100 * low:.0f} to {100 * high:.0f})"
    return f"| {name} ({len(outcomes)}) | {way} | {' | '.join(numbers)} |"


def compare(name: str, project: Project, count: int, seed: int) -> None:
    """Run the rest of the tests for real, with the recorder, and print how far its map is the computed one."""
    candidates = project.candidates()
    for ran in random.Random(seed).sample(candidates, min(50, len(candidates)))[:count]:
        deselected = [f"--deselect={test}" for test in sorted(ran.tests)]
        project.place.pytest("--covgate", "--cov-report=", *deselected, log="again")
        real = pairs(project.place.read().tests)
        computed = pairs(remaining(project.known, ran.tests, project.order, CAP))
        both = len(real & computed)
        is_gone = not any(key[:2] == (ran.wanted.path, ran.wanted.function) for key in real)
        print(
            f"  {name} {ran.wanted.function}: {both} pairs in both, {len(real - computed)} only in the real run,"
            f" {len(computed - real)} only computed; function {'gone' if is_gone else 'left'}",
            flush=True,
        )


def pairs(known: TestMap) -> set[tuple[str, str, str]]:
    """Return which test file runs which function: which tests of it are kept depends on their order."""
    return {
        (path, function.name, known.tests[number].partition("::")[0])
        for path, module in known.modules.items()
        if not is_test(path)
        for function in module.functions
        if not function.is_nameless
        for number in function.tests
    }


if __name__ == "__main__":
    main()

"""Which test file a new test of a function belongs to, and which test there is nearest to it.

What speaks for a file is added up from four sources, each from 0 to 1: the map of tests (which tests run the neighbours
of the function), imports, mentions of the function, and names. `benchmarks/advice.md` says how often it is right.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from covgate.model.next_test import Basis
from covgate.model.test_file import TestFile, TestFunction
from covgate.model.test_map import FunctionTests, TestMap

BY_MAP, BY_IMPORT, BY_MENTION, BY_NAME = 3.0, 1.5, 1.5, 2.0
"""How much each source counts for a file."""
SAME_FUNCTION, SAME_CLASS, SAME_MODULE = 8.0, 3.0, 1.0
"""How much the tests of a function of the module say of another one."""
TEST_WORDS = frozenset(["test", "tests"])
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


class Wanted(NamedTuple):
    """The function that wants a test: `function` is its qualified name, empty for code outside of functions."""

    path: str
    module: str | None
    function: str

    @property
    def simple_name(self) -> str:
        return self.function.rpartition(".")[2]

    @property
    def holder(self) -> str:
        """The class or function around it; empty at the top of the module."""
        return self.function.rpartition(".")[0]


class Nearest(NamedTuple):
    """One test file, its tests from the nearest on, and what that rests on."""

    file: TestFile
    tests: tuple[TestFunction, ...]
    basis: Basis


def rank_test_files(wanted: Wanted, files: Sequence[TestFile], tests: TestMap | None) -> tuple[Nearest, ...]:
    """Return the test files for which anything speaks, the best first; without a map, imports and names decide."""
    by_map_file, by_map_test = _from_map(wanted, tests)
    mentions = _mentions(wanted, files)
    ranked: list[tuple[float, Nearest]] = []
    for file in files:
        by_map = by_map_file.get(file.path, 0.0)
        by_import, by_name = _import_share(wanted, file), _name_share(wanted, file)
        mention = mentions.get(file.path, 0.0)
        score = BY_MAP * by_map + BY_IMPORT * by_import + BY_MENTION * mention + BY_NAME * by_name
        if score:
            basis: Basis = "map" if by_map else "imports" if by_import >= by_name else "names"
            ranked.append((score, Nearest(file, _rank_tests(wanted, file, by_map_test), basis)))
    ranked.sort(key=lambda one: (-one[0], one[1].file.path))
    return tuple(nearest for _, nearest in ranked)


def _from_map(wanted: Wanted, tests: TestMap | None) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Return what the map says for each test file and each test, the strongest as 1.

    A function that few files run says more of each of them than one that all run.
    """
    files: dict[str, float] = defaultdict(float)
    single: dict[str, float] = defaultdict(float)
    module = None if tests is None else tests.modules.get(wanted.path)
    if tests is None or module is None:
        return files, single
    for function in module.functions:
        if function.is_nameless or not function.tests:
            continue
        names = [tests.tests[number] for number in function.tests]
        closeness = _closeness(wanted, function)
        of_files = Counter(name.partition("::")[0] for name in names)
        for file in of_files:
            files[file] += closeness / len(of_files) ** 2
        for name in names:
            single[name] += closeness / len(names)
    return _normalised(files), _normalised(single)


def _closeness(wanted: Wanted, function: FunctionTests) -> float:
    if function.name == wanted.function:
        return SAME_FUNCTION
    holder = function.name.rpartition(".")[0]
    return SAME_CLASS if holder and holder == wanted.holder else SAME_MODULE


def _import_share(wanted: Wanted, file: TestFile) -> float:
    """1 where the file imports the module, or from anywhere what holds the function; less for its package alone."""
    if wanted.module is None:
        return 0.0
    if any(name == wanted.module or name.startswith(f"{wanted.module}.") for name in file.imports):
        return 1.0
    package = wanted.module.partition(".")[0]
    top = wanted.function.partition(".")[0]
    of_package = [name for name in file.imports if name == package or name.startswith(f"{package}.")]
    if top and any(name.rpartition(".")[2] == top for name in of_package):
        return 0.8
    return 0.1 if of_package else 0.0


def _mentions(wanted: Wanted, files: Iterable[TestFile]) -> Mapping[str, float]:
    """Return how many of all tests that mention the function, or else its class, stand in each file, the most as 1."""
    for word in filter(None, (wanted.simple_name, wanted.holder.rpartition(".")[2])):
        if not word.startswith("__"):
            counts = {file.path: float(sum(word in test.words for test in file.tests)) for file in files}
            if any(counts.values()):
                return _normalised(counts)
    return {}


def _name_share(wanted: Wanted, file: TestFile) -> float:
    """How far the names of the test file and its folders are those of the module: 1 for `test_cart.py` of `cart.py`."""
    *_, folder, stem = ("", *wanted.path.removesuffix(".py").split("/"))
    of_module = _words(folder if stem == "__init__" else stem)
    of_file = _words(file.path.rpartition("/")[2].removesuffix(".py")) - TEST_WORDS
    if not of_module or not of_file:
        return 0.0
    if of_module == of_file:
        shared = _words(wanted.path.rpartition("/")[0]) & _words(file.path.rpartition("/")[0])
        return 1.0 if shared - {"src", *TEST_WORDS} else 0.95
    return 0.7 * len(of_module & of_file) / len(of_module | of_file)


def _rank_tests(wanted: Wanted, file: TestFile, by_map: Mapping[str, float]) -> tuple[TestFunction, ...]:
    of_function = _words(wanted.function)

    def score(test: TestFunction) -> float:
        of_test = _words(test.name) - TEST_WORDS
        alike = len(of_function & of_test) / len(of_function | of_test) if of_function and of_test else 0.0
        mention = (wanted.simple_name in test.words) + 0.5 * (wanted.holder.rpartition(".")[2] in test.words)
        return 2 * by_map.get(file.node_id(test), 0.0) + alike + mention

    return tuple(sorted(file.tests, key=score, reverse=True))


def _normalised(scores: Mapping[str, float]) -> Mapping[str, float]:
    most = max(scores.values(), default=0.0)
    return {name: score / most for name, score in scores.items()} if most else {}


def _words(name: str) -> frozenset[str]:
    """Return the words of an identifier or a path, in lower case."""
    return frozenset(word.lower() for word in WORD.findall(name))

"""Ranks tests by how near they are to a module or a function: whose test one would open first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeAlias

from covgate.model.known_tests import Subject
from covgate.model.node_ids import file_of
from covgate.model.test_map import NO_TESTS, ModuleTests, TestMap

Imports: TypeAlias = Mapping[str, frozenset[str]]
"""By the path of a test file: the paths of the modules that it imports."""
NO_IMPORTS: Imports = {}


class Nearness:
    """Ranks the tests of one map. `imports` are those of its test files, where somebody has read them."""

    def __init__(self, known: TestMap, imports: Imports = NO_IMPORTS) -> None:
        self._known = known
        self._imports = imports

    def rank(self, tests: Iterable[str], subject: Subject) -> tuple[str, ...]:
        """Return the tests, nearest first.

        First those in a file that bears the module's name (`test_cart.py` for `cart.py`), then those in a file that
        imports it, then those whose name holds the function's; among equals the most specific: the test that runs
        the fewest functions of other modules.
        """
        tests = tuple(tests)
        if len(tests) < 2:
            return tests
        here = _count([self._known.modules.get(subject.path, NO_TESTS)])

        def distance(test: str) -> tuple[bool, bool, bool, int, str]:
            file, number = file_of(test), self._numbers[test]
            return (
                not bears_name(file, subject.path),
                subject.path not in self._imports.get(file, ()),
                not _names_function(test, subject.function),
                self._everywhere[number] - here[number],
                test,
            )

        return tuple(sorted(tests, key=distance))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {test: number for number, test in enumerate(self._known.tests)}

    @cached_property
    def _everywhere(self) -> Counter[int]:
        return _count(self._known.modules.values())


def _count(modules: Iterable[ModuleTests]) -> Counter[int]:
    """Count the functions that each test runs, by the number of the test."""
    return Counter(number for module in modules for function in module.functions for number in function.tests)


def rank_files(tests: Iterable[str]) -> tuple[str, ...]:
    """Return the files of ranked tests, in the order of the first test of each."""
    return tuple(dict.fromkeys(map(file_of, tests)))


def bears_name(test_file: str, module_path: str) -> bool:
    """Whether a test file, or a folder that holds it, is named after the module.

    `tests/test_cart.py`, `tests/cart_test.py`, `tests/test_shop_cart.py` and `tests/cart/test_total.py` are named
    after `src/shop/cart.py`; `tests/test_shop.py` after `src/shop/__init__.py`.
    """
    *folders, name = module_path.removesuffix(".py").split("/")
    if name == "__init__" and folders:
        *folders, name = folders
    names = {_plain(name), _plain(f"{folders[-1]}_{name}") if folders else _plain(name)}
    *test_folders, test_name = test_file.removesuffix(".py").split("/")
    return _without_test(test_name) in names or not names.isdisjoint(map(_plain, test_folders))


def _without_test(name: str) -> str:
    words = [word for word in _plain(name).split("_") if word]
    if words and words[0] in ("test", "tests"):
        words = words[1:]
    elif words and words[-1] in ("test", "tests"):
        words = words[:-1]
    return "_".join(words)


def _plain(name: str) -> str:
    return name.strip("_").lower()


def _names_function(test: str, function: str | None) -> bool:
    """Whether the test's own name holds the last part of the function's, word by word."""
    wanted = _plain((function or "").rpartition(".")[2])
    return bool(wanted) and f"_{wanted}_" in f"_{_plain(test.rpartition('::')[2])}_"

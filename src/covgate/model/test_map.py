"""Which test runs which function: what one run recorded, and the questions that can be asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from covgate.model.lines import Lines

Basis: TypeAlias = Literal["functions", "contexts", "first"]
"""What a map rests on, see `TestMap.basis`."""
NO_LINES = Lines()


class FunctionTests(NamedTuple):  # a project has tens of thousands: cheap to make
    """A function, method or lambda of a module, and the numbers of the tests that are known to run it, ascending.

    `name` is qualified as in `Function.name`: `Cart.total`, and `outer.inner` for a function within
    another. Nameless code ends in `>`: `Cart.total.<lambda>`.
    """

    name: str
    first: int
    """The line of `def`, or of the first decorator."""
    body: int
    """The first line that runs when it is called."""
    last: int
    tests: tuple[int, ...]
    """Empty where it only ran during collection, and where its tests are not known."""
    is_capped: bool = False
    """True where more tests may run it than are listed: of each test file at least one is."""

    @property
    def is_nameless(self) -> bool:
        """True for lambdas, generator expressions and comprehensions."""
        return self.name.endswith(">")


class ModuleTests(NamedTuple):
    """What is known of one measured module; `digest` is that of the source that ran."""

    functions: tuple[FunctionTests, ...] = ()
    """Sorted by first line and name."""
    lines: Mapping[int, tuple[int, ...]] = {}
    """The tests of single lines: with the basis "contexts" all of them, with "first" the first one to reach the line.

    With "functions" the first test that ran the line, of lines outside of functions only.
    """
    imported: Lines = NO_LINES
    """The lines that ran before the first test: during collection."""
    digest: str = ""

    def functions_at(self, line: int) -> tuple[FunctionTests, ...]:
        """Return the innermost function with a name that holds the line, and nameless code on the line within it."""
        holding = [function for function in self.functions if function.first <= line <= function.last]
        named = [function for function in holding if not function.is_nameless]
        innermost = max((function.first for function in named), default=0)
        return tuple(function for function in holding if function.first >= innermost)


class Fragile(NamedTuple):
    """A function that exactly one test runs."""

    path: str
    function: FunctionTests
    test: str


class TestMap(NamedTuple):
    """Which test runs which function and line of which module.

    A test is a test function, by its node id without parameters and without subtests. Tests are stored
    once, sorted, and everywhere else by their number: the position in `tests`.
    """

    basis: Basis
    """The basis "functions": the recorder saw each function start. Every function that ran is listed with at least
    one of its tests from each test file. "contexts": coverage.py's own dynamic contexts, complete by line.
    "first": only the first test of each line is known, so that more tests may run it."""
    tests: tuple[str, ...]
    """All tests that ran, also those that reach no measured module."""
    modules: Mapping[str, ModuleTests]
    """By the path of the module, in POSIX form and relative to the root."""
    outdated: frozenset[str] = frozenset()
    """Modules whose source is no longer the one that ran: nothing is known of them."""
    partial: str | None = None
    """Why the run saw only a part of the tests; None where it saw all."""
    skipped: frozenset[str] = frozenset()
    """Tests of which nothing ran."""
    failed: frozenset[str] = frozenset()
    """Tests that failed, or had an error."""

    @property
    def function_count(self) -> int:
        return sum(len(module.functions) for module in self.modules.values())

    def named(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """Return the node ids of tests, sorted."""
        return tuple(self.tests[number] for number in sorted(set(numbers)))

    def tests_of_module(self, path: str) -> tuple[str, ...]:
        """Return the tests known to run a function or line of the module."""
        module = self.modules.get(path, NO_TESTS)
        numbers = {number for function in module.functions for number in function.tests}
        return self.named(numbers.union(*module.lines.values()))

    def tests_of_function(self, path: str, name: str, line: int | None) -> tuple[str, ...]:
        """Return the tests known to run the function, where several have the name that which holds `line`."""
        return self.named(number for function in self.find_functions(path, name, line) for number in function.tests)

    def find_functions(self, path: str, name: str, line: int | None = None) -> tuple[FunctionTests, ...]:
        """Return the functions with this qualified name, of several only those that hold `line`."""
        named = (function for function in self.modules.get(path, NO_TESTS).functions if function.name == name)
        return tuple(function for function in named if line is None or function.first <= line <= function.last)

    def tests_of_line(self, path: str, line: int) -> tuple[str, ...]:
        """Return the tests known to reach the line.

        With the basis "functions" those of the function that holds the line: some of them may take
        another way through it.
        """
        module = self.modules.get(path, NO_TESTS)
        numbers = set(module.lines.get(line, ()))
        if self.basis != "contexts":
            numbers.update(number for function in module.functions_at(line) for number in function.tests)
        return self.named(numbers)

    def first_tests(self, path: str, line: int) -> tuple[str, ...]:
        """Return the tests that certainly reached this line, as far as `ModuleTests.lines` knows them."""
        return self.named(self.modules.get(path, NO_TESTS).lines.get(line, ()))

    def is_capped(self, path: str, line: int) -> bool:
        """Return whether more tests may reach the line than `tests_of_line` names."""
        functions = self.modules.get(path, NO_TESTS).functions_at(line)
        return self.basis == "first" or any(function.is_capped for function in functions)

    def import_only(self, path: str) -> Lines:
        """Return the lines that are known to run during collection and in no test.

        A covered line that is neither among these nor has a test is one of which nothing is known.
        """
        module = self.modules.get(path, NO_TESTS)
        left = module.imported - Lines.of(module.lines)
        if self.basis == "contexts":
            return left
        for function in module.functions:
            if function.tests or self.basis == "first":
                left -= Lines.between(function.body, function.last)
        return left

    def fragile(self) -> Iterator[Fragile]:
        """Yield the functions that exactly one test runs, by module; none where only first tests are known."""
        for path in sorted(self.modules) if self.basis != "first" else ():
            for function in self.modules[path].functions:
                if len(function.tests) == 1 and not function.is_nameless:
                    yield Fragile(path, function, self.tests[function.tests[0]])

    def fit(self, digests: Mapping[str, str]) -> TestMap:
        """Return the map for the source of today, of which `digests` are given by path.

        Modules whose source is another one than ran are left out, and named in `outdated`.
        """
        kept = {path: module for path, module in self.modules.items() if module.digest == digests.get(path)}
        return self._replace(modules=kept, outdated=self.outdated | (self.modules.keys() - kept.keys()))


TestMap.__test__ = False  # type: ignore[attr-defined]  # for pytest: no class of tests, whatever its name
NO_TESTS = ModuleTests()
"""What is known of a module that the map does not hold."""

"""What a map of tests says of modules, functions and lines, and of a suite as a whole."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from covgate.model.lines import LineRange
from covgate.model.test_map import Basis

Reached: TypeAlias = Literal["tests", "import", "unknown", "never", "nothing", "outdated"]
"""How code was reached: by known tests; at import alone; by something that is not known; never. "nothing" is code
that coverage does not count, "outdated" code that is no longer the one that ran."""


class Subject(NamedTuple):
    """What is asked about: a module, a function of it, or lines of it."""

    path: str
    module: str | None = None
    function: str | None = None
    """Its qualified name; that of a class stands for all of its functions."""
    line: int | None = None
    """The line of the function's `def`, where one function has the name."""
    lines: tuple[LineRange, ...] = ()
    is_class: bool = False


class SingleTest(NamedTuple):
    """Code that exactly one test runs; `name` is that of a function, empty for `lines`."""

    test: str
    name: str = ""
    lines: tuple[LineRange, ...] = ()


class KnownTests(NamedTuple):
    """The tests that run a subject, and the covered lines of it that are known otherwise."""

    subject: Subject
    reached: Reached
    basis: Basis
    tests: tuple[str, ...] = ()
    """Nearest first; of lines, those that are known to reach just these before the others of their function."""
    certain: frozenset[str] = frozenset()
    """The tests that are known to reach these very lines; empty for a function and a module."""
    may_be_more: bool = False
    singles: tuple[SingleTest, ...] = ()
    """What of it only one test runs."""
    import_only: tuple[LineRange, ...] = ()
    """Covered lines that no test runs; none for a whole module, of which much runs at import."""
    unknown: tuple[LineRange, ...] = ()
    """Covered lines that are neither of these."""
    never: tuple[LineRange, ...] = ()
    """Lines that did not run."""
    partial: str | None = None
    """Why the run saw only a part of the tests."""

    @property
    def is_single(self) -> bool:
        """Whether it is known that one test alone runs it."""
        return len(self.tests) == 1 and not self.may_be_more


class UntestedModule(NamedTuple):
    """A module without a test of its own; `test_files` are those whose tests reach it, nearest first."""

    path: str
    statements: int
    missing: int
    test_files: tuple[str, ...] = ()


class Untested(NamedTuple):
    """Modules without a test of their own, by path. Modules without functions are only ever in the first list."""

    never_imported: tuple[UntestedModule, ...] = ()
    only_imported: tuple[UntestedModule, ...] = ()
    """No test runs a function of it."""
    only_by_others: tuple[UntestedModule, ...] = ()
    """Tests reach it, but no test file imports it or bears its name."""
    unknown: tuple[UntestedModule, ...] = ()
    """Functions of it are covered, by which test is not known."""


class FragileFunction(NamedTuple):
    """A function that one test alone runs."""

    path: str
    name: str
    line: int
    statements: int
    missing: int
    test: str


class SuiteGaps(NamedTuple):
    """What the tests hold up with one test or none, and what that is known from."""

    basis: Basis
    untested: Untested
    fragile: tuple[FragileFunction, ...]
    """Those with most statements first; none where only the first test of each line is known."""
    outdated: tuple[str, ...] = ()
    """Modules that were edited since the tests ran: nothing is known of them."""
    partial: str | None = None

"""A file of tests as its text says: what it imports, and the test functions in it."""

from __future__ import annotations

from typing import NamedTuple


class TestFunction(NamedTuple):
    """One test function or method."""

    name: str
    """As in a node id, behind the path: `test_total`, or `TestCart::test_total`."""
    line: int
    last: int
    words: frozenset[str] = frozenset()
    """The identifiers that stand in it: names, attributes and parameters."""


class TestFile(NamedTuple):
    """One file of tests. `path` is in POSIX form and relative to the root."""

    path: str
    imports: frozenset[str] = frozenset()
    """The dotted names of all modules and objects that it imports, wherever in the file."""
    tests: tuple[TestFunction, ...] = ()
    """In the order of the file."""

    def node_id(self, test: TestFunction) -> str:
        return f"{self.path}::{test.name}"


TestFunction.__test__ = TestFile.__test__ = False  # type: ignore[attr-defined]  # for pytest: no classes of tests

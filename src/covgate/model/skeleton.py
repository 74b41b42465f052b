"""What a new test is written for, what it takes after, and the text of it."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

FunctionKind: TypeAlias = Literal["function", "method", "classmethod", "staticmethod", "property", "nested"]
Place: TypeAlias = Literal["class", "file", "new file"]


class Target(NamedTuple):
    """The function that a new test is to call."""

    module: str | None
    """Its import name; None where it cannot be imported by name."""
    name: str
    """Its qualified name, such as `Cart.add`."""
    kind: FunctionKind = "function"
    is_async: bool = False
    is_generator: bool = False
    parameters: tuple[str, ...] = ()
    """The arguments that a call must have, as they are written in it: `card`, `amount=amount`."""
    is_at_top: bool = True
    """Whether its module defines its outermost name under all circumstances."""
    imports: tuple[tuple[str, str], ...] = ()
    """Names of classes and imports that its module always has, each with a statement that imports it elsewhere."""

    @property
    def outermost(self) -> str:
        return self.name.partition(".")[0]


class NearestTest(NamedTuple):
    """The existing test that a new one takes after."""

    source: str
    """The text of its file."""
    name: str
    """Its name in the file, with its classes: `test_pay`, `TestCart::test_add`."""
    extend: bool = True
    """Whether the new test goes into this file; else it gets a new one."""


class Skeleton(NamedTuple):
    """The text of new tests, which fail until somebody writes their assertions."""

    text: str
    """Lines to insert behind the line `after`, or the whole of a new file."""
    place: Place
    within: str = ""
    """The class to add it to, such as `TestCart`."""
    after: int = 0
    """The last line of that class, or of the file."""
    names: tuple[str, ...] = ()
    """The new tests, in the order of their scenarios."""

    def insert_into(self, source: str) -> str:
        """Return the text of the test file with the new tests in their place."""
        if self.place == "new file":
            return self.text
        lines = source.split("\n")
        before, behind = "\n".join(lines[: self.after]).rstrip("\n"), "\n".join(lines[self.after :]).lstrip("\n")
        gap = "\n\n" if self.place == "class" else "\n\n\n"
        return f"{before}{gap}{self.text}" + (f"\n\n{behind}" if behind else "")

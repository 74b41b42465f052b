"""The tests that used to run lines which are no longer covered, and what became of each."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from covgate.model.lines import Lines

Fate: TypeAlias = Literal["deleted", "renamed", "skipped", "failed", "not run", "not reaching"]
"""`renamed`: it did not run under its new name either. `not run`: nothing shows that it was deleted or renamed."""


class LostTest(NamedTuple):
    """One test of the baseline, by its node id without parameters; `renamed_to` is its node id of now.

    The fate of a test that ran under another name is the one that it met there.
    """

    test: str
    fate: Fate
    renamed_to: str | None = None


class LostTests(NamedTuple):
    """Lines of one module that are no longer covered, by their number of now, and the tests that used to run them.

    Where the baseline knows tests by function only, these ran the function that holds the lines.
    """

    path: str
    lines: Lines
    tests: tuple[LostTest, ...]

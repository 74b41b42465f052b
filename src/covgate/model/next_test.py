"""One test worth writing next: what for, what it brings, and where it goes."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from covgate.model.judged import JudgedModule
from covgate.model.lines import LineRange
from covgate.model.missing import FunctionGap
from covgate.model.scenario import Scenario
from covgate.model.share import Share
from covgate.model.skeleton import Skeleton

Basis: TypeAlias = Literal["map", "imports", "names"]
"""The strongest sign that a test file is the right one: its tests run the neighbours of the function, it imports the
module, or it bears its name."""


class Untested(NamedTuple):
    """A function with units that are missing and required."""

    judged: JudgedModule
    gap: FunctionGap

    @property
    def gain(self) -> int:
        """How many units a test of all of it covers, at least: what it calls may be untested as well."""
        return self.gap.missing - self.gap.accepted


class Reach(NamedTuple):
    """The fewest functions whose tests bring a share to a percentage; `left` units are missing even then."""

    functions: tuple[Untested, ...]
    share: Share
    """Before the tests."""
    target: Decimal
    left: int = 0


class NextTest(NamedTuple):
    """A function that wants a test. `path` and `test_file` are in POSIX form, relative to the root."""

    path: str
    module: str | None
    function: str
    line: int
    missing: tuple[LineRange, ...]
    """The lines of the function that never ran; none where only branches are missing."""
    scenarios: tuple[Scenario, ...]
    gain: int
    """How many units a test of all of it covers, at least."""
    module_share: Share
    total_share: Share
    """Both before the test."""
    test_file: str
    nearest_test: str | None
    """The node id of the existing test to take after; None where the file is a new one."""
    basis: Basis | None
    """What the choice of the file rests on; None for a new file."""
    skeleton: Skeleton | None
    """None where no test can call the function by name."""
    command: str
    advice: str = ""

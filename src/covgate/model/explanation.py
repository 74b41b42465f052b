"""The answer to why a module or a component is held to what it is held to."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from covgate.model.checks import Check
from covgate.model.judged import JudgedModule
from covgate.model.missing import MissingPart
from covgate.model.share import Share
from covgate.model.snapshot import Branch, Module
from covgate.model.verdict import AcceptedGap, ChangedModule


class Explanation(NamedTuple):
    """All that bears on one module."""

    module: Module
    checks: tuple[Check, ...]
    """What it is held to as a module, each with the setting that says so."""
    overridden: tuple[tuple[str, str], ...]
    """Settings that match it too, each with why another one wins."""
    excluded_by: str | None
    components: tuple[Check, ...]
    """The components it counts in."""
    change: ChangedModule | None
    accepted: tuple[AcceptedGap, ...]
    """The entries that name it, whatever has become of them."""
    missing: tuple[MissingPart, ...]
    goal: Decimal | None = None
    to_goal: int = 0
    """Units still to cover to the goal."""


class ComponentExplanation(NamedTuple):
    """All that bears on one component."""

    name: str
    patterns: tuple[str, ...]
    check: Check | None
    """None where it has no target, or no modules."""
    members: tuple[JudgedModule, ...]
    """Those that count in it; those with most missing first."""
    share: Share
    has_branches: bool
    goal: Decimal | None = None
    to_goal: int = 0


class LineExplanation(NamedTuple):
    """What is known of one line: the statement that holds it, or why there is none."""

    line: int
    statement: tuple[int, int] | None
    """First and last line."""
    ran: bool
    accepted: bool
    excluded: bool
    function: str | None
    branch: Branch | None
    text: str

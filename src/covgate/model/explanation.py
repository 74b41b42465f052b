"""The answer to why a module is held to what it is held to."""

from __future__ import annotations

from dataclasses import dataclass

from covgate.model.checks import Check
from covgate.model.missing import FunctionGap, Reason
from covgate.model.snapshot import Branch, Module
from covgate.model.verdict import AcceptedGap, ChangedModule


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that bears on one module."""

    module: Module
    checks: tuple[Check, ...]
    """What it is held to as a module, each with the setting that says so."""
    lost: tuple[tuple[str, str], ...]
    """Settings that match it too, each with why it does not apply."""
    excluded_by: str | None
    components: tuple[Check, ...]
    """The components it counts in."""
    change: ChangedModule | None
    accepted: tuple[AcceptedGap, ...]
    """The entries that name it, whatever has become of them."""
    functions: tuple[FunctionGap, ...]
    missing: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineExplanation:
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

"""What a run comes to: checks, ranked gaps, notes and one status."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from covgate.model.change import FileStatus
from covgate.model.lines import LineRange, Lines
from covgate.model.missing import FunctionGap, Reason, function_gaps, missing_in_words, range_in_words
from covgate.model.percent import reaches
from covgate.model.rules import Loosened
from covgate.model.settings import Mode
from covgate.model.snapshot import NO_LINES, Module, Snapshot
from covgate.model.words import counted_units

CheckStatus: TypeAlias = Literal["passed", "failed", "skipped", "error"]
Status: TypeAlias = Literal["passed", "failed", "advisory", "error"]
Band: TypeAlias = Literal["critical", "high", "medium", "low"]
AcceptedState: TypeAlias = Literal["accepted", "ended", "changed", "covered", "gone"]
GapGroup: TypeAlias = Literal["change", "module", "component", "total", "untargeted"]

OWN_RULES = ("module", "module-branches", "module-missing")
"""What a module is held to whether or not the change touches it."""
TOUCHED_RULES = ("changed-module", "new-module")
"""What a module is held to because the change touches it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule applied to one subject.

    `target` is a percentage; for the rule `module-missing` it is a number of units. Of `units`,
    `accepted` are missing and not required: the target is one of the others.
    """

    rule: str
    subject: str
    status: CheckStatus
    module: str | None = None
    covered: int = 0
    units: int = 0
    accepted: int = 0
    target: Decimal | None = None
    to_reach: int = 0
    source: str = ""
    reason: str = ""


def most_demanding(checks: Iterable[Check]) -> Check | None:
    """Of the percentages that one module as a whole is held to, the check that asks for most."""
    held = [check for check in checks if check.rule in ("module", *TOUCHED_RULES) and check.target is not None]
    return max(held, key=lambda check: (check.to_reach, check.target or 0), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedShare:
    """The units in the changed lines of one module, where they fall short of the target for changed lines."""

    covered: int
    units: int
    accepted: int
    target: Decimal
    to_reach: int
    missing: tuple[LineRange, ...]
    """The changed lines with something missing that is not accepted."""

    def in_words(self, *, branches: bool) -> Reason:
        missing = self.units - self.covered
        accepted = f" ({self.accepted} accepted)" if self.accepted else ""
        units = counted_units(self.units, "changed", branches=branches)
        return Reason(f"{missing} of {units} missing{accepted}, lines", tuple(map(range_in_words, self.missing)))


def in_the_whole_module(reasons: Sequence[Reason]) -> Iterator[Reason]:
    """`reasons` so that they can stand behind those of the changed lines alone."""
    for number, reason in enumerate(reasons):
        yield reason if number else Reason(f"whole module: {reason.label}", reason.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One module that has something to close, at its rank (1 is most urgent).

    `covered`, `units` and `accepted` are those of the whole module. `target` is the percentage that the whole
    module is held to, met or not; None where there is none. `to_reach` is the most that any failing check needs.
    """

    rank: int
    group: GapGroup
    path: str
    module: str | None
    covered: int
    units: int
    target: Decimal | None
    to_reach: int
    band: Band
    measured: Module
    accepted: int = 0
    """Units of it that are missing and not required."""
    limits: tuple[Reason, ...] = ()
    """What is asked of it besides its target."""
    changed: ChangedShare | None = None
    """Its changed lines, where these fall short."""

    # Asked for where a gap is shown in full; large projects have thousands that are not.

    @property
    def missing(self) -> tuple[LineRange, ...]:
        return tuple(self.measured.owed.runs(self.measured.statements))

    @property
    def functions(self) -> tuple[FunctionGap, ...]:
        return function_gaps(self.measured)

    @property
    def why(self) -> tuple[Reason, ...]:
        """What is missing, in words, most telling first."""
        changed = (self.changed.in_words(branches=bool(self.measured.branches)),) if self.changed else ()
        if self.is_only_of_changed_lines:
            return changed
        accepted = (Reason(f"{self.accepted} accepted"),) if self.accepted else ()
        missing = missing_in_words(self.measured)
        if changed:
            missing = tuple(in_the_whole_module(missing))
        return (*self.limits, *changed, *missing, *accepted)

    @property
    def is_only_of_changed_lines(self) -> bool:
        """Whether the module as a whole misses nothing, and only its changed lines do."""
        is_met = self.target is None or reaches(self.covered, self.units - self.accepted, self.target)
        return self.changed is not None and is_met and not self.limits


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedGap:
    """One entry of `[[tool.covgate.accept]]` and what has become of it.

    `place` are the lines that it names (none where it names a function), `lines` those of them that
    are missing now, `units` how many units; only in the state `accepted` are they not required.
    """

    path: str
    module: str | None
    function: str | None
    place: tuple[LineRange, ...]
    lines: tuple[LineRange, ...]
    reason: str
    until: date | None
    owner: str | None
    source: str
    state: AcceptedState = "accepted"
    problem: str = ""
    """In every other state: what the reader should know and do."""
    units: int = 0
    statements: Lines = NO_LINES

    @property
    def title(self) -> str:
        """What is accepted, in words."""
        return f"{self.path} {f'{self.function}()' if self.function else ', '.join(map(range_in_words, self.place))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The project in numbers, equal to coverage.py's; of what is missing, `accepted` units are not required."""

    branches: bool
    files: int
    units: int
    covered: int
    accepted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One line of a file; `is_missing` where the change owes it a test, `is_partial` where it ran
    and only a branch of it is missing.
    """

    number: int
    text: str
    is_missing: bool
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedModule:
    """One file of the change. `units` are those of its changed statements.

    `missing` are their lines, without those of the `accepted` units.
    """

    path: str
    module: str | None
    status: FileStatus
    old_path: str | None
    changed: tuple[LineRange, ...]
    units: int
    covered: int
    missing: tuple[LineRange, ...]
    excerpt: tuple[SourceLine, ...]
    """The changed lines that did not run, with a little around them."""
    accepted: int = 0

    @property
    def is_new(self) -> bool:
        """Whether the base does not have it, under this name or another."""
        return self.status in ("added", "untracked")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOutcome:
    """The change, judged: `base` is a commit (None for a diff file), `base_source` how it was found."""

    base: str | None
    base_source: str
    files: tuple[ChangedModule, ...]
    unmeasured: tuple[str, ...] = ()
    """Its Python files outside what is measured, without tests: no share tells of them."""

    @property
    def units(self) -> int:
        return sum(file.units for file in self.files)

    @property
    def covered(self) -> int:
        return sum(file.covered for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome of one run, the same whichever door asked for it."""

    status: Status
    mode: Mode
    partial: str | None
    measured: Measured
    checks: tuple[Check, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]
    has_targets: bool
    snapshot: Snapshot
    """All that was measured, for reports that show more than the gaps."""
    accepted: tuple[AcceptedGap, ...] = ()
    change: ChangeOutcome | None = None
    """None where the change is not known; a check says why."""
    change_only: bool = False
    """Whether nothing else was judged."""
    loosened: tuple[Loosened, ...] | None = None
    """Rules that the change itself loosens; None where its base is not known."""

    @property
    def judged_modules(self) -> frozenset[str]:
        """The paths of the modules that are held to something of their own; without those that have no units."""
        return self._subjects(OWN_RULES)

    @property
    def failing_modules(self) -> frozenset[str]:
        """The judged modules that miss something of their own, or of which it cannot be said."""
        return self._subjects(OWN_RULES, is_unmet=True)

    @property
    def touched_modules(self) -> frozenset[str]:
        """The paths of the modules that are held to something because the change touches them."""
        return self._subjects(TOUCHED_RULES)

    @property
    def failing_touched_modules(self) -> frozenset[str]:
        """The touched modules that miss what they are held to as such."""
        return self._subjects(TOUCHED_RULES, is_unmet=True)

    def _subjects(self, rules: Collection[str], *, is_unmet: bool = False) -> frozenset[str]:
        checks = (check for check in self.checks if check.rule in rules)
        unmet = ("failed", "error")
        return frozenset(c.subject for c in checks if c.status in unmet or (c.units and not is_unmet))

    @property
    def fails_the_run(self) -> bool:
        return self.mode == "fail" and self.status in ("failed", "error")

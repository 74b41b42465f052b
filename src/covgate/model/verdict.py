"""What a run comes to: checks, ranked gaps, notes and one status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from covgate.model.change import FileStatus
from covgate.model.lines import LineRange, Lines
from covgate.model.missing import FunctionGap, Reason, function_gaps, missing_in_words, range_in_words
from covgate.model.rules import Loosened
from covgate.model.settings import Mode
from covgate.model.snapshot import NO_LINES, Module, Snapshot

CheckStatus: TypeAlias = Literal["passed", "failed", "skipped", "error"]
Status: TypeAlias = Literal["passed", "failed", "advisory", "error"]
Band: TypeAlias = Literal["critical", "high", "medium", "low"]
AcceptedState: TypeAlias = Literal["accepted", "ended", "changed", "covered", "gone"]
GapGroup: TypeAlias = Literal["change", "module", "component", "total", "untargeted"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One module that has something to close, at its rank (1 is most urgent)."""

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
    changed: tuple[str, ...] = ()
    """Where its changed lines ask for most: those that nothing ran, as ranges in words."""

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
        accepted = (Reason(f"{self.accepted} accepted"),) if self.accepted else ()
        if self.changed:
            return (*self.limits, Reason("changed lines", self.changed), *accepted)
        return (*self.limits, *missing_in_words(self.measured), *accepted)


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
        """The paths of the modules that are held to something of their own."""
        return frozenset(check.subject for check in self.checks if check.rule.startswith("module"))

    @property
    def failing_modules(self) -> frozenset[str]:
        """Those of them that miss it, or of which it cannot be said."""
        unmet = (check for check in self.checks if check.status in ("failed", "error"))
        return frozenset(check.subject for check in unmet if check.rule.startswith("module"))

    @property
    def fails_the_run(self) -> bool:
        return self.mode == "fail" and self.status in ("failed", "error")

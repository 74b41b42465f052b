"""What a run comes to: checks, ranked gaps, notes and one status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from covgate.model.change import FileStatus
from covgate.model.checks import Check, Rule, Scope
from covgate.model.comparison import Baseline, BaselineMissing, Comparison, LostLine
from covgate.model.goal import Goal
from covgate.model.judged import JudgedModule, judge_module
from covgate.model.known_tests import KnownTests, SuiteGaps
from covgate.model.lines import LineRange, Lines
from covgate.model.lost_tests import LostTests
from covgate.model.missing import FunctionGap, Reason, function_gaps, lines_reason, missing_in_words, range_in_words
from covgate.model.record import Record
from covgate.model.rules import Loosened
from covgate.model.settings import Mode
from covgate.model.share import NO_UNITS, Share
from covgate.model.snapshot import NO_LINES, Module, Snapshot
from covgate.model.trend import Progress, Trend
from covgate.model.words import counted_units

Status: TypeAlias = Literal["passed", "failed", "advisory", "error"]
Band: TypeAlias = Literal["critical", "high", "medium", "low"]
AcceptedState: TypeAlias = Literal["accepted", "ended", "changed", "covered", "gone"]
GapGroup: TypeAlias = Literal["change", "module", "component", "total", "goal", "component-goal", "untargeted"]


class ChangedShare(NamedTuple):
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
        return lines_reason(f"{missing} of {units} missing{accepted}, ", self.missing)


def in_the_whole_module(reasons: Sequence[Reason]) -> Iterator[Reason]:
    """`reasons` so that they can stand behind those of the changed lines alone."""
    for number, reason in enumerate(reasons):
        yield reason if number else Reason(f"whole module: {reason.label}", reason.items)


class Gap(NamedTuple):
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
    judged: JudgedModule
    accepted: int = 0
    """Units of it that are missing and not required."""
    limits: tuple[Reason, ...] = ()
    """What is asked of it besides its target."""
    changed: ChangedShare | None = None
    """Its changed lines, where these fall short."""
    goal: Decimal | None = None
    """What the module works towards; in the group `component-goal` the goal of the component."""
    advice: str = ""
    """What `tool.covgate.advice` says to whoever closes it."""

    @property
    def share(self) -> Share:
        return Share(self.covered, self.units, self.accepted)

    @property
    def is_to_goal(self) -> bool:
        """Whether `to_reach` leads to the goal, as every target is met."""
        return self.group in ("goal", "component-goal")

    @property
    def aim(self) -> Decimal | None:
        """The percentage to which `to_reach` leads."""
        return self.goal if self.is_to_goal else self.target

    # Asked for where a gap is shown in full; large projects have thousands that are not.

    @property
    def missing(self) -> tuple[LineRange, ...]:
        return tuple(self.judged.required_missing.runs(self.judged.module.statements))

    @property
    def functions(self) -> tuple[FunctionGap, ...]:
        return function_gaps(self.judged)

    @property
    def why(self) -> tuple[Reason, ...]:
        """What is missing, in words, most telling first."""
        changed = (self.changed.in_words(branches=bool(self.judged.module.branches)),) if self.changed else ()
        if self.is_only_of_changed_lines:
            return changed
        accepted = (Reason(f"{self.accepted} accepted"),) if self.accepted else ()
        missing = missing_in_words(self.judged)
        if changed:
            missing = tuple(in_the_whole_module(missing))
        return (*self.limits, *changed, *missing, *accepted)

    @property
    def is_only_of_changed_lines(self) -> bool:
        """Whether the module as a whole misses nothing, and only its changed lines do."""
        is_met = self.target is None or self.share.reaches(self.target)
        return self.changed is not None and is_met and not self.limits


class AcceptedGap(NamedTuple):
    """One entry of `[[tool.covgate.accept]]` and what has become of it.

    `place` are the lines that it names (none where it names a function or the whole module), `lines` those of them that
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
        part = f"{self.function}()" if self.function else ", ".join(map(range_in_words, self.place))
        return f"{self.path} {part or '(the whole module)'}"


class Measured(NamedTuple):
    """The project in numbers, equal to coverage.py's; of what is missing, `accepted` units are not required."""

    branches: bool
    files: int
    units: int
    covered: int
    accepted: int = 0


class SourceLine(NamedTuple):
    """One line of a file; `is_missing` where the change owes it a test, `is_partial` where it ran
    and only a branch of it is missing.
    """

    number: int
    text: str
    is_missing: bool
    is_partial: bool = False


class ChangedModule(NamedTuple):
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
    def share(self) -> Share:
        return Share(self.covered, self.units, self.accepted)

    @property
    def is_new(self) -> bool:
        """Whether the base does not have it, under this name or another."""
        return self.status in ("added", "untracked")


class ChangeOutcome(NamedTuple):
    """The change, judged: `base` is a commit (None for a diff file), `base_source` how it was found."""

    base: str | None
    base_source: str
    files: tuple[ChangedModule, ...]
    unmeasured: tuple[str, ...] = ()
    """Its Python files outside what is measured, without tests: no share tells of them."""

    @property
    def share(self) -> Share:
        return sum((file.share for file in self.files), NO_UNITS)

    @property
    def units(self) -> int:
        return self.share.units

    @property
    def covered(self) -> int:
        return self.share.covered


class Verdict(NamedTuple):
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
    accepted_lines: Mapping[str, Lines] = {}
    """The statements whose gaps are accepted, by the path of their module."""
    accepted: tuple[AcceptedGap, ...] = ()
    change: ChangeOutcome | None = None
    """None where the change is not known; a check says why."""
    change_only: bool = False
    """Whether nothing else was judged."""
    baseline: Baseline | BaselineMissing | None = None
    """What this run is compared with, or why there is nothing; None where nobody asks."""
    comparison: Comparison | None = None
    lost: tuple[LostLine, ...] = ()
    """The first of the lines of the comparison that lost their coverage, with their text."""
    lost_tests: tuple[LostTests, ...] = ()
    """The tests that used to run what is no longer covered, where the history knows them."""
    lost_note: str = ""
    """The one of `notes` that counts them."""
    loosened: tuple[Loosened, ...] | None = None
    """Rules that the change itself loosens; None where its base is not known."""
    goals: tuple[Goal, ...] = ()
    """Those of the total and the components."""
    progress: Progress | None = None
    """The way of the total to its goal; None without a goal, or without an older record that is comparable."""
    trend: Trend | None = None
    """How the total went up to this run; only where a report shows it."""
    record: Record | None = None
    """What the run leaves in the history; None where it is not of all tests, or not of the files that are here."""
    module_goals: Mapping[str, Decimal] = {}
    """The goal of each module that has one, by its path."""
    change_tests: tuple[KnownTests, ...] = ()
    """The tests of the covered changed lines, a file each; none where no map of tests is there."""
    suite_gaps: SuiteGaps | None = None
    """Modules without tests and fragile functions; None without a map, and where no report shows them."""

    def with_notes(self, notes: Sequence[str]) -> Verdict:
        """Return the verdict with notes that it does not have yet."""
        return self._replace(notes=tuple(dict.fromkeys([*self.notes, *notes]))) if notes else self

    def check_of(self, rule: Rule) -> Check | None:
        """Return the check of a rule that has one subject; None where nothing asks for it."""
        return next((check for check in self.checks if check.rule == rule), None)

    def goal_of(self, component: str | None) -> Goal | None:
        """Return the goal of a component, or for None of the total."""
        return next((goal for goal in self.goals if goal.component == component), None)

    @property
    def ranks_by_goal(self) -> bool:
        """Whether every target is met, and the gaps are what is missing to goals."""
        return any(gap.is_to_goal for gap in self.gaps)

    def fails(self, rule: Rule) -> bool:
        return any(check.rule == rule and check.status == "failed" for check in self.checks)

    def judge_module(self, module: Module) -> JudgedModule:
        """Return `module` with what of it is accepted."""
        return judge_module(module, self.accepted_lines.get(module.path, NO_LINES))

    @property
    def has_data_error(self) -> bool:
        """Whether the data cannot be judged at all: then its numbers are no record for later runs."""
        return any(check.is_data_error for check in self.checks)

    @property
    def is_of_all_tests(self) -> bool:
        """Whether its numbers are those of the project, and can be compared with those of other runs."""
        return self.partial is None and self.status != "error" and not self.change_only

    @property
    def judged_modules(self) -> frozenset[str]:
        """The paths of the modules that are held to something of their own; without those that have no units."""
        return self._subjects("module")

    @property
    def failing_modules(self) -> frozenset[str]:
        """The judged modules that miss something of their own, or of which it cannot be said."""
        return self._subjects("module", is_unmet=True)

    @property
    def touched_modules(self) -> frozenset[str]:
        """The paths of the modules that are held to something because the change touches them."""
        return self._subjects("touched module")

    @property
    def failing_touched_modules(self) -> frozenset[str]:
        """The touched modules that miss what they are held to as such."""
        return self._subjects("touched module", is_unmet=True)

    def _subjects(self, scope: Scope, *, is_unmet: bool = False) -> frozenset[str]:
        checks = (check for check in self.checks if check.scope == scope and check.rule != "ambiguous-target")
        unmet = ("failed", "error")
        return frozenset(c.subject for c in checks if c.status in unmet or (c.units and not is_unmet))

    @property
    def fails_the_run(self) -> bool:
        return self.mode == "fail" and self.status in ("failed", "error")

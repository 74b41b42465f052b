"""All checks of a run as one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from covgate.errors import CovgateError, ErrorName
from covgate.judge.accepted import acceptance_checks, acceptance_notes, accepted_gaps, accepted_lines
from covgate.judge.change import change_checks, change_notes, judge_change, judged_files
from covgate.judge.checks import module_checks, project_checks, settings_checks
from covgate.judge.comparison import compare
from covgate.judge.goals import goal_notes, module_goals, project_goals
from covgate.judge.loosened import exclusion_notes, loosened_checks, loosened_rules
from covgate.judge.movement import budget_checks, lost_note, movement_checks, movement_notes
from covgate.judge.naming import named
from covgate.judge.progress import measure_progress
from covgate.judge.ranking import rank_gaps
from covgate.judge.source_misfit import MEASURE_THE_SOURCE, describe_misfit
from covgate.judge.targets import matches_any
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.checks import Check, Rule
from covgate.model.comparison import Baseline, BaselineMissing, Comparison
from covgate.model.goal import Goal
from covgate.model.judged import JudgedModule, judge_module
from covgate.model.lines import Lines
from covgate.model.record import recorded_modules
from covgate.model.remedies import MEASURE_AGAIN
from covgate.model.rules import Loosened, RulesChange, UnknownRules
from covgate.model.run_context import RunContext
from covgate.model.settings import Settings
from covgate.model.share import NO_UNITS
from covgate.model.snapshot import NO_LINES, Snapshot
from covgate.model.trend import Progress, Start
from covgate.model.verdict import AcceptedGap, ChangeOutcome, Gap, Measured, Status, Verdict
from covgate.model.words import counted


def judge(
    snapshot: Snapshot,
    settings: Settings,
    context: RunContext,
    change: Change | ChangeUnavailable | None = None,
    rules: RulesChange | UnknownRules | None = None,
    baseline: Baseline | BaselineMissing | None = None,
    start: Start | None = None,
) -> Verdict:
    """Apply every check of `settings` to `snapshot` and to `change` (None: nobody asks about it).

    `rules` are those before and after the change, or why they are not known; `baseline` is what to compare with,
    and `start` where the way to the goal of the total starts.
    """
    facts = _establish(snapshot, settings, context, change, rules, baseline)
    checks = tuple(_checks(facts))
    aims = Settings() if context.change_only else settings  # the change alone works towards nothing
    goals = tuple(project_goals(facts.measured, aims)) if snapshot.modules else ()
    goals_of_modules = module_goals(snapshot.modules, aims)
    return Verdict(
        status="error" if context.incomplete else _status(checks, advisory=facts.is_advisory),
        mode=context.mode,
        partial=context.partial,
        measured=_measured(facts.measured, has_branches=snapshot.has_branches),
        checks=checks,
        gaps=_gaps(facts, checks, goals_of_modules),
        notes=tuple(_notes(facts, checks, goals)),
        snapshot=facts.snapshot,
        accepted_lines=facts.accepted_lines,
        accepted=facts.accepted,
        has_targets=settings.sets_a_target or context.change_only,
        change=facts.outcome,
        change_only=context.change_only,
        baseline=baseline,
        comparison=facts.comparison,
        lost_note=lost_note(facts.comparison, settings, snapshot),
        loosened=facts.loosened,
        goals=goals,
        progress=_progress(start, goals, snapshot) if _is_whole(snapshot, context) else None,
        module_goals=goals_of_modules,
    )


class _Facts(NamedTuple):
    """What checks, gaps and notes are made from."""

    snapshot: Snapshot
    settings: Settings
    context: RunContext
    accepted: tuple[AcceptedGap, ...]
    accepted_lines: Mapping[str, Lines]
    modules: Mapping[str, JudgedModule]
    """All of the snapshot, by path."""
    change: Change | ChangeUnavailable | None
    outcome: ChangeOutcome | None
    """The change where it is known."""
    rules: RulesChange | UnknownRules | None
    loosened: tuple[Loosened, ...] | None
    baseline: Baseline | BaselineMissing | None
    comparison: Comparison | None

    @property
    def measured(self) -> list[JudgedModule]:
        return [self.modules[module.path] for module in self.snapshot.modules]

    @property
    def is_advisory(self) -> bool:
        return self.context.partial is not None and not self.context.judge_partial


def _establish(
    snapshot: Snapshot,
    settings: Settings,
    context: RunContext,
    change: Change | ChangeUnavailable | None,
    rules: RulesChange | UnknownRules | None,
    baseline: Baseline | BaselineMissing | None,
) -> _Facts:
    accepted = accepted_gaps(snapshot, settings, context.today) if snapshot.modules else ()
    if context.change_only:
        change, snapshot = _only_the_change(change, snapshot)
    lines = accepted_lines(accepted)
    modules = {m.path: judge_module(m, lines.get(m.path, NO_LINES)) for m in snapshot.all_modules}
    return _Facts(
        snapshot=snapshot,
        settings=settings,
        context=context,
        accepted=accepted,
        accepted_lines=lines,
        modules=modules,
        change=change,
        outcome=judge_change(change, modules, snapshot.texts) if isinstance(change, Change) else None,
        rules=rules,
        loosened=loosened_rules(rules, snapshot) if isinstance(rules, RulesChange) else None,
        baseline=baseline,
        comparison=_compare(baseline, snapshot, settings, context),
    )


def _checks(facts: _Facts) -> Iterator[Check]:
    """Yield every check, in the order in which reports tell them."""
    snapshot, settings, context = facts.snapshot, facts.settings, facts.context
    yield from _data_checks(snapshot, settings, context)
    if not snapshot.modules:
        return
    of_the_change = tuple(_change_checks(facts))
    if context.change_only:
        yield from of_the_change
    else:
        yield from project_checks(facts.measured, settings)
        yield from of_the_change
        yield from module_checks(facts.measured, settings, has_branches=snapshot.has_branches)
        if not facts.is_advisory:
            yield from settings_checks(snapshot.modules, settings)
    if facts.rules is not None:
        is_unknown = isinstance(facts.change, ChangeUnavailable)
        is_told = is_unknown and any(check.rule == "changed-lines" for check in of_the_change)
        yield from loosened_checks(facts.rules, facts.loosened, settings, is_told=is_told)
    if context.strict and not facts.is_advisory:
        yield from acceptance_checks(facts.accepted)
    yield from movement_checks(facts.baseline, facts.comparison, settings, snapshot)
    yield from budget_checks(context.seconds, settings.history)


def _change_checks(facts: _Facts) -> Iterable[Check]:
    change = facts.change if isinstance(facts.change, ChangeUnavailable) else facts.outcome
    return () if change is None else change_checks(change, facts.modules, facts.settings)


def _gaps(facts: _Facts, checks: Sequence[Check], goals: Mapping[str, Decimal]) -> tuple[Gap, ...]:
    """Rank the gaps; where only the change is judged, those that it leaves."""
    unmeasured = [facts.modules[module.path] for module in facts.snapshot.unmeasured]
    files = judged_files(facts.outcome, facts.modules, facts.settings) if facts.outcome else ()
    gaps = rank_gaps(facts.measured, unmeasured, facts.settings, checks, files, goals)
    return tuple(gap for gap in gaps if gap.group == "change" or not facts.context.change_only)


def _notes(facts: _Facts, checks: Sequence[Check], goals: Sequence[Goal]) -> Iterator[str]:
    snapshot, settings, context = facts.snapshot, facts.settings, facts.context
    yield from context.notes
    yield from snapshot.notes
    if facts.outcome:
        yield from change_notes(facts.outcome)
    yield from _snapshot_notes(snapshot, settings, context)
    yield from _rules_notes(facts.change, facts.rules)
    yield from acceptance_notes(facts.accepted, checks, context.today)
    yield from goal_notes(goals, context.today)
    yield from movement_notes(facts.comparison, checks, settings, snapshot, context)


def _compare(
    baseline: Baseline | BaselineMissing | None, snapshot: Snapshot, settings: Settings, context: RunContext
) -> Comparison | None:
    """Compare with the baseline; not a run of a part of the tests, whose coverage is lower for that reason."""
    if not isinstance(baseline, Baseline) or not _is_whole(snapshot, context):
        return None
    return compare(baseline, recorded_modules(snapshot), settings)


def _is_whole(snapshot: Snapshot, context: RunContext) -> bool:
    is_all = context.partial is None and context.incomplete is None and not context.change_only
    return is_all and bool(snapshot.modules)


def _progress(start: Start | None, goals: Sequence[Goal], snapshot: Snapshot) -> Progress | None:
    """Return the way of the total, as accepted gaps do not shorten it."""
    goal = next((goal for goal in goals if goal.component is None), None)
    if start is None or goal is None or not snapshot.share.units:
        return None
    return measure_progress(start, snapshot.share, goal.percent, goal.by)


def _rules_notes(change: Change | ChangeUnavailable | None, rules: RulesChange | UnknownRules | None) -> Iterable[str]:
    if rules is None:
        return
    yield from exclusion_notes(rules)
    if isinstance(rules, UnknownRules) and isinstance(change, Change) and change.base is not None:
        yield f"rules that the change loosens are not known: {rules.why.reason}"


def _measured(modules: Sequence[JudgedModule], *, has_branches: bool) -> Measured:
    share = sum((judged.share for judged in modules), NO_UNITS)
    return Measured(
        branches=has_branches,
        files=len(modules),
        units=share.units,
        covered=share.covered,
        accepted=share.accepted,
    )


def _only_the_change(
    change: Change | ChangeUnavailable | None, snapshot: Snapshot
) -> tuple[Change | ChangeUnavailable | None, Snapshot]:
    """Where nothing else is judged, a change that is not known is no pass, and only its files can be stale."""
    if isinstance(change, ChangeUnavailable):
        return change._replace(is_asked_for=True, is_error=True), snapshot
    paths = {file.path for file in change.files} if change else set()
    return change, snapshot._replace(stale=tuple(path for path in snapshot.stale if path in paths))


def no_verdict(error: CovgateError, settings: Settings, context: RunContext) -> Verdict:
    """The verdict where there is nothing to judge: never a pass."""
    nothing = Snapshot(modules=(), has_branches=False)
    return judge(nothing, settings, context._replace(incomplete=error.message, remedy=error.remedy, error=error.name))


def _data_checks(snapshot: Snapshot, settings: Settings, context: RunContext) -> Iterable[Check]:
    if context.incomplete:
        yield _error("data", context.error, context.incomplete, context.remedy)
    if snapshot.unreadable and not snapshot.unreadable_ok:
        for sentence in snapshot.unreadable:
            yield _error(
                "readable",
                "source-unreadable",
                sentence,
                "omit it in coverage.py's settings, or set ignore_errors = true",
            )
    if snapshot.stale and context.stale == "error":
        yield _error("data", "data-outdated", name_edited(snapshot), MEASURE_AGAIN)
    misfit = describe_misfit(snapshot, settings.source)
    if misfit is not None and settings.source:
        yield _error("data", "other-source", misfit, MEASURE_THE_SOURCE)
    if not snapshot.modules and not context.incomplete:
        yield _error("data", "nothing-measured", "no module was measured", "check source and omit")
    if snapshot.modules and not snapshot.share.units:
        yield _error("data", "nothing-measured", "no measured module has a statement", "check source and exclude_also")


def name_edited(snapshot: Snapshot) -> str:
    """Say which files are not those that were measured."""
    return f"added, edited or deleted after the measurement: {named(snapshot.stale)}"


def _error(rule: Rule, name: ErrorName, reason: str, remedy: str) -> Check:
    return Check(rule=rule, subject="the measurement", status="error", reason=reason, remedy=remedy, error=name)


def _status(checks: Iterable[Check], *, advisory: bool) -> Status:
    """Data that cannot be judged at all are an error in a run of a part of the tests too."""
    checks = tuple(checks)
    if any(check.is_data_error for check in checks):
        return "error"
    statuses = {check.status for check in checks}
    if not statuses & {"failed", "error"}:
        return "passed"
    if advisory:
        return "advisory"
    return "error" if "error" in statuses else "failed"


def _snapshot_notes(snapshot: Snapshot, settings: Settings, context: RunContext) -> Iterable[str]:
    excluded = sum(matches_any(settings.exclude, module) for module in snapshot.modules)
    if excluded:
        yield f"{counted(excluded, 'module')} measured but not judged (tool.covgate.exclude)"
    if snapshot.stale and context.stale == "warn":
        yield f"{name_edited(snapshot)}; line numbers may have moved"
    if snapshot.unreadable and snapshot.unreadable_ok:
        yield f"{counted(len(snapshot.unreadable), 'file')} left out, as ignore_errors asks: " + "; ".join(
            snapshot.unreadable
        )

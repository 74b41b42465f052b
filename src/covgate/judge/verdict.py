"""All checks of a run as one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
from covgate.judge.targets import matches_any
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.checks import Check, Rule
from covgate.model.comparison import Baseline, BaselineMissing, Comparison
from covgate.model.goal import Goal
from covgate.model.judged import JudgedModule, judge_module
from covgate.model.record import recorded_modules
from covgate.model.rules import RulesChange, UnknownRules
from covgate.model.run_context import RunContext
from covgate.model.settings import Settings
from covgate.model.share import NO_UNITS
from covgate.model.snapshot import NO_LINES, Snapshot
from covgate.model.trend import Progress, Start
from covgate.model.verdict import ChangeOutcome, Measured, Status, Verdict
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
    accepted = accepted_gaps(snapshot, settings, context.today) if snapshot.modules else ()
    if context.change_only:
        change, snapshot = _only_the_change(change, snapshot)
    lines = accepted_lines(accepted)
    modules = {m.path: judge_module(m, lines.get(m.path, NO_LINES)) for m in snapshot.all_modules}
    measured = [modules[module.path] for module in snapshot.modules]
    advisory = context.partial is not None and not context.judge_partial
    known = judge_change(change, modules, snapshot.texts) if isinstance(change, Change) else None
    outcome: ChangeOutcome | ChangeUnavailable | None = change if isinstance(change, ChangeUnavailable) else known
    comparison = _compare(baseline, snapshot, settings, context)
    checks = list(_data_checks(snapshot, context))
    loosened = loosened_rules(rules, snapshot) if isinstance(rules, RulesChange) else None
    if snapshot.modules:
        of_the_change = () if outcome is None else change_checks(outcome, modules, settings)
        if context.change_only:
            checks += of_the_change
        else:
            checks += _target_checks(measured, of_the_change, snapshot, settings, advisory=advisory)
        is_told = isinstance(change, ChangeUnavailable) and any(check.rule == "changed-lines" for check in checks)
        checks += loosened_checks(rules, loosened, settings, is_told=is_told) if rules is not None else ()
        checks += acceptance_checks(accepted) if context.strict and not advisory else ()
        checks += movement_checks(baseline, comparison, settings, snapshot)
        checks += budget_checks(context.seconds, settings.history)
    unmeasured = [modules[module.path] for module in snapshot.unmeasured]
    files = judged_files(known, modules, settings) if known else ()
    aims = Settings() if context.change_only else settings  # the change alone works towards nothing
    goals = tuple(project_goals(measured, aims)) if snapshot.modules else ()
    goals_of_modules = module_goals(snapshot.modules, aims)
    gaps = rank_gaps(measured, unmeasured, settings, checks, files, goals_of_modules)
    return Verdict(
        status="error" if context.incomplete else _status(checks, advisory=advisory),
        mode=context.mode,
        partial=context.partial,
        measured=_measured(measured, has_branches=snapshot.has_branches),
        checks=tuple(checks),
        gaps=tuple(gap for gap in gaps if gap.group == "change" or not context.change_only),
        notes=(
            *context.notes,
            *snapshot.notes,
            *(change_notes(known) if known else ()),
            *_notes(snapshot, settings, context),
            *_rules_notes(change, rules),
            *acceptance_notes(accepted, checks, context.today),
            *goal_notes(goals, context.today),
            *movement_notes(comparison, checks, settings, snapshot, context.seconds),
        ),
        snapshot=snapshot,
        accepted_lines=lines,
        accepted=accepted,
        has_targets=settings.sets_a_target or context.change_only,
        change=known,
        change_only=context.change_only,
        baseline=baseline,
        comparison=comparison,
        lost_note=lost_note(comparison, settings, snapshot),
        loosened=loosened,
        goals=goals,
        progress=_progress(start, goals, snapshot) if _is_whole(snapshot, context) else None,
        module_goals=goals_of_modules,
    )


def _target_checks(
    measured: Sequence[JudgedModule],
    of_the_change: Iterable[Check],
    snapshot: Snapshot,
    settings: Settings,
    *,
    advisory: bool,
) -> Iterator[Check]:
    """Yield the checks of sums, the change and modules, in the order in which reports tell them."""
    yield from project_checks(measured, settings)
    yield from of_the_change
    yield from module_checks(measured, settings, has_branches=snapshot.has_branches)
    if not advisory:
        yield from settings_checks(snapshot.modules, settings)


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


def no_verdict(reason: str, remedy: str, settings: Settings, context: RunContext) -> Verdict:
    """The verdict where there is nothing to judge: never a pass."""
    nothing = Snapshot(modules=(), has_branches=False)
    return judge(nothing, settings, context._replace(incomplete=reason, remedy=remedy))


def _data_checks(snapshot: Snapshot, context: RunContext) -> Iterable[Check]:
    if context.incomplete:
        yield _error("data", context.incomplete, context.remedy)
    if snapshot.unreadable and not snapshot.unreadable_ok:
        for sentence in snapshot.unreadable:
            yield _error("readable", sentence, "omit it in coverage.py's settings, or set ignore_errors = true")
    if snapshot.stale and context.stale == "error":
        yield _error("data", _edited(snapshot), "measure again: pytest --covgate")
    if not snapshot.modules and not context.incomplete:
        yield _error("data", "no module was measured", "check source and omit")
    if snapshot.modules and not snapshot.share.units:
        yield _error("data", "no measured module has a statement", "check source and exclude_also")


def _edited(snapshot: Snapshot) -> str:
    return f"added, edited or deleted after the measurement: {named(snapshot.stale)}"


def _error(rule: Rule, reason: str, remedy: str) -> Check:
    return Check(rule=rule, subject="the measurement", status="error", reason=reason, remedy=remedy)


def _status(checks: Iterable[Check], *, advisory: bool) -> Status:
    """Data that cannot be judged at all are an error in a run of a part of the tests too."""
    checks = tuple(checks)
    if any(check.rule == "data" and check.status == "error" for check in checks):
        return "error"
    statuses = {check.status for check in checks}
    if not statuses & {"failed", "error"}:
        return "passed"
    if advisory:
        return "advisory"
    return "error" if "error" in statuses else "failed"


def _notes(snapshot: Snapshot, settings: Settings, context: RunContext) -> Iterable[str]:
    excluded = sum(matches_any(settings.exclude, module) for module in snapshot.modules)
    if excluded:
        yield f"{counted(excluded, 'module')} measured but not judged (tool.covgate.exclude)"
    if snapshot.stale and context.stale == "warn":
        yield f"{_edited(snapshot)}; line numbers may have moved"
    if snapshot.unreadable and snapshot.unreadable_ok:
        yield f"{counted(len(snapshot.unreadable), 'file')} left out, as ignore_errors asks: " + "; ".join(
            snapshot.unreadable
        )

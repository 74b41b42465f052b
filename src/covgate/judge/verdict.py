"""All checks of a run as one verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from covgate.judge.accepted import acceptance_checks, acceptance_notes, accepted_gaps, with_accepted
from covgate.judge.change import change_checks, change_notes, judged_change, judged_files
from covgate.judge.checks import module_checks, project_checks, settings_checks
from covgate.judge.loosened import exclusion_notes, loosened_checks, loosened_rules
from covgate.judge.naming import named
from covgate.judge.ranking import ranked_gaps
from covgate.judge.targets import matches_any
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.rules import RulesChange, UnknownRules
from covgate.model.settings import Mode, Settings
from covgate.model.snapshot import Snapshot
from covgate.model.verdict import ChangeOutcome, Check, Measured, Status, Verdict
from covgate.model.words import counted

StalePolicy: TypeAlias = Literal["ignore", "warn", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the door knows of the run and the data do not tell."""

    today: date
    """Acceptances end on a date."""
    mode: Mode = "fail"
    strict: bool = False
    """True where entries that accept nothing fail the run."""
    change_only: bool = False
    """True where nothing but the change is judged: before a commit, the rest is not its matter."""
    partial: str | None = None
    """Why this run saw only a part of the tests."""
    judge_partial: bool = False
    """True where a partial run is to be judged all the same."""
    stale: StalePolicy = "ignore"
    """What source younger than the data means: nothing in the run that measured."""
    incomplete: str | None = None
    """Why data of the run is missing; no verdict is possible then."""
    notes: tuple[str, ...] = ()


def judge(
    snapshot: Snapshot,
    settings: Settings,
    circumstances: Circumstances,
    change: Change | ChangeUnavailable | None = None,
    rules: RulesChange | ChangeUnavailable | None = None,
) -> Verdict:
    """Apply every check of `settings` to `snapshot` and to `change` (None: nobody asks about it).

    `rules` are those before and after the change, or why they are not known.
    """
    accepted = accepted_gaps(snapshot, settings, circumstances.today) if snapshot.modules else ()
    snapshot = with_accepted(snapshot, accepted)
    if circumstances.change_only:
        change, snapshot = _only_the_change(change, snapshot)
    advisory = circumstances.partial is not None and not circumstances.judge_partial
    known = judged_change(change, snapshot) if isinstance(change, Change) else None
    outcome: ChangeOutcome | ChangeUnavailable | None = change if isinstance(change, ChangeUnavailable) else known
    checks = list(_data_checks(snapshot, circumstances))
    loosened = loosened_rules(rules, snapshot) if isinstance(rules, RulesChange) else None
    if snapshot.modules:
        checks += _checks(snapshot, settings, circumstances, outcome, whole_run=not advisory)
        is_told = isinstance(change, ChangeUnavailable) and any(check.rule == "changed-lines" for check in checks)
        checks += loosened_checks(rules, loosened, settings, is_told=is_told) if rules is not None else ()
        checks += acceptance_checks(accepted) if circumstances.strict and not advisory else ()
    gaps = ranked_gaps(snapshot, settings, checks, judged_files(known, snapshot, settings) if known else ())
    return Verdict(
        status="error" if circumstances.incomplete else _status(checks, advisory=advisory),
        mode=circumstances.mode,
        partial=circumstances.partial,
        measured=_measured(snapshot),
        checks=tuple(checks),
        gaps=tuple(gap for gap in gaps if gap.group == "change" or not circumstances.change_only),
        notes=(
            *circumstances.notes,
            *snapshot.notes,
            *_notes(snapshot, settings, circumstances, change),
            *_rules_notes(change, rules),
            *acceptance_notes(accepted, checks, circumstances.today),
        ),
        snapshot=snapshot,
        accepted=accepted,
        has_targets=settings.sets_a_target or circumstances.change_only,
        change=known,
        change_only=circumstances.change_only,
        loosened=loosened,
    )


def _rules_notes(
    change: Change | ChangeUnavailable | None, rules: RulesChange | ChangeUnavailable | None
) -> Iterable[str]:
    if isinstance(rules, RulesChange | UnknownRules):
        yield from exclusion_notes(rules)
    elif rules is not None and isinstance(change, Change) and change.base is not None:
        yield f"rules that the change loosens are not known: {rules.reason}"


def _measured(snapshot: Snapshot) -> Measured:
    return Measured(
        branches=snapshot.has_branches,
        files=len(snapshot.modules),
        units=snapshot.units,
        covered=snapshot.covered,
        accepted=snapshot.units_accepted,
    )


def _checks(
    snapshot: Snapshot,
    settings: Settings,
    circumstances: Circumstances,
    change: ChangeOutcome | ChangeUnavailable | None,
    *,
    whole_run: bool,
) -> Iterable[Check]:
    of_the_change = () if change is None else change_checks(change, snapshot, settings)
    if circumstances.change_only:
        yield from of_the_change
        return
    yield from project_checks(snapshot, settings)
    yield from of_the_change
    yield from module_checks(snapshot, settings)
    if whole_run:
        yield from settings_checks(snapshot, settings)


def _only_the_change(
    change: Change | ChangeUnavailable | None, snapshot: Snapshot
) -> tuple[Change | ChangeUnavailable | None, Snapshot]:
    """Where nothing else is judged, a change that is not known is no pass, and only its files can be stale."""
    if isinstance(change, ChangeUnavailable):
        return replace(change, is_asked_for=True, is_error=True), snapshot
    paths = {file.path for file in change.files} if change else set()
    return change, replace(snapshot, stale=tuple(path for path in snapshot.stale if path in paths))


def no_verdict(reason: str, settings: Settings, circumstances: Circumstances) -> Verdict:
    """The verdict where there is nothing to judge: never a pass."""
    nothing = Snapshot(modules=(), has_branches=False)
    return judge(nothing, settings, replace(circumstances, incomplete=reason))


def _data_checks(snapshot: Snapshot, circumstances: Circumstances) -> Iterable[Check]:
    if circumstances.incomplete:
        yield _error("data", circumstances.incomplete)
    if snapshot.unreadable and not snapshot.unreadable_ok:
        for sentence in snapshot.unreadable:
            yield _error("readable", f"{sentence}; omit it in coverage.py's settings, or set ignore_errors = true")
    if snapshot.stale and circumstances.stale == "error":
        yield _error("data", f"{_edited(snapshot)}; measure again: pytest --covgate")
    if not snapshot.modules and not circumstances.incomplete:
        yield _error("data", "no module was measured; check source and omit")
    if snapshot.modules and not snapshot.units:
        yield _error("data", "no measured module has a statement; check source and exclude_also")


def _edited(snapshot: Snapshot) -> str:
    return f"added, edited or deleted after the measurement: {named(snapshot.stale)}"


def _error(rule: str, reason: str) -> Check:
    return Check(rule=rule, subject="the measurement", status="error", reason=reason)


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


def _notes(
    snapshot: Snapshot, settings: Settings, circumstances: Circumstances, change: Change | ChangeUnavailable | None
) -> Iterable[str]:
    if isinstance(change, Change):
        yield from change_notes(change, snapshot)
    excluded = sum(matches_any(settings.exclude, module) for module in snapshot.modules)
    if excluded:
        yield f"{counted(excluded, 'module')} measured but not judged (tool.covgate.exclude)"
    if snapshot.stale and circumstances.stale == "warn":
        yield f"{_edited(snapshot)}; the numbers are those of other lines"
    if snapshot.unreadable and snapshot.unreadable_ok:
        yield f"{len(snapshot.unreadable)} files left out, as ignore_errors asks: " + "; ".join(snapshot.unreadable)

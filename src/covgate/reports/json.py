"""The verdict for machines. docs/json.md describes the format; `format` counts its versions."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from covgate.model.checks import Check, most_demanding
from covgate.model.comparison import Baseline, BaselineMissing
from covgate.model.context import ReportContext
from covgate.model.goal import Goal
from covgate.model.judged import JudgedModule
from covgate.model.known_tests import KnownTests
from covgate.model.percent import shown_points, shown_target
from covgate.model.record_json import document_of
from covgate.model.trend import MONTH, Progress
from covgate.model.verdict import AcceptedGap, ChangedShare, ChangeOutcome, Gap, Verdict
from covgate.reports.comparison import comparison_document, share_document, shown_or_none
from covgate.reports.format import Format
from covgate.reports.known_tests import answer_document
from covgate.reports.wording import component_of

VERSION = 1


def json_report(verdict: Verdict, _: ReportContext | None = None) -> str:
    """One JSON object in ASCII, ended by a newline."""
    measured = verdict.measured
    document = {
        "format": VERSION,
        "status": verdict.status,
        "mode": verdict.mode,
        "partial": verdict.partial,
        "change_only": verdict.change_only,
        "measured": {
            "branches": measured.branches,
            "files": measured.files,
            "units": measured.units,
            "covered": measured.covered,
            "percent": shown_or_none(measured.covered, measured.units),
            "accepted": measured.accepted,
        },
        "change": None if verdict.change is None else _change(verdict.change, verdict.change_tests),
        "goals": [_goal(goal) for goal in verdict.goals],
        "progress": None if verdict.progress is None else _progress(verdict.progress),
        "baseline": _baseline(verdict.baseline),
        "baseline_missing": verdict.baseline.reason if isinstance(verdict.baseline, BaselineMissing) else None,
        "comparison": None
        if verdict.comparison is None
        else comparison_document(verdict.comparison, verdict.lost_tests),
        "checks": [check_document(check, _goal_of(check, verdict)) for check in verdict.checks],
        "modules": _modules(verdict),
        "gaps": [_gap(gap) for gap in verdict.gaps],
        "accepted": [accepted_document(gap) for gap in verdict.accepted],
        "loosened": _loosened(verdict),
        "notes": list(verdict.notes),
        "record": None if verdict.record is None else document_of(verdict.record),
    }
    return json.dumps(document, indent=2) + "\n"


def _change(change: ChangeOutcome, tests: Sequence[KnownTests]) -> dict[str, Any]:
    answers = {answer.subject.path: answer_document(answer) for answer in tests}
    return {
        "base": change.base,
        "base_source": change.base_source,
        "units": change.units,
        "covered": change.covered,
        "percent": shown_or_none(change.covered, change.units),
        "files": [
            {
                "path": file.path,
                "module": file.module,
                "status": file.status,
                "old_path": file.old_path,
                "changed": [list(lines) for lines in file.changed],
                "units": file.units,
                "covered": file.covered,
                "accepted": file.accepted,
                "missing": [list(lines) for lines in file.missing],
                "tests": answers.get(file.path),
            }
            for file in change.files
        ],
    }


def _baseline(baseline: Baseline | BaselineMissing | None) -> dict[str, Any] | None:
    if not isinstance(baseline, Baseline):
        return None
    record = baseline.record
    revision = record.revision
    return {
        "tree": None if revision is None else revision.tree,
        "commit": None if revision is None else revision.commit,
        "commits_before_base": baseline.distance,
        "source": baseline.source,
        "recorded_at": record.time.isoformat(),
        "environment": record.environment._asdict(),
    }


def _goal(goal: Goal) -> dict[str, Any]:
    share = goal.share
    return {
        "component": goal.component,
        "covered": share.covered,
        "units": share.units,
        "percent": shown_or_none(share.covered, share.units),
        "accepted": share.accepted,
        "goal": shown_target(goal.percent),
        "to_reach": goal.needed,
        "by": None if goal.by is None else goal.by.isoformat(),
        "source": f"{goal.source}.goal",
    }


def _progress(progress: Progress) -> dict[str, Any]:
    """`way` floored to a whole percent, as it is shown; points to two places."""
    pace = progress.pace
    return {
        "first": share_document(progress.first),
        "since": progress.since.isoformat(),
        "now": share_document(progress.last),
        "goal": shown_target(progress.goal),
        "way": str(math.floor(100 * progress.way)),
        "pace": None
        if pace is None
        else {
            "days": MONTH,
            "points": shown_points(pace.gained),
            "needed": None if pace.needed is None else shown_points(pace.needed),
            "by": pace.by.isoformat(),
        },
    }


def _goal_of(check: Check, verdict: Verdict) -> Decimal | None:
    """What the subject of a check works towards; None where that is not measured by the same percentage."""
    if check.rule == "module":
        return verdict.module_goals.get(check.subject)
    goal = verdict.goal_of(component_of(check)) if check.rule in ("total", "component") else None
    return None if goal is None else goal.percent


def check_document(check: Check, goal: Decimal | None = None) -> dict[str, Any]:
    return {
        "rule": check.rule,
        "subject": check.subject,
        "module": check.module,
        "covered": check.covered,
        "units": check.units,
        "percent": shown_or_none(check.covered, check.units),
        "accepted": check.accepted,
        "target": percent_or_none(check.target),
        "goal": percent_or_none(goal),
        "to_reach": check.to_reach,
        "status": check.status,
        "source": check.source,
        "reason": check.explanation,
        "remedy": check.remedy,
        "error": check.error,
    }


def _modules(verdict: Verdict) -> list[dict[str, Any]]:
    """All measured modules by path, each with the target that asks for most and how it stands."""
    checks: dict[str, list[Check]] = {}
    for check in verdict.checks:
        if check.is_of_a_module:
            checks.setdefault(check.subject, []).append(check)
    return [
        _module(verdict.judge_module(module), checks.get(module.path, ()), verdict.module_goals.get(module.path))
        for module in verdict.snapshot.modules
    ]


def _module(judged: JudgedModule, checks: Sequence[Check], goal: Decimal | None) -> dict[str, Any]:
    module, share = judged.module, judged.share
    held = most_demanding(checks)
    statuses = {check.status for check in checks if check.units or check.status == "error"}
    return {
        "path": module.path,
        "module": module.name,
        "units": share.units,
        "covered": share.covered,
        "percent": shown_or_none(share.covered, share.units),
        "accepted": share.accepted,
        "missing": [list(lines) for lines in judged.required_missing.runs(module.statements)],
        "target": None if held is None else percent_or_none(held.target),
        "goal": percent_or_none(goal),
        "status": next((status for status in ("error", "failed", "passed") if status in statuses), None),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "rank": gap.rank,
        "group": gap.group,
        "band": gap.band,
        "path": gap.path,
        "module": gap.module,
        "covered": gap.covered,
        "units": gap.units,
        "percent": shown_or_none(gap.covered, gap.units),
        "accepted": gap.accepted,
        "target": percent_or_none(gap.target),
        "goal": percent_or_none(gap.goal),
        "to_reach": gap.to_reach,
        "missing": [list(lines) for lines in gap.missing],
        "functions": [
            {
                "name": function.name,
                "line": function.line,
                "units": function.units,
                "missing": function.missing,
                "accepted": function.accepted,
                "entered": function.entered,
            }
            for function in gap.functions
        ],
        "why": "; ".join(map(str, gap.why)),
        "advice": gap.advice or None,
        "changed": None if gap.changed is None else _changed_share(gap.changed),
    }


def _changed_share(share: ChangedShare) -> dict[str, Any]:
    return {
        "covered": share.covered,
        "units": share.units,
        "percent": shown_or_none(share.covered, share.units),
        "accepted": share.accepted,
        "target": shown_target(share.target),
        "to_reach": share.to_reach,
        "missing": [list(lines) for lines in share.missing],
    }


def accepted_document(gap: AcceptedGap) -> dict[str, Any]:
    return {
        "path": gap.path,
        "module": gap.module,
        "function": gap.function,
        "lines": [list(lines) for lines in gap.lines],
        "units": gap.units,
        "reason": gap.reason,
        "until": None if gap.until is None else gap.until.isoformat(),
        "owner": gap.owner,
        "state": gap.state,
        "problem": gap.problem,
        "source": gap.source,
    }


def _loosened(verdict: Verdict) -> list[dict[str, Any]] | None:
    """None where the base is not known."""
    if verdict.loosened is None:
        return None
    return [
        {"what": one.what, "before": one.before, "after": one.after, "where": one.where} for one in verdict.loosened
    ]


def percent_or_none(percent: Decimal | None) -> str | None:
    return None if percent is None else shown_target(percent)


FORMAT = Format(render=json_report, path="covgate.json")

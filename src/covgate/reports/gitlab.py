"""GitLab's code quality report: the same places, as a merge request shows them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from covgate.model.context import ReportContext
from covgate.model.verdict import Verdict
from covgate.reports.format import Format
from covgate.reports.remarks import Kind, Remark, remarks
from covgate.reports.text import printable

FAILING: dict[Kind, str] = {
    "failed-check": "major",
    "uncovered-change": "major",
    "partial-change": "minor",
    "loosened": "major",
    "below-target": "major",
}
PASSING: dict[Kind, str] = {
    "failed-check": "minor",
    "uncovered-change": "minor",
    "partial-change": "info",
    "loosened": "minor",
    "below-target": "info",
}
"""Severities where the gate does not fail because of it."""


def code_quality(verdict: Verdict, context: ReportContext) -> str:
    """A JSON array in ASCII, an object a place."""
    found = [_issue(remark, context) for remark in remarks(verdict) if context.repository_path(remark.path)]
    return json.dumps(found, indent=2) + "\n"


def _issue(remark: Remark, context: ReportContext) -> dict[str, Any]:
    first, last = remark.lines or (1, 1)
    path = printable(context.repository_path(remark.path) or "")
    told = f"{remark.kind}\n{path}\n{first}-{last}{remark.subject}"
    return {
        "description": printable(remark.text),
        "check_name": f"covgate-{remark.kind}",
        "fingerprint": hashlib.sha256(told.encode()).hexdigest(),
        "severity": (FAILING if remark.is_failing else PASSING)[remark.kind],
        "location": {"path": path, "lines": {"begin": first, "end": last}},
    }


FORMAT = Format(render=code_quality, path="gl-code-quality-report.json")

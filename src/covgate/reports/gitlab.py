"""GitLab's code quality report: the same places, as a merge request shows them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from covgate.model.context import ReportContext
from covgate.model.verdict import Verdict
from covgate.reports.format import Format
from covgate.reports.remarks import Level, Remark, remarks
from covgate.reports.text import printable

SEVERITIES: dict[Level, str] = {"error": "major", "warning": "minor", "note": "info"}


def code_quality(verdict: Verdict, context: ReportContext) -> str:
    """A JSON array in ASCII, an object a place."""
    issues = [_issue(remark, context) for remark in remarks(verdict) if context.repository_path(remark.path)]
    return json.dumps(issues, indent=2) + "\n"


def _issue(remark: Remark, context: ReportContext) -> dict[str, Any]:
    first, last = remark.lines or (1, 1)
    path = printable(context.repository_path(remark.path) or "")
    identity = f"{remark.kind}\n{path}\n{first}-{last}{remark.subject}"
    return {
        "description": printable(remark.text),
        "check_name": f"covgate-{remark.kind}",
        "fingerprint": hashlib.sha256(identity.encode()).hexdigest(),
        "severity": SEVERITIES[remark.level],
        "location": {"path": path, "lines": {"begin": first, "end": last}},
    }


FORMAT = Format(render=code_quality, path="gl-code-quality-report.json")

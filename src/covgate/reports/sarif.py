"""SARIF 2.1.0, which code scanning and editors read."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from covgate.model.context import ReportContext, quoted_path
from covgate.model.verdict import Verdict
from covgate.reports.format import Format
from covgate.reports.remarks import KINDS, Remark, remarks
from covgate.reports.text import printable

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_log(verdict: Verdict, context: ReportContext) -> str:
    """One run, a result a place; JSON in ASCII."""
    rules = [{"id": kind, "shortDescription": {"text": text}} for kind, text in KINDS.items()]
    results = [_result(remark, context) for remark in remarks(verdict) if context.repository_path(remark.path)]
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "covgate", "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "automationDetails": {"id": f"covgate/{printable(context.project)}/"},
                "results": results,
            }
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _result(remark: Remark, context: ReportContext) -> dict[str, Any]:
    path = context.repository_path(remark.path) or ""
    place: dict[str, Any] = {"artifactLocation": {"uri": quoted_path(path), "uriBaseId": "%SRCROOT%"}}
    first, last = remark.lines or (1, 1)  # code scanning wants a line
    place["region"] = {"startLine": first, "endLine": last}
    identity = f"{remark.kind}\n{printable(path)}\n{remark.lines}{remark.subject}"
    return {
        "ruleId": remark.kind,
        "level": remark.level,
        "message": {"text": printable(remark.text)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"covgatePlace/v1": hashlib.sha256(identity.encode()).hexdigest()},
    }


FORMAT = Format(render=sarif_log, path="covgate.sarif")

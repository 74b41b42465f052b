"""An explanation for machines: docs/json.md describes each object."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from covgate.model.explanation import ComponentExplanation, Explanation, LineExplanation
from covgate.model.known_tests import KnownTests
from covgate.model.missing import MissingPart
from covgate.model.share import Share
from covgate.model.verdict import ChangedModule
from covgate.reports.comparison import share_document
from covgate.reports.json import accepted_document, check_document, percent_or_none
from covgate.reports.known_tests import answer_document

VERSION = 1


def explanation_json(explanation: Explanation) -> str:
    """Return what bears on one module."""
    module = explanation.module
    return _text(
        {
            "path": module.path,
            "module": module.name,
            **share_document(Share(module.covered, module.units)),
            "never_imported": module.never_ran,
            "checks": [check_document(check) for check in explanation.checks],
            "overridden": [{"source": source, "reason": why} for source, why in explanation.overridden],
            "excluded_by": explanation.excluded_by,
            "components": [check_document(check) for check in explanation.components],
            "goal": percent_or_none(explanation.goal),
            "to_goal": explanation.to_goal,
            "change": None if explanation.change is None else _change(explanation.change),
            "accepted": [accepted_document(gap) for gap in explanation.accepted],
            "missing": [_part(part) for part in explanation.missing],
        }
    )


def component_json(explanation: ComponentExplanation) -> str:
    """Return what bears on one component."""
    return _text(
        {
            "component": explanation.name,
            **share_document(explanation.share),
            "patterns": list(explanation.patterns),
            "check": None if explanation.check is None else check_document(explanation.check),
            "goal": percent_or_none(explanation.goal),
            "to_goal": explanation.to_goal,
            "modules": [{"path": one.path, **share_document(one.share)} for one in explanation.members],
        }
    )


def lines_json(path: str, lines: Iterable[tuple[LineExplanation, KnownTests | None]]) -> str:
    """Return what is known of lines; the tests are None where the data holds no map of them."""
    return _text({"path": path, "lines": [_line(line, tests) for line, tests in lines]})


def _change(file: ChangedModule) -> dict[str, Any]:
    return {
        "status": file.status,
        "covered": file.covered,
        "units": file.units,
        "missing": [list(lines) for lines in file.missing],
    }


def _part(part: MissingPart) -> dict[str, Any]:
    return {
        "function": part.gap.name or None,
        "line": part.gap.line if part.gap.name else None,
        "units": part.gap.units,
        "missing": part.gap.missing,
        "accepted": part.gap.accepted,
        "reasons": list(map(str, part.reasons)),
    }


def _line(line: LineExplanation, tests: KnownTests | None) -> dict[str, Any]:
    branch = line.branch
    return {
        "line": line.line,
        "statement": None if line.statement is None else list(line.statement),
        "ran": line.ran,
        "accepted": line.accepted,
        "excluded": line.excluded,
        "function": line.function,
        "branches": None if branch is None else {"total": branch.total, "missing": list(branch.missing)},
        "text": line.text,
        "tests": None if tests is None else answer_document(tests),
    }


def _text(document: dict[str, Any]) -> str:
    """One JSON object in ASCII, ended by a newline."""
    return json.dumps({"format": VERSION, **document}, indent=2) + "\n"

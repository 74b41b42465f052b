"""What covgate reported against what was calculated: each difference is a sentence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from .expected import Verdict

# What the two doors may say differently of the same data: nothing.
FIELDS_OF_ONE_DOOR: frozenset[str] = frozenset()


def differences(report: dict[str, Any], expected: Verdict) -> Iterator[str]:
    """What differs between a JSON report and the calculation. Keys that the calculation does not know are left alone."""
    if report["status"] != expected.status:
        yield f"status: {report['status']}, not {expected.status}"
    yield from unequal("measured", report["measured"], expected.measured)
    checks = {(check["rule"], check["subject"]): check for check in report["checks"]}
    times = Counter((check["rule"], check["subject"]) for check in report["checks"])
    for key in sorted(checks.keys() | expected.checks.keys()):
        if key not in checks:
            yield f"{key}: not reported, calculated {expected.checks[key]}"
        elif key not in expected.checks:
            yield f"{key}: reported {checks[key]}, not calculated"
        else:
            reported = {**plain_check(checks[key]), "times": times[key]}
            yield from unequal(str(key), reported, {"times": 1, **expected.checks[key]})
    yield from change_differences(report["change"], expected.change)


def plain_check(check: dict[str, Any]) -> dict[str, Any]:
    """A reported check with numbers as numbers. The units still to cover may be named either way."""
    needed = check.get("needed", check.get("to_reach"))
    target = None if check["target"] is None else Fraction(check["target"])
    return {**check, "target": target, "needed": needed}


def change_differences(reported: dict[str, Any] | None, expected: dict[str, Any] | None) -> Iterator[str]:
    if reported is None or expected is None:
        if reported is not expected:
            yield f"change: reported {reported}, calculated {expected}"
        return
    yield from unequal("change", reported, {key: value for key, value in expected.items() if key != "files"})
    # A report may list other files that changed, which hold nothing to cover.
    files = {file["path"]: file for file in reported["files"] if file["path"].endswith(".py") or file["units"]}
    for path in sorted(files.keys() | expected["files"].keys()):
        if path not in files:
            yield f"change of {path}: not reported, calculated {expected['files'][path]}"
        elif path not in expected["files"]:
            yield f"change of {path}: reported {files[path]}, not calculated"
        else:
            yield from unequal(f"change of {path}", *comparable(files[path], expected["files"][path]))


def comparable(reported: dict[str, Any], expected: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A file of the change on both sides. Ranges of missing lines run over lines that are no statements."""
    expected = dict(expected)
    statements = expected.pop("statements")
    missing = lines_of(reported["missing"]) & statements
    return {**reported, "changed": lines_of(reported["changed"]), "missing": missing}, expected


def lines_of(ranges: list[list[int]]) -> set[int]:
    return {line for first, last in ranges for line in range(first, last + 1)}


def unequal(subject: str, reported: dict[str, Any], expected: dict[str, Any]) -> Iterator[str]:
    for key, value in expected.items():
        if reported.get(key) != value:
            yield f"{subject}: {key} is {reported.get(key)}, not {value}"


def door_differences(pytest_report: str, check_report: str) -> Iterator[str]:
    """The reports of the two doors, byte by byte, apart from the fields that belong to one door."""
    first, second = (
        {k: v for k, v in json.loads(text).items() if k not in FIELDS_OF_ONE_DOOR}
        for text in (pytest_report, check_report)
    )
    if pytest_report == check_report or json.dumps(first) == json.dumps(second):
        return
    for key in sorted(first.keys() | second.keys()):
        if first.get(key) != second.get(key):
            yield f"doors: {key} is {first.get(key)!r:.300} by pytest --covgate, {second.get(key)!r:.300} by covgate check"
    if first == second:
        yield "doors: the reports differ in the order of their keys"

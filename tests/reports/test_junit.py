"""JUnit's XML: a test case for each check, counted as CI systems count them."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest

from builders import module, snapshot, verdict
from covgate.model.checks import Check, CheckStatus
from covgate.model.context import ReportContext
from covgate.reports.junit import junit_suite


def suite(*statuses: CheckStatus, project: str = "p") -> Xml.Element:
    checks = tuple(
        Check(
            rule="module", subject=f"m{number}.py", status=status, reason="nobody knows" if status != "passed" else ""
        )
        for number, status in enumerate(statuses)
    )
    outcome = verdict(snapshot(module("a.py", 1, 1)))._replace(checks=checks)
    return Xml.fromstring(junit_suite(outcome, ReportContext(project=project)))


def test_the_counts_are_those_of_the_cases() -> None:
    whole = suite("passed", "failed", "failed", "error", "skipped")
    assert {name: whole.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "2",
        "errors": "1",
        "skipped": "1",
    }
    assert len(whole.findall("testcase")) == 5


@pytest.mark.parametrize(("status", "tag"), [("failed", "failure"), ("error", "error"), ("skipped", "skipped")])
def test_a_case_that_did_not_pass_says_why(status: CheckStatus, tag: str) -> None:
    (case,) = suite(status)
    (outcome,) = case
    assert outcome.tag == tag
    assert "nobody knows" in (outcome.get("message") or "")


def test_a_case_is_named_by_its_rule_and_its_subject() -> None:
    (case,) = suite("passed")
    assert (case.get("classname"), case.get("name"), len(case)) == ("covgate.module", "m0.py", 0)


def test_any_name_of_a_project_is_well_formed_xml() -> None:
    assert suite(project='<&\x00"\ud800\uffff').get("name") == 'coverage gate of <&\\x00"\\ud800\\uffff'

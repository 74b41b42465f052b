"""JUnit's XML, one test case a check: for CI systems that show nothing else."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from covgate.errors import with_name
from covgate.model.checks import Check
from covgate.model.context import ReportContext
from covgate.model.verdict import Verdict
from covgate.reports.format import Format
from covgate.reports.text import printable
from covgate.reports.wording import outcome_of, subject_in_words


def junit_suite(verdict: Verdict, context: ReportContext) -> str:
    """One suite in ASCII; a missed target is a failure, what cannot be judged an error."""
    count = {
        status: sum(check.status == status for check in verdict.checks) for status in ("failed", "error", "skipped")
    }
    suite = Xml.Element(
        "testsuite",
        name=f"coverage gate of {printable(context.project)}",
        tests=str(len(verdict.checks)),
        failures=str(count["failed"]),
        errors=str(count["error"]),
        skipped=str(count["skipped"]),
    )
    for check in verdict.checks:
        _add_case(suite, check, branches=verdict.measured.branches)
    Xml.indent(suite)
    text: bytes = Xml.tostring(suite, encoding="us-ascii", xml_declaration=True)
    return text.decode("ascii") + "\n"


def _add_case(suite: Xml.Element, check: Check, *, branches: bool) -> None:
    case = Xml.SubElement(suite, "testcase", classname=f"covgate.{check.rule}", name=subject_in_words(check))
    if check.status != "passed":
        tag = {"failed": "failure", "error": "error", "skipped": "skipped"}[check.status]
        Xml.SubElement(case, tag, message=with_name(outcome_of(check, branches=branches), check.error))


FORMAT = Format(render=junit_suite, path="covgate-junit.xml")

"""A diagnosis as text."""

from __future__ import annotations

from covgate.doctor.facts import Diagnosis, Finding
from covgate.doctor.text import diagnosis_text

DIAGNOSIS = Diagnosis(
    findings=(
        Finding(severity="serious", message='"|| true" hides a failure', where="ci.yml:7", remedy='remove "|| true"'),
        Finding(severity="advice", message="the gate runs a part (only tests/test_a.py, not tests/test_b.py)"),
        Finding(
            severity="advice", message="this", remedy="one\ntwo", cost="the tests take three times as long as before"
        ),
        Finding(severity="advice", message="that", remedy="other"),
        Finding(severity="advice", message="this too", remedy="one\ntwo"),
    ),
    examined=("the settings", "git"),
    not_examined=("coverage data",),
)


def test_the_whole_report() -> None:
    assert diagnosis_text(DIAGNOSIS, 50) == (
        "serious\n"
        '  ci.yml:7: "|| true" hides a failure\n'
        '      remove "|| true"\n'
        "advice\n"
        "  the gate runs a part (only tests/test_a.py, not\n"
        "    tests/test_b.py)\n"
        "  this\n"
        "  this too\n"
        "      one\n"
        "      two\n"
        "      cost: the tests take three times as long as\n"
        "      before\n"
        "  that\n"
        "      other\n"
        "1 serious finding, 4 pieces of advice\n"
        "examined: the settings, git\n"
        "not examined: coverage data\n"
    )


def test_nothing_found() -> None:
    assert diagnosis_text(Diagnosis(findings=(), examined=("git",))) == "nothing found\nexamined: git\n"


def test_control_characters_are_escaped() -> None:
    finding = Finding(severity="advice", message="\x1b[31mred", remedy="\x07")
    assert "\\x1b[31mred\n      \\x07\n" in diagnosis_text(Diagnosis(findings=(finding,), examined=("git",)))

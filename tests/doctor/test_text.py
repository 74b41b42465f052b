"""A diagnosis as text."""

from __future__ import annotations

from covgate.doctor.finding import Diagnosis, Finding
from covgate.doctor.text import diagnosis_text

LONG = "tests/test_a.py, tests/test_b.py"
DIAGNOSIS = Diagnosis(
    findings=(
        Finding(severity="serious", what="|| true: lost", where="ci.yml:7", mend="take || true out"),
        Finding(severity="advice", what=f"Python programs are started and not measured, in {LONG}", mend="one\ntwo"),
    ),
    looked_at=("the settings", "git"),
    not_looked_at=("what was measured",),
)


def test_the_whole_of_it() -> None:
    assert diagnosis_text(DIAGNOSIS, 60) == (
        "serious\n"
        "  ci.yml:7: || true: lost\n"
        "      take || true out\n"
        "advice\n"
        "  Python programs are started and not measured, in\n"
        "    tests/test_a.py, tests/test_b.py\n"
        "      one\n"
        "      two\n"
        "1 serious, 1 piece of advice; looked at the settings, git\n"
        "not looked at: what was measured\n"
    )


def test_nothing_found() -> None:
    assert diagnosis_text(Diagnosis(findings=(), looked_at=("git",))) == "nothing found; looked at git\n"


def test_what_is_no_text_is_escaped() -> None:
    finding = Finding(severity="advice", what="\x1b[31mred", mend="\x07")
    assert "\\x1b[31mred\n      \\x07\n" in diagnosis_text(Diagnosis(findings=(finding,), looked_at=("git",)))

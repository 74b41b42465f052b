"""The order of the findings, and what they are based on."""

from __future__ import annotations

from builders import snapshot
from covgate.config.settings import parse_settings
from covgate.doctor.diagnosis import diagnose
from covgate.doctor.facts import (
    CiFiles,
    Facts,
    Requirement,
    UnreadFile,
)
from doctor_facts import (
    CART,
    GATE,
    HEALTHY,
    HERE,
    TOX,
    command,
    findings,
    in_ci,
    only,
)


def test_nothing_is_wrong() -> None:
    diagnosis = diagnose(HEALTHY)
    assert diagnosis.findings == ()
    assert diagnosis.examined == ("the settings", "2 source files")
    assert diagnosis.not_examined[0].startswith("coverage data")


def test_ci_files_above_the_project_are_named_as_not_examined() -> None:
    said = diagnose(Facts(settings=parse_settings({}), has_ci_above=True)).not_examined
    assert said[-1] == "the CI files in the top folder of the repository, above this project"


def test_unread_files() -> None:
    unread = UnreadFile(position=HERE, reason="found undefined alias")
    assert only(findings(ci=CiFiles(unread=(unread,)))).where == "ci.yml:7"
    diagnosis = diagnose(HEALTHY._replace(ci=CiFiles(without_yaml=("a", "b", "c", "d"))))
    assert diagnosis.findings == ()
    assert (
        diagnosis.not_examined[-1]
        == 'a, b, c and 1 more, because PyYAML is missing (pip install "pytest-covgate[doctor]")'
    )


def test_what_was_examined() -> None:
    version = Requirement(name="pytest", installed="9", required="", is_met=True)
    facts = HEALTHY._replace(
        snapshot=snapshot(CART),
        ci=in_ci(command(GATE)),
        tox=TOX,
        is_in_repository=True,
        requirements=(version,),
    )
    assert diagnose(facts).examined == (
        "the settings",
        "the data of 1 module",
        "1 CI file",
        "tox",
        "git",
        "installed versions",
        "2 gate commands",
    )

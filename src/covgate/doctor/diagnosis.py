"""Find what is wrong around a gate. Where a fact is uncertain, the finding is advice, or there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from covgate.doctor.commands import gate_commands
from covgate.doctor.facts import Diagnosis, Facts, Finding
from covgate.doctor.gate_findings import ignored_exits, missing_gate, modes, partial_gates
from covgate.doctor.history_findings import missing_history, missing_records
from covgate.doctor.measuring_findings import (
    excluded_modules,
    missing_sources,
    no_branches,
    no_source,
    tests_in_source,
    unmeasured_processes,
)
from covgate.doctor.settings_findings import two_totals, unmatched_patterns, wrong_versions, zero_targets
from covgate.judge.naming import named
from covgate.model.words import counted


def diagnose(facts: Facts) -> Diagnosis:
    found = dict.fromkeys(finding for find in _finders() for finding in find(facts))
    return Diagnosis(
        findings=tuple(sorted(found, key=lambda finding: finding.severity != "serious")),
        examined=tuple(_examined(facts)),
        not_examined=tuple(_not_examined(facts)),
    )


def _finders() -> tuple[Callable[[Facts], Iterator[Finding]], ...]:
    """In the order in which their findings are shown."""
    return (
        modes,
        zero_targets,
        unmatched_patterns,
        ignored_exits,
        missing_gate,
        missing_history,
        missing_records,
        partial_gates,
        wrong_versions,
        no_source,
        missing_sources,
        two_totals,
        tests_in_source,
        excluded_modules,
        unmeasured_processes,
        no_branches,
        unread_files,
    )


def unread_files(facts: Facts) -> Iterator[Finding]:
    for unread in facts.ci.unread:
        yield Finding(
            severity="advice",
            message=f"this file cannot be read: {unread.reason}",
            where=str(unread.position),
            remedy="correct the file, then run doctor again",
        )


def _examined(facts: Facts) -> Iterator[str]:
    yield "the settings"
    if facts.snapshot is not None:
        yield f"the data of {counted(len(facts.snapshot.modules), 'module')}"
    elif facts.tree.modules:
        yield counted(len(facts.tree.modules), "source file")
    if facts.ci.files:
        yield counted(len(facts.ci.files), "CI file")
    if facts.tox:
        yield "tox"
    if facts.is_in_repository:
        yield "git"
    if facts.requirements:
        yield "installed versions"
    if commands := gate_commands(facts):
        yield counted(len(commands), "gate command")


def _not_examined(facts: Facts) -> Iterator[str]:
    if facts.snapshot is None:
        yield "coverage data, because there is none to read (pytest --covgate or coverage run writes it)"
    if facts.has_ci_above:
        yield "the CI files in the top folder of the repository, above this project"
    if facts.ci.without_yaml:
        yield f'{named(facts.ci.without_yaml)}, because PyYAML is missing (pip install "pytest-covgate[doctor]")'

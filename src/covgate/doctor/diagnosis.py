"""What is wrong around a gate: one small function a finding. Where a fact is unsure, it is advice or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import TypeAlias

from covgate.doctor.facts import Surroundings
from covgate.doctor.finding import Diagnosis, Finding, Severity
from covgate.doctor.gate_commands import gate_commands
from covgate.doctor.lost_outcomes import lost_outcomes, modes, no_history
from covgate.doctor.measured import (
    absent_sources,
    no_branches,
    no_source,
    swallowed_modules,
    tests_alone,
    tests_as_source,
    unmeasured_processes,
)
from covgate.doctor.partial_gates import partial_gates
from covgate.judge.naming import named
from covgate.judge.targets import dead_patterns
from covgate.model.pattern import Pattern
from covgate.model.percent import shown_target
from covgate.model.settings import Level, TargetRule
from covgate.model.snapshot import Module
from covgate.model.words import counted

SETTINGS_FILE = "pyproject.toml"
TARGETS = "tool.covgate.targets"

Findings: TypeAlias = Iterator[Finding]


def diagnose(facts: Surroundings) -> Diagnosis:
    found = [finding for look in _looks() for finding in look(facts)]
    return Diagnosis(
        findings=tuple(sorted(dict.fromkeys(found), key=lambda finding: finding.severity != "serious")),
        looked_at=tuple(_looked_at(facts)),
        not_looked_at=tuple(_not_looked_at(facts)),
    )


def _looks() -> tuple[Callable[[Surroundings], Findings], ...]:
    return (
        modes,
        zero_targets,
        dead,
        lost_outcomes,
        no_history,
        partial_gates,
        wrong_versions,
        no_source,
        absent_sources,
        two_totals,
        tests_alone,
        tests_as_source,
        swallowed_modules,
        unmeasured_processes,
        no_branches,
        unread_files,
    )


def zero_targets(facts: Surroundings) -> Findings:
    """A target of 0 passes whatever happens; one for a module without tests is what `covgate init` writes."""
    settings = facts.settings
    levels: list[tuple[str, Level]] = [("tool.covgate.module", settings.module)]
    if settings.total_source == "tool.covgate.total":
        levels.insert(0, ("tool.covgate.total", settings.total))
    levels += [(f"{component.source}.target", component.target) for component in settings.components]
    changed = settings.changed
    for key, level in (("lines", changed.lines), ("module", changed.module), ("new_module", changed.new_module)):
        levels.append((f"tool.covgate.changed.{key}", level))
    for path, level in levels:
        if level is not False and level == 0:
            yield Finding(
                severity="serious",
                what=f"{path} is 0: it passes whatever is covered",
                where=SETTINGS_FILE,
                mend="set a percentage; false says that nothing is asked for",
            )
    zero = [rule for rule in settings.targets if _asks_for_nothing(rule)]
    if zero:
        keys = named([f'"{rule.pattern.text}"' for rule in zero])
        yield Finding(
            severity="advice",
            what=f"{counted(len(zero), 'target')} of 0: {keys}",
            where=f"{SETTINGS_FILE}: {TARGETS}",
            mend="raise it as tests come" if len(zero) == 1 else "raise them as tests come",
        )


def _asks_for_nothing(rule: TargetRule) -> bool:
    """0, and nothing else that could fail."""
    levels = [level for level in (rule.target, rule.branches, rule.changed) if level is not None and level is not False]
    return bool(levels) and not any(levels) and rule.max_missing is None


def dead(facts: Surroundings) -> Findings:
    """Held against what was measured, else against the tree."""
    measured: tuple[Module, ...] = () if facts.snapshot is None else facts.snapshot.modules
    known = measured or facts.sources.modules
    for source, pattern in dead_patterns(facts.settings, known) if known else ():
        in_tree = next((m.path for m in facts.sources.modules if pattern.matches(m.path, m.name)), None)
        if measured and in_tree is None:
            yield _dead("serious", source, pattern, "matches no measured module: the gate fails on it")
        elif measured:
            yield _dead("advice", source, pattern, f"matches no measured module, though {in_tree} is there")
        elif source == "tool.covgate.exclude":  # what a build writes may not be there yet
            yield _dead("advice", source, pattern, "matches no .py file of the source in the tree")
        else:
            yield _dead("serious", source, pattern, "matches no .py file of the source in the tree")


def _dead(severity: Severity, source: str, pattern: Pattern, what: str) -> Finding:
    return Finding(
        severity=severity,
        what=f'"{pattern.text}" {what}',
        where=f"{SETTINGS_FILE}: {TARGETS if source.startswith(TARGETS) else source}",
        mend="mend its spelling, or take it out",
    )


def wrong_versions(facts: Surroundings) -> Findings:
    for version in facts.versions:
        if not version.fits:
            is_there = f"{version.name} {version.installed} is installed" if version.installed else ""
            yield Finding(
                severity="serious",
                what=f"{is_there or f'{version.name} is not installed'}; covgate needs {version.required or 'it'}",
                mend=f'pip install "{version.name}{version.required}"',
            )


def two_totals(facts: Surroundings) -> Findings:
    """pytest-cov judges its own option, on a rounded number; coverage.py's fail_under is judged by reports only."""
    total = facts.settings.total
    if facts.settings.total_source != "tool.covgate.total" or total is None or total is False:
        return
    given = _fail_under_option(facts.pytest.addopts)
    if given is not None:
        yield Finding(
            severity="advice",
            what=f"the total is judged twice: pytest-cov holds it to {given}, the gate to {shown_target(total)}",
            where=f"{facts.pytest.file}: --cov-fail-under in addopts",
            mend="take --cov-fail-under out",
        )
    fail_under: Decimal | None = facts.measuring.fail_under
    if fail_under is not None and fail_under != total:
        yield Finding(
            severity="advice",
            what=f"coverage.py's fail_under is {shown_target(fail_under)}, tool.covgate.total {shown_target(total)}: "
            "coverage report and the gate judge the same total differently",
            where=facts.measuring.file,
            mend="take one of them out",
        )


def _fail_under_option(addopts: Iterable[str]) -> str | None:
    words = list(addopts)
    for at, word in enumerate(words):
        name, _, value = word.partition("=")
        if name == "--cov-fail-under":
            return value or (words[at + 1] if at + 1 < len(words) else "")
    return None


def unread_files(facts: Surroundings) -> Findings:
    for unread in facts.ci.unread:
        yield Finding(
            severity="advice",
            what=f"cannot be read: {unread.reason}",
            where=str(unread.place),
            mend="mend the file: nothing in it was looked at",
        )


def _looked_at(facts: Surroundings) -> Iterator[str]:
    yield "the settings"
    if facts.snapshot is not None:
        yield f"the data of {counted(len(facts.snapshot.modules), 'module')}"
    elif facts.sources.modules:
        yield f"{counted(len(facts.sources.modules), 'source file')}"
    if facts.ci.files:
        yield counted(len(facts.ci.files), "CI file")
    if facts.tox:
        yield "tox"
    if facts.in_repository:
        yield "git"
    if facts.versions:
        yield "versions"
    commands = gate_commands(facts)
    if facts.ci.files or facts.tox:
        yield f"{counted(len(commands), 'command')} of the gate"


def _not_looked_at(facts: Surroundings) -> Iterator[str]:
    if facts.snapshot is None:
        yield "what was measured: there is no coverage data to read (pytest --covgate writes it)"
    if facts.ci_above:
        yield "the CI's files at the repository's top, above this project"
    if facts.ci.without_yaml:
        yield f'{named(facts.ci.without_yaml)}: pip install "pytest-covgate[doctor]"'

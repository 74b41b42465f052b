"""Findings about the settings: targets of 0, patterns without a match, two totals, versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from covgate.doctor.facts import Facts, Finding, Severity
from covgate.judge.naming import named
from covgate.judge.targets import dead_patterns
from covgate.model.pattern import Pattern
from covgate.model.percent import shown_target
from covgate.model.settings import Level, TargetRule, is_set
from covgate.model.words import counted

SETTINGS_FILE = "pyproject.toml"
TARGETS = "tool.covgate.targets"


def zero_targets(facts: Facts) -> Iterator[Finding]:
    """A total of 0 passes always. An entry of 0 is only advice: `covgate init` writes it for untested modules."""
    settings = facts.settings
    changed = settings.changed
    levels: list[tuple[str, Level]] = [
        (settings.total_source, settings.total if settings.total_source == "tool.covgate.total" else None),
        ("tool.covgate.module", settings.module),
        *((f"{component.source}.target", component.target) for component in settings.components),
        ("tool.covgate.changed.lines", changed.lines),
        ("tool.covgate.changed.module", changed.module),
        ("tool.covgate.changed.new_module", changed.new_module),
    ]
    for path, level in levels:
        if is_set(level) and level == 0:
            yield Finding(
                severity="serious",
                message=f"{path} is 0, so it passes whatever is covered",
                where=SETTINGS_FILE,
                remedy="set a percentage, or false to switch the check off openly",
            )
    zero = [rule for rule in settings.targets if _is_zero(rule)]
    if zero:
        patterns = named([f'"{rule.pattern.text}"' for rule in zero])
        yield Finding(
            severity="advice",
            message=f"{counted(len(zero), 'target')} of 0: {patterns}",
            where=f"{SETTINGS_FILE}: {TARGETS}",
            remedy="raise each target as you add tests",
        )


def _is_zero(rule: TargetRule) -> bool:
    """Whether nothing that the entry asks for can fail."""
    levels = [level for level in (rule.target, rule.branches, rule.changed) if is_set(level)]
    return bool(levels) and not any(levels) and rule.max_missing is None


def unmatched_patterns(facts: Facts) -> Iterator[Finding]:
    """Patterns are compared with the measured modules, or with the tree where there is not coverage data."""
    measured = () if facts.snapshot is None else facts.snapshot.modules
    known = measured or facts.tree.modules
    for source, pattern in dead_patterns(facts.settings, known) if known else ():
        in_tree = next((m.path for m in facts.tree.modules if pattern.matches(m.path, m.name)), None)
        if measured and in_tree is None:
            yield _unmatched("serious", source, pattern, "matches no measured module, so the gate fails")
        elif measured:
            yield _unmatched("advice", source, pattern, f"matches no measured module, although {in_tree} exists")
        else:  # a build may still write what is excluded
            severity: Severity = "advice" if source == "tool.covgate.exclude" else "serious"
            yield _unmatched(severity, source, pattern, "matches no source file")


def _unmatched(severity: Severity, source: str, pattern: Pattern, message: str) -> Finding:
    return Finding(
        severity=severity,
        message=f'"{pattern.text}" {message}',
        where=f"{SETTINGS_FILE}: {TARGETS if source.startswith(TARGETS) else source}",
        remedy="correct the pattern, or remove it",
    )


def wrong_versions(facts: Facts) -> Iterator[Finding]:
    for requirement in facts.requirements:
        if not requirement.is_met:
            name, required = requirement.name, requirement.required
            is_there = f"{name} {requirement.installed} is installed" if requirement.installed else ""
            yield Finding(
                severity="serious",
                message=f"{is_there or f'{name} is not installed'}, but covgate needs {name}{required}",
                remedy=f'pip install "{name}{required}"',
            )


def two_totals(facts: Facts) -> Iterator[Finding]:
    """pytest-cov judges its own option, on a rounded number; only reports judge coverage.py's fail_under."""
    total = facts.settings.total
    if facts.settings.total_source != "tool.covgate.total" or not is_set(total):
        return
    option = _fail_under_option(facts.pytest.addopts)
    if option is not None:
        yield Finding(
            severity="advice",
            message=f"the total is judged twice: pytest-cov requires {option}, the gate {shown_target(total)}",
            where=f"{facts.pytest.file}: addopts",
            remedy="remove --cov-fail-under",
        )
    fail_under = facts.coverage.fail_under
    if fail_under is not None and fail_under != total:
        yield Finding(
            severity="advice",
            message=f"coverage.py's fail_under is {shown_target(fail_under)}, but tool.covgate.total is "
            f"{shown_target(total)}: coverage report and the gate may disagree",
            where=facts.coverage.file,
            remedy="remove one of the two",
        )


def _fail_under_option(addopts: Sequence[str]) -> str | None:
    for word, following in zip(addopts, (*addopts[1:], ""), strict=False):
        name, _, value = word.partition("=")
        if name == "--cov-fail-under":
            return value or following
    return None

"""Findings about what a gate compares with: git's history, and the records of earlier runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from covgate.doctor.commands import gate_commands, mode_of
from covgate.doctor.facts import Command, Facts, Finding, Severity
from covgate.judge.naming import named

DIFF_OPTIONS = ("--covgate-diff", "--diff")
BASELINE_OPTIONS = ("--covgate-baseline", "--baseline")


def missing_history(facts: Facts) -> Iterator[Finding]:
    """Without history there is no base to compare the change with."""
    if facts.settings.changed.lines is False and not facts.settings.asks_about_the_change:
        return
    severity: Severity = "serious" if facts.settings.asks_about_the_change else "advice"
    if facts.is_shallow:
        yield Finding(
            severity=severity,
            message="this clone is shallow: the change cannot be judged where the clone does not reach its base",
            remedy="git fetch --unshallow",
        )
    checkouts = dict.fromkeys(
        str(command.shallow_checkout)
        for command in gate_commands(facts)
        if command.shallow_checkout is not None
        and mode_of(command) != "measure"  # it judges no change
        and not any(word.partition("=")[0] in DIFF_OPTIONS for word in command.words)
    )
    if checkouts:
        yield Finding(
            severity=severity,
            message="the checkout before the gate fetches no history, so the change cannot be judged",
            where=named([*checkouts]),
            remedy="with:\n  fetch-depth: 0",
        )


def missing_records(facts: Facts) -> Iterator[Finding]:
    """A limit on drops compares with a record, and the clone of a CI has none that nobody brings."""
    history = facts.settings.history
    gates = [command for command in gate_commands(facts) if command in facts.ci.commands]
    judging = [command for command in gates if mode_of(command) != "measure"]
    if not history.needs_a_baseline or not judging or facts.ci.unread:
        return
    commands = facts.ci.commands
    if not _runs_history(commands, "pull") and not any(_names_a_baseline(command) for command in judging):
        key = "lost" if history.lost == "fail" else "max_drop"
        yield Finding(
            severity="advice",
            message=f"tool.covgate.history.{key} compares with the record of the base, and no CI file brings one",
            where=str(judging[0].position),
            remedy="before the gate: covgate history pull\non the default branch, after it: covgate history push",
        )
    elif _runs_history(commands, "pull") and not _runs_history(commands, "push"):
        yield Finding(
            severity="advice",
            message="the CI pulls the history, and no CI file pushes to it",
            where=named(facts.ci.files),
            remedy="on the default branch, after the gate: covgate history push",
        )


def _runs_history(commands: Sequence[Command], action: str) -> bool:
    return any(("history", action) in pairwise(command.words) for command in commands)


def _names_a_baseline(command: Command) -> bool:
    return any(word.partition("=")[0] in BASELINE_OPTIONS for word in command.words)

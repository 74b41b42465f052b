"""Gates whose outcome counts for nothing: the mode, the CI's files, a clone without history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from covgate.doctor.facts import Command, Loss, Place, Surroundings
from covgate.doctor.finding import Finding, Severity
from covgate.doctor.gate_commands import gate_commands
from covgate.judge.naming import named
from covgate.model.settings import MODE_VARIABLE

MODE_OPTIONS = ("--covgate-mode", "--mode")
DIFFS = ("--covgate-diff", "--diff")
LONGEST = 50
NEGATIONS = ("--no-covgate", "--no-cov")

MENDS = {
    "set +e": "set -e before it, or exit with its $?",
    "no -e in the shell": "shell: bash, or set -e at the script's head",
    "a pipe without pipefail": "shell: bash, or set -o pipefail at the script's head",
    "continue-on-error: true": "take the line out",
    "allow_failure: true": "take the line out",
    "ignore_outcome = true": "take the line out",
    "a leading -": "take the dash out",
}


def modes(facts: Surroundings) -> Iterator[Finding]:
    """`mode` in the settings is no matter where the CI says fail."""
    commands = gate_commands(facts)
    words = [(command.mode.word, command.mode.place) for command in commands if command.mode is not None]
    words += [(word, command.place) for command in commands if (word := _given_mode(command.words)) is not None]
    forced = any(word == "fail" for word, _ in words)
    setting = facts.settings.mode
    if setting == "off":
        yield _off("advice" if forced else "serious", "tool.covgate.mode is off", "pyproject.toml", forced=forced)
    elif setting == "warn" and not forced:
        yield _warn("tool.covgate.mode is warn", "pyproject.toml")
    addopts = _given_mode(facts.pytest.addopts)
    if addopts is not None:
        words.append((addopts, Place(file=facts.pytest.file)))
    for word, place in words:
        if word == "off":
            yield _off("serious", "the gate's mode is set to off", str(place))
        elif word == "warn":
            yield _warn("the gate's mode is set to warn", str(place))
    gates = set(commands)
    for command in facts.ci.commands:
        word = _assigned_mode(command.words)
        if word == "off" and command not in gates:
            yield _off("advice", f"a script sets {MODE_VARIABLE} to off", str(command.place))
        if {"--covgate", *NEGATIONS} & set(command.words) > {"--covgate"}:
            yield _off("serious", "--covgate beside an option that switches it off", str(command.place))
    if facts.mode_variable == "off":
        yield _off("serious", f"{MODE_VARIABLE} is off", "the environment here")
    elif facts.mode_variable == "warn":
        yield _warn(f"{MODE_VARIABLE} is warn", "the environment here")


def _off(severity: Severity, what: str, where: str, *, forced: bool = False) -> Finding:
    here = "but where the CI sets another mode, " if forced else ""
    return Finding(severity=severity, what=f"{what}: {here}nothing is judged", where=where, mend="take it out")


def _warn(what: str, where: str) -> Finding:
    return Finding(
        severity="advice",
        what=f"{what}: a missed target is printed, and nothing fails",
        where=where,
        mend="take it out once the targets are reached",
    )


def _mode_of(command: Command) -> str | None:
    return _given_mode(command.words) or (command.mode.word if command.mode else None)


def _given_mode(words: Sequence[str]) -> str | None:
    found = _assigned_mode(words)
    for word, following in zip(words, (*words[1:], ""), strict=False):
        name, equals, value = word.partition("=")
        if name in MODE_OPTIONS and (name != "--mode" or "check" in words):
            found = value if equals else following
    return found


def _assigned_mode(words: Sequence[str]) -> str | None:
    """In front of the command, by `env` or `export`, or for the steps to come."""
    assigned = [word.partition("=")[2] for word in words if word.startswith(f"{MODE_VARIABLE}=")]
    return assigned[-1] if assigned else None


def lost_outcomes(facts: Surroundings) -> Iterator[Finding]:
    """One finding for each place that loses the outcome of one or more of the gate's commands."""
    found: dict[Loss, Command] = {}
    for command in gate_commands(facts):
        for loss in command.losses:
            found.setdefault(loss, command)
    for loss, command in found.items():
        gate = _shown(command)
        if loss.is_certain:
            what = f"{loss.by}: a failure of the gate is lost ({gate})"
        elif loss.by.startswith(";"):
            what = f"{loss.by} after the gate: only the shell's -e keeps its failure ({gate})"
        else:
            what = f"{loss.by}: in a shell of Unix a failure of the gate is lost ({gate})"
        yield Finding(
            severity="serious" if loss.is_certain else "advice",
            what=what,
            where=str(loss.place),
            mend=MENDS.get(loss.by, f"take {loss.by} out"),
        )


def _shown(command: Command) -> str:
    text = " ".join(command.text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def no_history(facts: Surroundings) -> Iterator[Finding]:
    """Without history there is no merge-base, and no change to judge."""
    if facts.settings.changed.lines is False and not facts.settings.asks_about_the_change:
        return
    severity: Severity = "serious" if facts.settings.asks_about_the_change else "advice"
    if facts.is_shallow:
        yield Finding(
            severity=severity,
            what="this clone is shallow: where its history ends before the base, the change cannot be judged",
            mend="git fetch --unshallow",
        )
    checkouts = (
        command.shallow_checkout
        for command in gate_commands(facts)
        if command.shallow_checkout is not None
        and _mode_of(command) != "measure"  # which judges no change
        and not any(word.partition("=")[0] in DIFFS for word in command.words)
    )
    places = [str(place) for place in dict.fromkeys(checkouts)]
    if places:
        yield Finding(
            severity=severity,
            what="a checkout without history before the gate: the change cannot be judged",
            where=named(places),
            mend="with:\n  fetch-depth: 0",
        )

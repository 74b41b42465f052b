"""Findings about the commands that run the gate: what hides their failures, and what they do not see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from covgate.doctor.commands import (
    all_commands,
    assigned_mode,
    gate_commands,
    mode_in,
    pytest_arguments,
    runs_check,
)
from covgate.doctor.facts import Command, Facts, FilePosition, Finding, IgnoredExit
from covgate.judge.naming import named
from covgate.model.settings import MODE_VARIABLE
from covgate.model.words import counted

OFF_OPTIONS = ("--no-covgate", "--no-cov")
STAGED_OPTIONS = ("--covgate-staged", "--staged")
ADVISORY = ("--covgate-partial=advisory", "--covgate-partial advisory")
SELECTION_FLAGS = {
    "--lf": "--lf",
    "--last-failed": "--lf",
    "--sw": "--sw",
    "--stepwise": "--sw",
    "--testmon": "--testmon",
    "--picked": "--picked",
}
SELECTION_OPTIONS = ("-k", "-m", "--deselect", "--ignore", "--ignore-glob")
SHARD_OPTIONS = frozenset(["--splits", "--group", "--num-shards", "--shard-id", "--test-group-count", "--test-group"])
"""Options of pytest-split, pytest-shard and pytest-test-groups."""
FLAGS = frozenset(["--covgate", "--cov-append", "--cov-branch", "-q", "-qq", "-v", "-vv", "-x", "-s", "-l"])
"""Options without a value: the word after any other option may be its value."""
MAX_COMMAND = 50
REMEDIES = {
    "set +e": 'write "set -e" before the gate, or end the script with the exit code of the gate',
    "a shell without -e": 'set "shell: bash", or start the script with "set -e"',
    "a pipe without pipefail": 'set "shell: bash", or start the script with "set -o pipefail"',
    "a leading -": "remove the dash",
}


def missing_gate(facts: Facts) -> Iterator[Finding]:
    """Only where all CI files could be read."""
    if not facts.ci.files or facts.ci.unread or any(command in facts.ci.commands for command in gate_commands(facts)):
        return
    yield Finding(
        severity="advice",
        message="no CI file runs the gate, neither directly nor through tox, so the CI does not fail on low coverage",
        where=named(facts.ci.files),
        remedy="add --covgate to the CI's pytest command, unless a script, make, nox or\n"
        "a workflow of another repository runs the gate: these are not read",
    )


def modes(facts: Facts) -> Iterator[Finding]:
    """The mode in the settings does not matter where the CI sets `fail`."""
    gates = gate_commands(facts)
    settings = [(command.mode.value, command.mode.position) for command in gates if command.mode is not None]
    settings += [(mode, command.position) for command in gates if (mode := mode_in(command.words)) is not None]
    is_forced = any(mode == "fail" for mode, _ in settings)
    if facts.settings.mode == "off":
        exception = ", except where the CI sets another mode" if is_forced else ""
        yield _off(f"tool.covgate.mode is off, so nothing is judged{exception}", "pyproject.toml", is_advice=is_forced)
    elif facts.settings.mode == "warn" and not is_forced:
        yield _warn("tool.covgate.mode", "pyproject.toml")
    in_addopts = mode_in(facts.pytest.addopts)
    if in_addopts is not None:
        settings.append((in_addopts, FilePosition(file=facts.pytest.file)))
    for mode, position in settings:
        if mode == "off":
            yield _off("the gate's mode is off, so nothing is judged", str(position))
        elif mode == "warn":
            yield _warn("the gate's mode", str(position))
    for command in facts.ci.commands:
        if assigned_mode(command.words) == "off" and command not in gates:
            yield _off(f"a script sets {MODE_VARIABLE} to off", str(command.position), is_advice=True)
        option = next((option for option in OFF_OPTIONS if option in command.words), None)
        if option is not None and "--covgate" in command.words:
            yield Finding(
                severity="serious",
                message=f"{option} switches the gate off, although --covgate asks for it",
                where=str(command.position),
                remedy=f"remove {option}",
            )
    if facts.mode_variable == "off":
        yield _off(f"{MODE_VARIABLE} is off, so nothing is judged", "the environment here")
    elif facts.mode_variable == "warn":
        yield _warn(MODE_VARIABLE, "the environment here")


def _off(message: str, where: str, *, is_advice: bool = False) -> Finding:
    return Finding(
        severity="advice" if is_advice else "serious", message=message, where=where, remedy="remove this mode"
    )


def _warn(name: str, where: str) -> Finding:
    return Finding(
        severity="advice",
        message=f"{name} is warn, so a missed target is shown but fails nothing",
        where=where,
        remedy="remove this mode once the targets are reached",
    )


def ignored_exits(facts: Facts) -> Iterator[Finding]:
    """One finding for each place that hides a failure of one or more gate commands."""
    first_commands: dict[IgnoredExit, Command] = {}
    for command in gate_commands(facts):
        for ignored in command.ignored_exits:
            first_commands.setdefault(ignored, command)
    for ignored, command in first_commands.items():
        by = ignored.by if ignored.by.startswith("a ") else f'"{ignored.by}"'
        condition = ""
        if not ignored.is_certain:
            condition = " where the shell runs without -e" if ignored.by.startswith(";") else " on Linux and macOS"
        yield Finding(
            severity="serious" if ignored.is_certain else "advice",
            message=f"{by} hides a failure of the gate{condition} ({_cut(command.text)})",
            where=str(ignored.position),
            remedy=REMEDIES.get(ignored.by, f'remove "{ignored.by}"'),
        )


def _cut(command: str) -> str:
    text = " ".join(command.split())
    return text if len(text) <= MAX_COMMAND else f"{text[: MAX_COMMAND - 3]}..."


def partial_gates(facts: Facts) -> Iterator[Finding]:
    """Gates that see only a part of the tests. Where `covgate check` runs, it may judge all parts together."""
    gates = gate_commands(facts)
    for command in gates:
        option = next((option for option in STAGED_OPTIONS if option in command.words), None)
        if option is not None and command in facts.ci.commands:  # it is meant for a hook before a commit
            yield Finding(
                severity="serious",
                message=f"{option} judges no changed line here, because nothing is staged in a CI",
                where=str(command.position),
                remedy=f"remove {option}",
            )
    commands = all_commands(facts)
    if any(runs_check(command) and not set(STAGED_OPTIONS) & set(command.words) for command in commands):
        return
    for command in gates:
        arguments = pytest_arguments(command)
        if arguments is not None and not runs_check(command) and not _is_shard(command, arguments):
            yield from _partial_run(command, arguments, facts, [other for other in commands if other != command])


def _partial_run(
    command: Command, arguments: Sequence[str], facts: Facts, others: Sequence[Command]
) -> Iterator[Finding]:
    where = str(command.position)
    is_advisory = any(option in " ".join([*arguments, *facts.pytest.addopts]) for option in ADVISORY)
    appends = "--cov-append" in arguments
    adds_to_another = appends and any(
        other.position.file == command.position.file and pytest_arguments(other) is not None for other in others
    )
    part = None
    if not adds_to_another:
        part = _selection(arguments, facts.pytest.addopts) or _left_out(arguments, facts.tests)
    if part is not None:
        effect = f", and {ADVISORY[0]} lets it pass whatever it covers" if is_advisory else ""
        yield Finding(
            severity="serious" if is_advisory else "advice",
            message=f"the gate runs only a part of the tests ({part}){effect}",
            where=where,
            remedy="run all tests, or put a selection that is meant for every run into addopts;\n"
            "to judge several parts together, measure each with --covgate-mode=measure,\n"
            "then run: covgate check --data ...",
        )
    elif is_advisory:
        yield Finding(
            severity="advice",
            message=f"with {ADVISORY[0]}, a run of a part of the tests passes whatever it covers",
            where=where,
            remedy="remove it: without it, such a run is judged in a CI and is advisory on a developer's machine",
        )
    if appends and not adds_to_another:
        yield Finding(
            severity="advice",
            message="with --cov-append, code that an earlier run covered counts as covered by this run",
            where=where,
            remedy="remove --cov-append, or judge the data of several runs together: covgate check --data ...",
        )


def _is_shard(command: Command, arguments: Sequence[str]) -> bool:
    """Whether a command only measures, or is one of several whose data are judged together."""
    measures = command.mode is not None and command.mode.value == "measure"
    return (
        measures
        or mode_in(command.words) == "measure"
        or any(word.partition("=")[0] in SHARD_OPTIONS for word in arguments)
    )


def _selection(arguments: Sequence[str], addopts: Sequence[str]) -> str | None:
    """The options that select tests and are not in addopts; None where their values are variables."""
    usual = {*_selecting_options(addopts)}
    found = [option for option in _selecting_options(arguments) if option not in usual and not _is_variable(option)]
    return " ".join(found) or None


def _selecting_options(words: Sequence[str]) -> Iterator[str]:
    for word, following in zip(words, (*words[1:], ""), strict=False):
        name, equals, value = word.partition("=")
        if name in SELECTION_OPTIONS and (value or (not equals and following)):
            shown = value or following
            yield f"{name} {f'{shown!r}' if ' ' in shown else shown}"
        elif word in SELECTION_FLAGS:
            yield SELECTION_FLAGS[word]


def _left_out(arguments: Sequence[str], tests: Sequence[str]) -> str | None:
    """The test paths in the arguments, the first test file that lies below none of them, and how many more do."""
    paths = [*_paths(arguments)]
    if any(map(_is_variable, paths)):
        return None
    paths = [path for path in paths if any(_contains(path, test) for test in tests) or path in (".", "")]
    node = next((path for path in paths if "::" in path), None)
    if node is not None:
        return f"only {node}"
    missed = [test for test in tests if not any(_contains(path, test) for path in paths)]
    if not paths or not missed:
        return None
    more = f" and {counted(len(missed) - 1, 'more test file')}" if missed[1:] else ""
    return f"only {', '.join(paths)}, not {missed[0]}{more}"


def _paths(arguments: Sequence[str]) -> Iterator[str]:
    for word, before in zip(arguments, ("", *arguments), strict=False):
        may_be_value = before.startswith("-") and "=" not in before and before not in FLAGS
        if not word.startswith("-") and not may_be_value:
            yield word.removeprefix("./").rstrip("/")


def _contains(path: str, test: str) -> bool:
    folder = path.partition("::")[0]
    return folder in (".", "") or test == folder or test.startswith(f"{folder}/")


def _is_variable(text: str) -> bool:
    """Whether the meaning of a word is only known when the command runs."""
    return any(mark in text for mark in "${}*`")

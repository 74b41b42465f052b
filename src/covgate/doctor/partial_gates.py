"""Gates of the CI and of tox that see a part of the tests, or of the change, only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from covgate.doctor.facts import Command, Surroundings
from covgate.doctor.finding import Finding
from covgate.doctor.gate_commands import gate_commands, pytest_arguments, runs_check
from covgate.model.settings import MODE_VARIABLE

SELECTING = {
    "--lf": "--lf",
    "--last-failed": "--lf",
    "--sw": "--sw",
    "--stepwise": "--sw",
    "--testmon": "--testmon",
    "--picked": "--picked",
}
CHOOSING = ("-k", "-m", "--deselect", "--ignore", "--ignore-glob")
"""Options whose value selects tests."""
SHARDING = frozenset(["--splits", "--group", "--num-shards", "--shard-id", "--test-group-count", "--test-group"])
"""Options of pytest-split, pytest-shard and pytest-test-groups."""
FLAGS = frozenset(["--covgate", "--cov-append", "--cov-branch", "-q", "-qq", "-v", "-vv", "-x", "-s", "-l"])
"""Options without a value: a word behind another one may be its value."""
WITH_VALUE = frozenset([*CHOOSING, "-n", "-p", "-o", "-c", "-W", "-r"])
STAGED = ("--covgate-staged", "--staged")
ADVISORY = ("--covgate-partial=advisory", "--covgate-partial advisory")
WHOLE = (
    "run all tests, or name in addopts what is the whole; or measure the parts with --covgate-mode=measure\n"
    "and judge them together: covgate check --data ..."
)


def partial_gates(facts: Surroundings) -> Iterator[Finding]:
    """Nothing is said of parts where `covgate check` judges: it may judge all of them together."""
    yield from _staged(facts)
    gates = [command for command in gate_commands(facts) if not runs_check(command)]
    tests = [*facts.ci.commands, *(command for environment in facts.tox for command in environment.commands)]
    if any(runs_check(command) and not _has(command.words, STAGED) for command in tests):
        return
    for command in gates:
        given = pytest_arguments(command)
        if given is not None and not _is_a_shard(command, given):
            yield from _parts(command, given, facts, [other for other in tests if other != command])


def _staged(facts: Surroundings) -> Iterator[Finding]:
    """An option for the hook before a commit."""
    for command in gate_commands(facts):
        option = next((option for option in STAGED if option in command.words), None)
        if option is not None and command in facts.ci.commands:
            yield Finding(
                severity="serious",
                what=f"{option}: nothing is staged in a CI, so no changed line is judged",
                where=str(command.place),
                mend=f"take {option} out",
            )


def _parts(command: Command, given: Sequence[str], facts: Surroundings, others: Sequence[Command]) -> Iterator[Finding]:
    where = str(command.place)
    advisory = any(option in " ".join([*given, *facts.pytest.addopts]) for option in ADVISORY)
    appends = "--cov-append" in given
    adds_to_another = appends and any(
        other.place.file == command.place.file and pytest_arguments(other) is not None for other in others
    )
    part = None if adds_to_another else _selection(given, facts.pytest.addopts) or _left_out(given, facts.tests)
    if part is not None:
        what = f"the gate runs a part of the tests ({part})"
        never = f"{what}, and {ADVISORY[0]} lets it pass whatever it covers"
        yield Finding(
            severity="serious" if advisory else "advice", what=never if advisory else what, where=where, mend=WHOLE
        )
    elif advisory:
        yield Finding(
            severity="advice",
            what=f"{ADVISORY[0]}: where a run sees only a part of the tests, the gate passes whatever it covers",
            where=where,
            mend="take it out: without it such a run is judged in a CI, and not on a developer's machine",
        )
    if appends and not adds_to_another:
        yield Finding(
            severity="advice",
            what="--cov-append: what earlier runs covered counts as covered by this one",
            where=where,
            mend="take --cov-append out, or judge the data of several runs together: covgate check --data ...",
        )


def _is_a_shard(command: Command, given: Sequence[str]) -> bool:
    """Whether a command only measures its part, or is one of several that somebody joins."""
    words = {word.partition("=")[0] for word in given}
    mode = command.mode.word if command.mode is not None else ""
    measures = mode == "measure" or _has(command.words, ("--covgate-mode=measure", f"{MODE_VARIABLE}=measure"))
    return measures or "--covgate-mode measure" in " ".join(given) or bool(SHARDING & words)


def _selection(given: Sequence[str], configured: Sequence[str]) -> str | None:
    """The option that selects tests, beyond what pytest's settings select; None where its value is a variable."""
    known = {*_choices(configured)}
    chosen = [choice for choice in _choices(given) if choice not in known and not _is_unsure(choice)]
    return " ".join(chosen) or None


def _choices(words: Sequence[str]) -> Iterator[str]:
    for word, following in zip(words, (*words[1:], ""), strict=False):
        name, equals, value = word.partition("=")
        if name in CHOOSING and (value or (not equals and following)):
            shown = value or following
            yield f"{name} {f'{shown!r}' if ' ' in shown else shown}"
        elif word in SELECTING:
            yield SELECTING[word]


def _left_out(given: Sequence[str], tests: Sequence[str]) -> str | None:
    """The paths given, and the first test file that lies below none of them."""
    if any(map(_is_unsure, _paths(given))):
        return None
    paths = [path for path in _paths(given) if _reaches(path, tests)]
    if not paths:
        return None
    node = next((path for path in paths if "::" in path), None)
    if node is not None:
        return f"only {node}"
    left_out = next((test for test in tests if not any(_reaches(path, [test]) for path in paths)), None)
    return None if left_out is None else f"only {', '.join(paths)}, not {left_out}"


def _paths(given: Sequence[str]) -> Iterator[str]:
    for word, before in zip(given, ("", *given), strict=False):
        is_value = before.startswith("-") and "=" not in before and before not in FLAGS
        if not word.startswith("-") and not is_value:
            yield word.removeprefix("./").rstrip("/")


def _reaches(path: str, tests: Sequence[str]) -> bool:
    place = path.partition("::")[0]
    return any(place in (".", "") or test == place or test.startswith(f"{place}/") for test in tests)


def _is_unsure(text: str) -> bool:
    """Whether a word says only at run time what it means."""
    return any(mark in text for mark in "${}*`")


def _has(words: Sequence[str], options: Sequence[str]) -> bool:
    return any(option in words for option in options)

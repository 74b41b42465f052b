"""H9: lines that flip are proven flaky, or suspected; a line that changed for a reason is never proven."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.judge.flaky import find_flaky, proven_units, report_flaky
from covgate.model.flaky import FlakyUnits
from covgate.model.lines import Lines
from covgate.model.record import Record, RecordedModule, SuiteFacts
from covgate.model.snapshot import Branch
from records import ENVIRONMENT, TIME, record, recorded, revision

TESTS = SuiteFacts(tests=3, digest="t")
OTHER = ENVIRONMENT._replace(systems=("Linux, Python 3.13",))
STATEMENTS = range(1, 7)
CHANCE = {("src/a.py", 2), ("src/b.py", 5)}
"""The lines that are flaky in truth."""


class World(NamedTuple):
    """What decides which lines run, but for chance."""

    a: int
    b: int
    tests: int
    python: int


def runs_by_reason(world: World, path: str, line: int) -> bool:
    """Whether a line runs: any change of the source, the tests or the environment may turn it over."""
    return hashlib.sha1(f"{world} {path} {line}".encode()).digest()[0] % 2 == 0


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[World, Record]]:
    worlds = st.builds(World, *(st.integers(0, 1) for _ in World._fields))
    made = []
    for number, world in enumerate(draw(st.lists(worlds, max_size=10))):
        modules = []
        for path, content in (("src/a.py", world.a), ("src/b.py", world.b)):
            runs = {
                line: draw(st.booleans()) if (path, line) in CHANCE else runs_by_reason(world, path, line)
                for line in STATEMENTS
            }
            branches = [Branch(line, 2, () if does_run else (line + 1,)) for line, does_run in runs.items()]
            missing = [line for line, does_run in runs.items() if not does_run]
            modules.append(recorded(path, STATEMENTS, missing, branches, blob=f"{content}"))
        given = {
            "run": f"r{number}",
            "time": TIME + timedelta(hours=number),
            "suite": SuiteFacts(tests=3, digest=f"{world.tests}"),
            "environment": OTHER if world.python else ENVIRONMENT,
        }
        made.append((world, record(*modules, **given)))
    return made


@given(histories(), st.randoms())
def test_h9_a_line_is_proven_where_it_flips_by_chance_and_never_for_a_reason(
    history: list[tuple[World, Record]], order: Any
) -> None:
    expected = set()
    for world, one in history:
        for other_world, other in history:
            if world == other_world:
                for old, new in zip(one.modules, other.modules, strict=True):
                    expected |= {(old.path, old.blob, line) for line in old.missing - new.missing}
    records = [one for _, one in history]
    order.shuffle(records)
    modules = find_flaky(records)
    proven = {(module.path, module.blob, line.line) for module in modules for line in module.lines if line.is_proven}
    assert proven == expected
    assert {(path, line) for path, _, line in proven} <= CHANCE
    assert set(proven_units(modules)) == {(path, blob) for path, blob, _ in proven}


def cart(*missing: int, **parts: Any) -> RecordedModule:
    return recorded("src/cart.py", (1, 2, 3), missing, **{"blob": "x", **parts})


def sequence(*modules: RecordedModule | Sequence[RecordedModule], **parts: Any) -> list[Record]:
    """One record an hour, all of the same tests and environment."""
    made = []
    for number, one in enumerate(modules):
        given = {"run": f"r{number}", "time": TIME + timedelta(hours=number), "suite": TESTS, **parts}
        made.append(record(*([one] if isinstance(one, RecordedModule) else one), **given))
    return made


def seen(records: list[Record]) -> list[tuple[int, bool, int]]:
    return [(line.line, line.is_proven, line.flips) for module in find_flaky(records) for line in module.lines]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (sequence(cart(), cart(2)), [(2, True, 1)]),
        (sequence(cart(), cart(2), cart(), cart(3)), [(2, True, 2), (3, True, 1)]),
        (sequence(cart(), cart(2), suite=SuiteFacts(tests=3)), []),
        (sequence(cart(), cart(2), cart(), suite=SuiteFacts(tests=3)), [(2, False, 2)]),
        (sequence(cart(blob=""), cart(2, blob=""), cart(blob="")), []),
        (sequence(cart(), cart(2), tests_passed=False), []),
        (sequence(cart(), cart(2), is_complete=False), []),
        ([*sequence(cart()), *sequence(cart(2), environment=OTHER)], []),
        ([*sequence(cart()), *sequence(cart(2), suite=TESTS._replace(digest="u"))], []),
        ([*sequence(cart()), *sequence(cart(2), suite=TESTS._replace(tests=2))], []),
        (sequence((cart(), recorded("src/z.py", (1,), blob="y")), (cart(2), recorded("src/z.py", (1,), blob="z"))), []),
        (sequence(cart(), recorded("src/cart.py", (1, 2, 3, 4), (2,), blob="x")), []),
    ],
    ids=[
        *("proven", "two-lines", "no-digest", "came-back", "no-blob", "failed", "partial"),
        *("environment", "tests", "number-of-tests", "other-module", "counted-in-another-way"),
    ],
)
def test_h9_what_two_records_must_share(records: list[Record], expected: list[tuple[int, bool, int]]) -> None:
    assert seen(records) == expected


def test_h9_a_branch_flips_for_itself_and_its_line_is_named_once() -> None:
    whole, part = cart(branches=[Branch(2, 2, ())]), cart(branches=[Branch(2, 2, (3,))])
    first, second = sequence(whole, part)
    (module,) = find_flaky([first, second._replace(revision=revision(commit="3" * 40))])
    (line,) = module.lines
    assert (line.line, line.units, line.is_proven) == (2, ((2, 3),), True)
    assert (line.before.run, line.now.commit) == ("r0", "3" * 40)
    assert proven_units([module]) == {("src/cart.py", "x"): FlakyUnits(branches=frozenset({(2, 3)}))}


def test_a_proof_counts_in_a_chain_of_records_that_count_in_another_way() -> None:
    other = recorded("src/cart.py", (1, 3), blob="x")
    first, second, third = sequence(cart(), other, cart(2))
    found = find_flaky([first, second._replace(suite=SuiteFacts()), third])
    assert proven_units(found) == {("src/cart.py", "x"): FlakyUnits(Lines.of([2]))}


def test_a_report_is_of_the_newest_content_and_of_one_module() -> None:
    other = recorded("src/pay.py", (1,), blob="p")
    missing = recorded("src/pay.py", (1,), (1,), blob="p")
    records = sequence((cart(), other), (cart(2), missing), (cart(blob="y"), other))
    report = report_flaky([*records, *sequence(cart(), suite=SuiteFacts(), tests_passed=False)])
    assert [module.path for module in report.modules] == ["src/pay.py"]
    assert (report.records, report.without_digest, report.older) == (3, 0, 1)
    assert [module.path for module in report_flaky(records, all_contents=True).modules] == ["src/cart.py", "src/pay.py"]
    assert report_flaky(records, ["cart"]).modules == ()
    assert [module.blob for module in report_flaky(records, ["cart"], all_contents=True).modules] == ["x"]

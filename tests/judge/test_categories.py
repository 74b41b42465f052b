"""H7: each unit falls into exactly one category, and the counts add up to both totals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import branch
from covgate.judge.categories import categorize
from covgate.model.comparison import Categories
from covgate.model.flaky import NO_FLAKY_UNITS, FlakyUnits
from covgate.model.line_map import NOTHING_IN_COMMON, UNCHANGED, Hunk, LineMap
from covgate.model.lines import Lines
from covgate.model.record import RecordedModule
from covgate.model.snapshot import Branch
from records import recorded

LAST = 12
lines = st.sets(st.integers(1, LAST), max_size=LAST)


@st.composite
def modules(draw: st.DrawFn) -> RecordedModule:
    statements = draw(lines)
    missing = {line for line in statements if draw(st.booleans())}
    branches = []
    for line in sorted(statements):
        if draw(st.booleans()):
            total = draw(st.integers(1, 4))
            ends = draw(st.sets(st.integers(-LAST, LAST).filter(bool), max_size=total))
            branches.append(Branch(line, total, tuple(sorted(ends))))
    return recorded("src/a.py", sorted(statements), sorted(missing), branches)


@st.composite
def line_maps(draw: st.DrawFn) -> LineMap:
    """Any change of a file, as hunks in ascending order that do not touch."""
    hunks, old, new = [], 1, 1
    for _ in range(draw(st.integers(0, 3))):
        same = draw(st.integers(1, 3))
        gone, come = draw(st.integers(0, 3)), draw(st.integers(0, 3))
        if gone or come:
            old, new = old + same, new + same
            hunks.append(Hunk(old - (not gone), gone, new - (not come), come))
            old, new = old + gone, new + come
    return LineMap.from_hunks(hunks)


ends = st.tuples(st.integers(1, LAST), st.integers(-LAST, LAST).filter(bool))
flaky_units = st.just(NO_FLAKY_UNITS) | st.builds(FlakyUnits, lines.map(Lines.of), st.frozensets(ends))


@given(
    modules() | st.none(),
    modules() | st.none(),
    line_maps() | st.sampled_from([UNCHANGED, NOTHING_IN_COMMON, None]),
    flaky_units,
)
def test_h7_the_counts_add_up_to_both_totals(
    before: RecordedModule | None, now: RecordedModule | None, line_map: LineMap | None, flaky: FlakyUnits
) -> None:
    found = categorize(before, now, line_map, flaky)
    counts = found.categories
    assert min(counts) >= 0
    old, new = before.share if before else None, now.share if now else None
    assert counts.units_before == (old.units if old else 0)
    assert counts.units_now == (new.units if new else 0)
    if line_map is not None:
        assert (new.covered if new else 0) == counts.GNC + counts.GBC + counts.GIC + counts.CBC
        assert (old.covered if old else 0) == counts.LBC + counts.flaky + counts.CBC + counts.ECB + counts.DCB
    assert bool(found.lost) == bool(counts.LBC)
    assert bool(found.gained) == bool(counts.GBC)
    without = categorize(before, now, line_map)
    assert counts._replace(LBC=counts.LBC + counts.flaky, flaky=0) == without.categories, "flaky is a part of LBC"
    assert found.lost | found.flaky == without.lost
    assert not found.lost & found.flaky


@given(modules())
def test_an_unchanged_module_neither_gains_nor_loses(module: RecordedModule) -> None:
    share = module.share
    assert categorize(module, module, UNCHANGED).categories == Categories(CBC=share.covered, UBC=share.missing)


@pytest.mark.parametrize(
    ("before", "now", "line_map", "expected"),
    [
        (((1, 2), (2,)), ((1, 2), ()), UNCHANGED, Categories(CBC=1, GBC=1)),
        (((1, 2), ()), ((1, 2), (2,)), UNCHANGED, Categories(CBC=1, LBC=1)),
        (((1, 2), (1,)), ((), ()), UNCHANGED, Categories(EUB=1, ECB=1)),
        (((), ()), ((1, 2), (1,)), UNCHANGED, Categories(UIC=1, GIC=1)),
        (((1, 2), (1,)), ((1, 2), (1,)), NOTHING_IN_COMMON, Categories(DUB=1, DCB=1, UNC=1, GNC=1)),
        (((1, 2), (2,)), ((1, 2, 3), (3,)), LineMap.from_hunks([Hunk(1, 0, 2, 1)]), Categories(CBC=1, UBC=1, GNC=1)),
        (((1, 2), (2,)), ((1, 2), (1,)), None, Categories(unknown_before=2, unknown_now=2)),
    ],
)
def test_h7_statements_by_what_became_of_their_line(
    before: tuple[tuple[int, ...], tuple[int, ...]],
    now: tuple[tuple[int, ...], tuple[int, ...]],
    line_map: LineMap | None,
    expected: Categories,
) -> None:
    assert categorize(recorded("a.py", *before), recorded("a.py", *now), line_map).categories == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (branch(1, 2, 5), branch(1, 2, 5), Categories(UBC=1, CBC=1)),
        (branch(1, 2, 5), branch(1, 2), Categories(GBC=1, CBC=1)),
        (branch(1, 2, 5), branch(1, 2, 7), Categories(GBC=1, LBC=1)),
        (branch(1, 2, -1), branch(1, 2, -1, 5), Categories(UBC=1, LBC=1)),
        (branch(1, 2, 5, 7), branch(1, 2, 6, 8), Categories(UBC=2)),
        (branch(1, 2, 5), branch(1, 3, 5), Categories(UBC=1, CBC=1, GIC=1)),
        (branch(1, 3, 5, 6), branch(1, 2), Categories(GBC=1, CBC=1, EUB=1)),
        (branch(1, 3), branch(1, 2, 5, 6), Categories(LBC=2, ECB=1)),
    ],
)
def test_h7_branches_are_paired_by_destination(before: Branch, now: Branch, expected: Categories) -> None:
    found = categorize(recorded("a.py", (), (), [before]), recorded("a.py", (), (), [now]), UNCHANGED)
    assert found.categories == expected


def test_h7_lost_and_gained_lines_are_those_of_now() -> None:
    down = LineMap.from_hunks([Hunk(0, 0, 1, 2)])
    found = categorize(recorded("a.py", (1, 2), (2,)), recorded("a.py", (1, 2, 3, 4), (3,)), down)
    assert (found.lost, found.gained) == (Lines.of([3]), Lines.of([4]))
    assert found.categories == Categories(LBC=1, GBC=1, GNC=2)

"""Line maps against difflib, and against the definition of a map: a dictionary of line numbers."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import hunks_of
from covgate.model.line_map import LAST_LINE, WHOLE_FILE_HUNK, Hunk, LineMap, added_lines

texts = st.lists(st.sampled_from("abcd"), max_size=12)


def shared_lines(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Old to new, as difflib sees them."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return {
        block.a + offset + 1: block.b + offset + 1
        for block in matcher.get_matching_blocks()
        for offset in range(block.size)
    }


def line_map(old: Sequence[str], new: Sequence[str]) -> LineMap:
    return LineMap.from_hunks(hunks_of(old, new))


def mapped(lines: LineMap, count: int) -> dict[int, int]:
    """What a map says of the first `count` lines."""
    return {line: new for line in range(1, count + 1) if (new := lines.new_line(line)) is not None}


@given(texts, texts)
def test_a_map_keeps_exactly_the_lines_that_difflib_keeps(old: list[str], new: list[str]) -> None:
    shared = shared_lines(old, new)
    lines = line_map(old, new)
    assert mapped(lines, len(old)) == shared
    assert mapped(lines.reverse(), len(new)) == {new_line: old_line for old_line, new_line in shared.items()}
    for number in range(1, len(new) + 1):
        assert lines.old_line(number) == lines.reverse().new_line(number)


@given(texts, texts)
def test_hunks_and_map_say_the_same(old: list[str], new: list[str]) -> None:
    hunks = hunks_of(old, new)
    lines = LineMap.from_hunks(hunks)
    assert LineMap.from_hunks(lines.hunks()) == lines
    assert lines.hunks() == tuple(hunks)
    added = {number for first, last in added_lines(hunks) for number in range(first, last + 1)}
    assert added == set(range(1, len(new) + 1)) - set(shared_lines(old, new).values())


@given(texts, texts, texts)
def test_two_steps_are_one_map(first: list[str], second: list[str], third: list[str]) -> None:
    one, two = line_map(first, second), line_map(second, third)
    both = one.then(two)
    expected = {
        old: new for old, middle in mapped(one, len(first)).items() if (new := two.new_line(middle)) is not None
    }
    assert mapped(both, len(first)) == expected
    assert both.reverse() == two.reverse().then(one.reverse())


@given(texts, texts, texts, texts)
def test_steps_may_be_put_together_in_any_order(a: list[str], b: list[str], c: list[str], d: list[str]) -> None:
    one, two, three = line_map(a, b), line_map(b, c), line_map(c, d)
    assert one.then(two).then(three) == one.then(two.then(three))
    assert one.then(LineMap()) == LineMap().then(one) == one


def test_a_file_that_changed_as_a_whole_keeps_no_line() -> None:
    lines = LineMap.from_hunks([WHOLE_FILE_HUNK])
    assert lines == LineMap(())
    assert lines.new_line(1) is lines.old_line(1) is lines.new_line(LAST_LINE) is None
    assert lines.hunks() == (WHOLE_FILE_HUNK,)
    assert lines.then(LineMap()) == LineMap().then(lines) == lines


@pytest.mark.parametrize("line", [0, -1])
def test_there_is_no_line_before_the_first(line: int) -> None:
    assert LineMap().new_line(line) is None


def test_added_lines_of_neighbouring_hunks_are_one_range() -> None:
    hunks = [Hunk(1, 1, 1, 2), Hunk(2, 1, 3, 1), Hunk(9, 2, 9, 0), Hunk(20, 0, 21, 2)]
    assert added_lines(hunks) == ((1, 3), (21, 22))

"""Source around what is missing, cut to a number of characters."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builders import branch, judged, module, text_of
from covgate.model.lines import Lines
from covgate.model.snapshot import Module
from covgate.reports.html.excerpts import (
    LONGEST,
    Excerpt,
    Marks,
    cost,
    fair_limit,
    fit_excerpt,
    rank_places,
    split_into_places,
)


@given(st.lists(st.integers(0, 500), max_size=30), st.integers(0, 4000))
def test_all_get_what_they_need_up_to_a_level_and_no_more_than_there_is(needs: list[int], total: int) -> None:
    highest = fair_limit(needs, total)
    given_out = [min(need, highest) for need in needs]
    assert sum(given_out) <= max(total, 0)
    if sum(needs) <= total:
        assert given_out == needs
    else:
        assert sum(min(need, highest + 1) for need in needs) > total


def forty(missing: tuple[int, ...], **parts: Any) -> Module:
    source = tuple(f"line {number}" for number in range(1, 41))
    return module("a.py", statements=tuple(range(1, 41)), missing=missing, source=source, **parts)


def shown(one: Module, room: int = 10_000, changed: tuple[int, ...] = (), accepted: tuple[int, ...] = ()) -> Excerpt:
    text = text_of(one)
    marks = Marks(judged(one, *accepted), text, Lines.of(changed))
    return fit_excerpt(text.lines, marks, rank_places(marks, len(text.lines)), room)


def numbers(found: Excerpt) -> list[list[int]]:
    return [[line.number for line in place] for place in found.places]


def test_places_have_two_lines_around_and_stand_in_source_order() -> None:
    found = shown(forty((1, 10, 11, 40)))
    assert numbers(found) == [[1, 2, 3], [8, 9, 10, 11, 12, 13], [38, 39, 40]]
    assert found.cut == 0


def test_what_is_changed_comes_first_then_the_longest() -> None:
    one = forty((5, 20, 21, 35))
    assert numbers(shown(one, room=80)) == [[18, 19, 20, 21, 22]]
    assert numbers(shown(one, room=80, changed=(35,))) == [[33, 34, 35, 36, 37]]
    assert shown(one, room=80).cut == 2
    assert shown(one, room=0) == Excerpt(places=(), cut=4)


def test_a_place_is_cut_after_its_first_lines() -> None:
    one = module("a.py", 0, 100, source=("x",) * 100)
    found = shown(one)
    assert numbers(found) == [list(range(1, LONGEST + 1))]
    assert found.cut == 100 - LONGEST
    assert cost((1, 100), ("x",) * 100) == cost((1, LONGEST), ("x",) * 100)


def test_a_statement_is_shown_with_all_its_lines() -> None:
    one = forty((10,), extents=((10, 12),))
    (place,) = shown(one).places
    assert [line.number for line in place if line.mark == "missing"] == [10, 11, 12]


def test_marks_tell_missing_partial_and_accepted() -> None:
    one = forty((10, 20), branches=(branch(5, 9, 6, 7, 8, 9, -1), branch(20, 2, 3)))
    lines = {line.number: line for place in shown(one, accepted=(20,)).places for line in place}
    assert {number: line.mark for number, line in lines.items() if line.mark != "covered"} == {
        5: "partial",
        10: "missing",
        20: "accepted",
    }
    assert lines[5].jumps == "never jumped to 6, 7, 8, 9 and 1 more"
    assert lines[20].jumps == ""


def test_long_lines_and_control_characters_are_made_fit_to_show() -> None:
    one = module("a.py", 0, 1, source=("\tx\x1b" + "y" * 300,))
    ((line,),) = shown(one).places
    assert line.text.startswith("    x\\x1byyy")
    assert len(line.text) == 160


def test_a_place_ends_where_a_number_is_left_out() -> None:
    lines = [line for place in shown(forty((1, 20))).places for line in place]
    assert [len(place) for place in split_into_places(lines)] == [3, 5]
    assert not list(split_into_places([]))

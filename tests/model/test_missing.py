"""What is missing: in words, and function by function."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builders import branch, function, judged, module, snapshot, verdict
from covgate.model.judged import judge_module
from covgate.model.lines import Lines, parse_ranges
from covgate.model.missing import Reason, missing_by_part, missing_in_words


def words(**parts: object) -> list[str]:
    return [str(reason) for reason in missing_in_words(judged(module("a.py", **parts)))]  # type: ignore[arg-type]


def test_a_module_of_which_nothing_ran_was_never_imported() -> None:
    assert words(covered=0, units=3) == ["never imported"]


def test_functions_never_entered_are_told_by_name_before_lines_error_paths_and_jumps() -> None:
    found = words(
        statements=(1, 2, 3, 5, 6, 8, 9, 12, 13, 15),
        missing=(3, 6, 8, 12, 13),
        functions=(function("pay", 2, 3), function("Cart.add", 5, 6, 8, 9), function("ok", 15)),
        error_lines=(8,),
        branches=(branch(9, 2, 12), branch(5, 2, -5), branch(15, 2, 1), branch(12, 2, 13, 15)),
    )
    assert found == [
        "never called: pay()",
        "lines 6, 12-13",
        "except/raise line 8",
        "branches 5->exit, 15->1",
    ]


def test_functions_in_a_gap_count_their_own_units() -> None:
    one = module(
        "a.py",
        statements=(1, 2, 3, 4, 5),
        missing=(4, 5),
        functions=(function("f", 1, 2, 3), function("g", 4, 5), function("h", 1, 3)),
        branches=(branch(2, 2, 4), branch(5, 2, 1, 2)),
    )
    (gap,) = verdict(snapshot(one, branches=True), {"module": 100}).gaps
    assert [(f.name, f.line, f.units, f.missing, f.entered) for f in gap.functions] == [
        ("f", 1, 4, 1, True),
        ("g", 4, 3, 3, False),
    ]


def test_a_name_that_several_functions_bear_is_told_once_while_each_counts() -> None:
    """Issue F, 19: the getter and the setter of a property, overloads, definitions under a condition."""
    parts: dict[str, Any] = {
        "statements": (1, 2, 3, 4, 5),
        "missing": (3, 5),
        "functions": (function("TextArea.text", 2, 3), function("TextArea.text", 4, 5)),
    }
    assert words(**parts) == ["never called: TextArea.text()"]
    (gap,) = verdict(snapshot(module("a.py", **parts)), {"module": 100}).gaps
    assert [(f.name, f.line, f.missing) for f in gap.functions] == [("TextArea.text", 2, 1), ("TextArea.text", 4, 1)]
    assert gap.to_reach == 2


numbers = st.frozensets(st.integers(1, 40))


def lines_in(reasons: tuple[Reason, ...]) -> set[int]:
    """The lines that reasons name, of ranges all of them."""
    ranges = [item for reason in reasons if reason.label.split()[-1] in ("line", "lines") for item in reason.items]
    return {line for item in ranges for first, last in parse_ranges(item) for line in range(first, last + 1)}


@given(numbers, numbers, numbers, numbers, st.integers(1, 40), st.integers(1, 40))
def test_no_range_of_lines_holds_one_that_ran_or_is_accepted(
    statements: frozenset[int],
    missing: frozenset[int],
    errors: frozenset[int],
    accepted: frozenset[int],
    first: int,
    last: int,
) -> None:
    made = module(
        "a.py",
        statements=tuple(statements),
        missing=tuple(statements & missing),
        error_lines=tuple(errors),
        functions=(function("f", first, *(line for line in statements if first <= line <= last)),),
    )
    one = judge_module(made, Lines.of(accepted))
    required = set(one.required_missing)
    by_part = missing_by_part(one)
    for reasons in (missing_in_words(one), *(part.reasons for part in by_part)):
        assert not lines_in(reasons) & (set(statements) - required)
    never = {
        line for part in by_part if part.reasons == (Reason("never called"),) for line in made.functions[0].statements
    }
    assert never | {line for part in by_part for line in lines_in(part.reasons) & required} == required


def test_what_is_missing_by_part_is_in_source_order_with_the_code_outside_of_functions_first() -> None:
    made = module(
        "a.py",
        statements=(1, 2, 3, 4, 5, 6, 9, 10),
        missing=(4, 6, 10),
        functions=(function("f", 2, 3, 4), function("g", 5, 6), function("h", 1, 2)),
        branches=(branch(3, 2, 4, -2), branch(9, 2, 10, 1)),
        error_lines=(10,),
    )
    assert [
        (part.gap.name, part.gap.missing, [str(reason) for reason in part.reasons])
        for part in missing_by_part(judged(made))
    ] == [
        ("", 3, ["except/raise line 10", "branches 9->1"]),
        ("f", 3, ["line 4", "branches 3->exit"]),
        ("g", 1, ["never called"]),
    ]

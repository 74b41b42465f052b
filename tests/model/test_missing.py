"""What is missing, function by function and in words."""

from __future__ import annotations

from typing import Any

from builders import branch, function, judged, module, snapshot, verdict
from covgate.model.missing import missing_in_words


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
        "except/raise lines 8",
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

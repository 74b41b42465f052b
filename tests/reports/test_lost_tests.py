"""What became of the tests of lost lines, in sentences."""

from __future__ import annotations

import pytest

from covgate.model.lines import Lines
from covgate.model.lost_tests import Fate, LostTest, LostTests
from covgate.reports.lost_tests import lost_test_lines

A, B = "tests/test_a.py::test_a", "tests/test_b.py::test_b"


@pytest.mark.parametrize(
    ("fate", "one", "two"),
    [
        ("deleted", f"{A} was deleted", f"{A} and {B} were deleted"),
        ("skipped", f"{A} was skipped", f"{A} and {B} were skipped"),
        ("failed", f"{A} failed", f"{A} and {B} failed"),
        ("not run", f"{A} did not run", f"{A} and {B} did not run"),
        (
            "not reaching",
            f"{A} runs, but no longer reaches this line",
            f"{A} and {B} run, but none of them reaches this line any more",
        ),
    ],
)
def test_each_fate_of_one_test_and_of_two(fate: Fate, one: str, two: str) -> None:
    tests = (LostTest(A, fate), LostTest(B, fate))
    found = [LostTests("src/a.py", Lines.of([3]), tests[:1]), LostTests("src/a.py", Lines.of([4]), tests)]
    assert list(lost_test_lines(found)) == [f"src/a.py:3: {one}", f"src/a.py:4: {two}"]


def test_many_tests_of_several_fates() -> None:
    many = tuple(LostTest(f"t.py::test_{number}", "deleted") for number in range(5))
    found = LostTests(
        "a.py", Lines.of([1, 2, 5]), (*many, LostTest(A, "not reaching"), LostTest(B, "renamed", "t.py::b"))
    )
    assert list(lost_test_lines([found])) == [
        "a.py:1-2, 5: t.py::test_0, t.py::test_1, t.py::test_2 and 2 more tests were deleted; "
        f"{A} runs, but no longer reaches these lines; {B} was renamed to t.py::b, which did not run"
    ]


def test_tests_that_met_their_fate_under_a_new_name() -> None:
    tests = tuple(LostTest(f"t.py::test_{old}", "skipped", f"t.py::test_{new}") for old, new in ("ab", "cd", "ef"))
    assert list(lost_test_lines([LostTests("a.py", Lines.of([1]), tests)])) == [
        "a.py:1: t.py::test_a (now t.py::test_b), t.py::test_c (now t.py::test_d) "
        "and t.py::test_e (now t.py::test_f) were skipped"
    ]


def test_a_name_with_control_characters_is_safe_to_show() -> None:
    found = LostTests("a\x1b.py", Lines.of([1]), (LostTest("t.py::\x1b[31m", "deleted"),))
    assert "\x1b" not in "".join(lost_test_lines([found]))

"""Names of files that are tests, and names in a sentence."""

from __future__ import annotations

import pytest

from covgate.judge.naming import is_test, named


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("test_a.py", True),
        ("src/shop/a_test.py", True),
        ("src/shop/conftest.py", True),
        ("tests/helper.py", True),
        ("src/shop/test/data.py", True),
        ("src/shop/testing.py", False),
        ("src/tests.py", False),  # a file of that name is no folder
        ("src/my_tests/a.py", False),
        ("src/shop/Test_a.py", False),  # names are compared as pytest does: letter by letter
        ("src/shop/check_a.py", False),
    ],
)
def test_what_pytest_would_collect_or_stands_beside_it_is_a_test(path: str, expected: bool) -> None:
    assert is_test(path) is expected


def test_the_projects_own_patterns_take_the_place_of_pytests() -> None:
    assert is_test("src/check_a.py", ["check_*.py"])
    assert not is_test("src/test_a.py", ["check_*.py"])
    assert is_test("tests/a.py", ["check_*.py"])


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), (["a"], "a"), (["a", "b", "c"], "a, b, c"), (["a", "b", "c", "d", "e"], "a, b, c and 2 more")],
)
def test_more_than_three_names_are_counted(names: list[str], text: str) -> None:
    assert named(names) == text

"""Node ids of tests, by a table."""

from __future__ import annotations

import pytest

from covgate.model.node_ids import file_of, strip_parameters


@pytest.mark.parametrize(
    ("nodeid", "test", "file"),
    [
        ("tests/test_a.py::test_a[x::y-[z]]", "tests/test_a.py::test_a", "tests/test_a.py"),
        ("tests/test_a.py::TestA::test_a", "tests/test_a.py::TestA::test_a", "tests/test_a.py"),
        ("tests/a[1]/test_a.py::test_a[1]", "tests/a[1]/test_a.py::test_a", "tests/a[1]/test_a.py"),
        ("tests/cases.yaml::[a] case", "tests/cases.yaml::[a] case", "tests/cases.yaml"),
        ("README.md", "README.md", "README.md"),
    ],
)
def test_parameters_are_no_part_of_a_test(nodeid: str, test: str, file: str) -> None:
    assert strip_parameters(nodeid) == test
    assert file_of(nodeid) == file

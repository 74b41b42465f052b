"""Records: their numbers, and whether two of them are comparable."""

from __future__ import annotations

import pytest

from builders import branch, module, snapshot
from covgate.model.record import EnvironmentKey, recorded_modules, why_not_comparable
from covgate.model.share import Share
from records import ENVIRONMENT, record, recorded, revision


def test_a_record_has_the_numbers_of_the_measurement() -> None:
    one = module("src/a.py", 1, 3, branches=(branch(1, 2, 3),))
    (made,) = recorded_modules(snapshot(one, digests={"src/a.py": "b10b"}))
    assert (made.path, made.name, made.blob, made.share) == ("src/a.py", "a", "b10b", Share(2, 5))
    assert record(made, recorded("src/b.py", (1,))).share == Share(3, 6)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (ENVIRONMENT, None),
        (EnvironmentKey(), None),
        (ENVIRONMENT._replace(branches=True), "one was measured without branches, the other with branches"),
        (
            ENVIRONMENT._replace(systems=("Darwin, Python 3.12", "Linux, Python 3.12")),
            "one ran on Linux, Python 3.12, the other on Darwin, Python 3.12 and Linux, Python 3.12",
        ),
        (ENVIRONMENT._replace(source=("lib",)), "one measured src, the other lib"),
        (
            ENVIRONMENT._replace(exclusions="4567"),
            "coverage.py's settings of what counts (exclude, omit, include) are not the same",
        ),
    ],
)
def test_h2_what_makes_two_records_not_comparable(other: EnvironmentKey, reason: str | None) -> None:
    assert why_not_comparable(ENVIRONMENT, other) == reason


@pytest.mark.parametrize(
    ("parts", "is_of_its_commit"),
    [
        ({}, True),
        ({"revision": None}, False),
        ({"revision": revision(is_clean=False)}, False),
        ({"is_complete": False}, False),
        ({"tests_passed": False}, False),
    ],
)
def test_h6_which_records_tell_what_the_tests_of_a_commit_cover(
    parts: dict[str, object], is_of_its_commit: bool
) -> None:
    assert record(**parts).is_of_its_commit is is_of_its_commit

"""The records of shards as one: complete only where each shard is there once."""

from __future__ import annotations

import pytest

from covgate.errors import DataError
from covgate.judge.shards import DIFFERS, continue_record, merge_records
from covgate.model.run_record import MeasuringOptions, RunRecord


def shard(number: int, of: int = 3, **parts: object) -> RunRecord:
    """One group of tests, selected by an option."""
    record = RunRecord(run=f"run{number}", shard=(number, of), selection=f"--splits {of}", files={"a.py": "1"})
    return record._replace(**parts)  # type: ignore[arg-type]


THREE = [shard(1), shard(2), shard(3)]


def test_j11_all_groups_are_the_whole() -> None:
    merged = merge_records(THREE)
    assert (merged.partial, merged.incomplete, merged.shard) == (None, None, None)
    assert merge_records(THREE, expected=3).incomplete is None


@pytest.mark.parametrize(
    ("records", "without_record", "expected", "incomplete"),
    [
        (THREE[:2], 0, 3, "the data is of 2 shards, 3 are expected"),
        (THREE, 0, 4, "the data is of 3 shards, 4 are expected"),
        (THREE, 0, 2, "the data is of 3 shards, 2 are expected"),
        ([*THREE[:2], THREE[0]._replace(run="again")], 0, 3, "group 1 of the tests ran twice"),
        ([THREE[0], THREE[0]], 0, 2, "the data is of 1 shard, 2 are expected"),
        ([RunRecord(run="a", is_shard=True)], 1, 2, None),
        ([RunRecord(run="a", is_shard=True)], 0, 2, "the data is of 1 shard, 2 are expected"),
    ],
)
def test_j11_another_number_of_shards_is_incomplete(
    records: list[RunRecord], without_record: int, expected: int, incomplete: str | None
) -> None:
    merged = merge_records(records, without_record=without_record, expected=expected)
    assert merged.incomplete == incomplete


def test_j11_every_version_of_python_runs_every_group() -> None:
    matrix = [
        shard(number, of=2)._replace(run=f"{python}-{number}", environment=python)
        for python in ("3.11", "3.12")
        for number in (1, 2)
    ]
    assert merge_records(matrix).partial is None
    assert merge_records(matrix, expected=4).incomplete is None
    assert merge_records(matrix[:3]).partial == "--splits 2"
    assert merge_records([*matrix[:3], matrix[0]._replace(run="again")], expected=4).incomplete == (
        "group 1 of the tests ran twice on 3.11"
    )


def test_j8_a_part_of_the_shards_is_a_part_of_the_tests() -> None:
    assert merge_records(THREE[:1]).partial == "--splits 3"
    assert merge_records(THREE[:2]).partial == "--splits 3"


def test_j8_a_selection_that_is_no_shard_stays_a_part() -> None:
    records = [RunRecord(run="a", is_shard=True, selection="only tests/unit"), RunRecord(run="b", selection="-k x")]
    assert merge_records(records, expected=2).partial == "-k x"
    assert merge_records(records).partial == "only tests/unit; -k x"


def test_what_went_wrong_in_one_shard_went_wrong() -> None:
    records = [
        shard(1, stopped="1 collection error"),
        shard(2, incomplete="no data of gw0"),
        shard(3, tests_passed=False),
    ]
    merged = merge_records(records, expected=3)
    assert (merged.partial, merged.incomplete) == ("1 collection error", "no data of gw0")
    assert not merged.tests_passed


def test_j14_a_file_that_differed_between_shards_fits_no_source() -> None:
    merged = merge_records([shard(1, files={"a.py": "1", "b.py": "2"}), shard(2, files={"a.py": "1", "b.py": "3"})])
    assert merged.files == {"a.py": "1", "b.py": DIFFERS}


def test_j14_without_all_records_nothing_is_known_of_the_source() -> None:
    merged = merge_records(THREE, without_record=1)
    assert not merged.files
    assert not merged.tests


def test_shards_that_were_measured_in_other_ways_are_an_error() -> None:
    other = shard(2, measuring=MeasuringOptions(source=("src",)))
    with pytest.raises(DataError, match="different options"):
        merge_records([THREE[0], other])


def test_targets_of_hooks_are_those_that_every_shard_sets() -> None:
    linux = shard(1, measuring=MeasuringOptions(targets={"shop.windows": 0, "shop.cart": 90}))
    windows = shard(2, measuring=MeasuringOptions(targets={"shop.cart": 90}))
    assert merge_records([linux, windows]).measuring.targets == {"shop.cart": 90}


def test_data_that_were_added_to_are_of_both_runs() -> None:
    earlier, later = shard(1, files={"a.py": "1", "b.py": "2"}), shard(2, files={"a.py": "9"})
    assert continue_record(later, earlier).files == {"a.py": DIFFERS, "b.py": "2"}
    assert not continue_record(later, None).files

"""The records of several shards as the record of the whole run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from covgate.errors import DataError
from covgate.model.run_record import AND, Digests, MeasuredState, MeasuringOptions, RunRecord
from covgate.model.words import counted

DIFFERS = "differs between the shards"
"""In place of a digest, for a file that was not the same everywhere: no content has this one."""


def merge_records(records: Sequence[RunRecord], *, without_record: int = 0, expected: int | None = None) -> RunRecord:
    """`records` (at least one) as one; `without_record` data files beside them have none.

    `expected` is the number of shards that there must be: with another number the merged record is
    incomplete. Raises `DataError` where the shards were not measured in the same way.
    """
    merged = records[0]
    for other in records[1:]:
        merged = _merge_two(merged, other)
    missing = None if expected is None else missing_shards(records, without_record, expected)
    are_all_there = missing is None and (expected is not None or _has_all_groups(records))
    selections = (None if are_all_there and _is_part(record) else record.selection for record in records)
    merged = merged._replace(
        selection=_joined(selections), incomplete=_joined([missing, *(record.incomplete for record in records)])
    )
    if without_record:  # then nothing tells which sources all of the data are of
        return merged._replace(files={}, tests={}, unmeasured=frozenset())
    return merged


def missing_shards(records: Sequence[RunRecord], without_record: int, expected: int) -> str | None:
    """Why these are not the expected shards, each once; None where they are."""
    runs = {record.run: record for record in records}.values()
    groups = [(record.environment, record.shard[0]) for record in runs if record.shard is not None]
    twice = next((group for group in groups if groups.count(group) > 1), None)
    if twice is not None:
        return f"group {twice[1]} of the tests ran twice" + (f" on {twice[0]}" if twice[0] else "")
    count = len(runs) + without_record
    if count == expected:
        return None
    return f"the data is of {counted(count, 'shard')}, {expected} are expected"


def continue_record(record: RunRecord, earlier: RunRecord | None) -> RunRecord:
    """`record` of a run that added its data to those of another one, of which `earlier` is known."""
    if earlier is None:
        return record._replace(files={}, tests={}, unmeasured=frozenset())
    is_counted = record.test_count is not None and earlier.test_count is not None
    return record._replace(
        test_count=(record.test_count or 0) + (earlier.test_count or 0) if is_counted else None,
        files=_merge_digests(earlier.files, record.files) if earlier.files else {},
        tests={**earlier.tests, **record.tests},
        tests_passed=record.tests_passed and earlier.tests_passed,
        state=_merge_states(earlier.state, record.state),
        unmeasured=record.unmeasured | earlier.unmeasured,
    )


def _is_part(record: RunRecord) -> bool:
    """Whether its selection of tests is one part of a whole, as its options say."""
    return record.is_shard or record.shard is not None


def _has_all_groups(records: Iterable[RunRecord]) -> bool:
    """Whether every environment ran every group of the tests."""
    groups: dict[str, set[tuple[int, int]]] = {}
    for record in records:
        if record.shard is None:
            return False
        groups.setdefault(record.environment, set()).add(record.shard)
    counts = {count for shards in groups.values() for _, count in shards}
    return len(counts) == 1 and all(len(shards) in counts for shards in groups.values())


def _merge_two(one: RunRecord, other: RunRecord) -> RunRecord:
    return one._replace(
        measuring=_merge_options(one.measuring, other.measuring),
        deviations=tuple(dict.fromkeys([*one.deviations, *other.deviations])),
        shard=None,
        environment=_joined_environments(one.environment, other.environment),
        test_count=None if one.test_count is None or other.test_count is None else one.test_count + other.test_count,
        ended=None if one.ended is None or other.ended is None else max(one.ended, other.ended),
        seconds=None if one.seconds is None or other.seconds is None else max(one.seconds, other.seconds),
        is_shard=one.is_shard and other.is_shard,
        stopped=_joined([one.stopped, other.stopped]),
        tests_passed=one.tests_passed and other.tests_passed,
        files=_merge_digests(one.files, other.files),
        unmeasured=one.unmeasured | other.unmeasured,
        tests=_merge_digests(one.tests, other.tests),
        state=_merge_states(one.state, other.state),
    )


def _merge_states(one: MeasuredState, other: MeasuredState) -> MeasuredState:
    return one if one == other else MeasuredState()


def _merge_options(one: MeasuringOptions, other: MeasuringOptions) -> MeasuringOptions:
    """Targets of hooks are those that every shard sets: where one does not, its tests can reach more."""
    if one._replace(targets={}) != other._replace(targets={}):
        raise DataError(
            "data-not-combined",
            "the data files were measured with different options (--cov, --cov-config or --cov-fail-under)",
            "measure all shards with the same options",
        )
    missing = object()
    shared = {key: value for key, value in one.targets.items() if other.targets.get(key, missing) == value}
    return one._replace(targets=shared)


def _merge_digests(one: Digests, other: Digests) -> Digests:
    both: Mapping[str, str] = {path: DIFFERS for path in one.keys() & other.keys() if one[path] != other[path]}
    return {**one, **other, **both}


def _joined_environments(one: str, other: str) -> str:
    return AND.join(sorted({*one.split(AND), *other.split(AND)} - {""}))


def _joined(reasons: Iterable[str | None]) -> str | None:
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or None

"""The records of several shards as the record of the whole run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from covgate.errors import DataError
from covgate.model.run_record import Digests, MeasuringOptions, RunRecord
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
    merged = replace(
        merged, selection=_joined(selections), incomplete=_joined([missing, *(record.incomplete for record in records)])
    )
    if without_record:  # then nothing tells which sources all of the data are of
        return replace(merged, files={}, tests={}, unmeasured=frozenset())
    return merged


def missing_shards(records: Sequence[RunRecord], without_record: int, expected: int) -> str | None:
    """Why these are not the expected shards, each once; None where they are."""
    shards = {record.run: record.shard for record in records}
    groups = [shard for shard in shards.values() if shard is not None]
    twice = sorted({number for number, _ in groups if [one for one, _ in groups].count(number) > 1})
    if twice:
        return f"group {twice[0]} of the tests ran twice"
    count = len(shards) + without_record
    if count == expected:
        return None
    lacking = sorted(set(range(1, expected + 1)) - {number for number, _ in groups})
    named = f": {', '.join(map(str, lacking))} missing" if groups and lacking else ""
    return f"the data are of {counted(count, 'shard')}, {expected} are expected{named}"


def continue_record(record: RunRecord, earlier: RunRecord | None) -> RunRecord:
    """`record` of a run that added its data to those of another one, of which `earlier` is known."""
    if earlier is None:
        return replace(record, files={}, tests={}, unmeasured=frozenset())
    return replace(
        record,
        files=_merge_digests(earlier.files, record.files) if earlier.files else {},
        tests=_merge_digests(earlier.tests, record.tests),
        unmeasured=record.unmeasured | earlier.unmeasured,
    )


def _is_part(record: RunRecord) -> bool:
    """Whether its selection of tests is one part of a whole, as its options say."""
    return record.is_shard or record.shard is not None


def _has_all_groups(records: Iterable[RunRecord]) -> bool:
    groups = {record.shard for record in records}
    counts = {shard[1] for shard in groups if shard is not None}
    if None in groups or len(counts) != 1:
        return False
    (count,) = counts
    return len(groups) == count


def _merge_two(one: RunRecord, other: RunRecord) -> RunRecord:
    return replace(
        one,
        measuring=_merge_options(one.measuring, other.measuring),
        deviations=tuple(dict.fromkeys([*one.deviations, *other.deviations])),
        shard=None,
        is_shard=one.is_shard and other.is_shard,
        stopped=_joined([one.stopped, other.stopped]),
        tests_passed=one.tests_passed and other.tests_passed,
        files=_merge_digests(one.files, other.files),
        unmeasured=one.unmeasured | other.unmeasured,
        tests=_merge_digests(one.tests, other.tests),
    )


def _merge_options(one: MeasuringOptions, other: MeasuringOptions) -> MeasuringOptions:
    """Targets of hooks are those that every shard sets: where one does not, its tests can reach more."""
    if replace(one, targets={}) != replace(other, targets={}):
        raise DataError(
            "the data files were measured with different options (--cov, --cov-config or --cov-fail-under)",
            "measure all shards with the same options",
        )
    missing = object()
    shared = {key: value for key, value in one.targets.items() if other.targets.get(key, missing) == value}
    return replace(one, targets=shared)


def _merge_digests(one: Digests, other: Digests) -> Digests:
    both: Mapping[str, str] = {path: DIFFERS for path in one.keys() & other.keys() if one[path] != other[path]}
    return {**one, **other, **both}


def _joined(reasons: Iterable[str | None]) -> str | None:
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or None

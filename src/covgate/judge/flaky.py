"""Finds lines whose coverage flips between records although the module is the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from covgate.model.flaky import FlakyLine, FlakyModule, FlakyReport, FlakyUnits, FlakyVersions, Sighting, Unit, Version
from covgate.model.lines import Lines
from covgate.model.record import EnvironmentKey, Record, RecordedModule

FEWEST_FLIPS = 2
"""Flips that make a line suspected: one alone is what every new or deleted test makes."""
Pair: TypeAlias = tuple[Record, Record]


def find_flaky(records: Iterable[Record], versions: Collection[Version] | None = None) -> tuple[FlakyModule, ...]:
    """Return the lines that flip, by path and content; of `versions` only, where they are given.

    A line is proven flaky where two complete, passing records differ in it that have the same content of every
    measured module, the same tests and the same environment. It is suspected where it went and came back while its
    module and the environment stayed the same. A record without a digest of its tests proves nothing.
    """
    usable = sorted((one for one in records if one.is_complete and one.tests_passed), key=attrgetter("time"))
    flips = _Flips()
    for pair, old, new in _neighbours(usable, versions):
        flips.add(old, new, pair)
    for pair in _equal_records(usable):
        for old, new in zip(pair[0].modules, pair[1].modules, strict=True):
            if (versions is None or (new.path, new.blob) in versions) and _counts_the_same(old, new):
                flips.prove(old, new, pair)
    return tuple(flips.modules())


def report_flaky(records: Iterable[Record], names: Collection[str] = (), *, all_contents: bool = False) -> FlakyReport:
    """Return the lines that flip; where `names` are given, those of the module with such a path or import name.

    Unless `all_contents` are asked for, they are of the content that a module has in the newest record of it.
    """
    usable = [one for one in records if one.is_complete and one.tests_passed]
    newest: dict[str, str] = {}
    named: set[Version] = set()
    for record in sorted(usable, key=attrgetter("time")):
        for module in record.modules:
            newest[module.path] = module.blob
            if module.path in names or module.name in names:
                named.add((module.path, module.blob))
    found = find_flaky(usable, named if names else None)
    kept = tuple(module for module in found if all_contents or newest[module.path] == module.blob)
    return FlakyReport(
        modules=kept,
        records=len(usable),
        without_digest=sum(not record.suite.digest for record in usable),
        older=sum(len(module.lines) for module in found) - sum(len(module.lines) for module in kept),
    )


def proven_units(modules: Iterable[FlakyModule]) -> FlakyVersions:
    """Return the units of these modules that are proven flaky."""
    proven = {}
    for module in modules:
        units = [unit for line in module.lines if line.is_proven for unit in line.units]
        if units:
            statements = Lines.of(line for line, destination in units if not destination)
            branches = frozenset(unit for unit in units if unit[1])
            proven[module.path, module.blob] = FlakyUnits(statements, branches)
    return proven


class _Tally(NamedTuple):
    """What is known of one unit: how often it flipped, when it did so last, and the records that prove it flaky."""

    flips: int
    last: Pair
    proof: Pair | None = None


class _Flips:
    """The units that flipped between records, by the content of their module."""

    def __init__(self) -> None:
        self._units: dict[Version, dict[Unit, _Tally]] = {}
        self._names: dict[Version, str | None] = {}

    def add(self, old: RecordedModule, new: RecordedModule, pair: Pair) -> None:
        tallies = self._tallies(new)
        for unit in _changed_units(old, new):
            earlier = tallies.get(unit)
            tallies[unit] = _Tally(earlier.flips + 1 if earlier else 1, pair)

    def prove(self, old: RecordedModule, new: RecordedModule, pair: Pair) -> None:
        tallies = self._tallies(new)
        for unit in _changed_units(old, new):
            tallies[unit] = tallies.get(unit, _Tally(1, pair))._replace(proof=pair)

    def modules(self) -> Iterator[FlakyModule]:
        for version, tallies in sorted(self._units.items()):
            lines: dict[int, dict[Unit, _Tally]] = {}
            for unit, tally in sorted(tallies.items()):
                lines.setdefault(unit[0], {})[unit] = tally
            flaky = [line for line in map(_line, lines.values()) if line is not None]
            if flaky:
                path, blob = version
                yield FlakyModule(path, self._names[version], blob, tuple(flaky))

    def _tallies(self, module: RecordedModule) -> dict[Unit, _Tally]:
        version = module.path, module.blob
        self._names[version] = module.name
        return self._units.setdefault(version, {})


def _line(tallies: Mapping[Unit, _Tally]) -> FlakyLine | None:
    """Return what is known of one line; its proven units decide, so that a line is either proven or suspected."""
    proven = {unit: tally for unit, tally in tallies.items() if tally.proof is not None}
    flaky = proven or {unit: tally for unit, tally in tallies.items() if tally.flips >= FEWEST_FLIPS}
    if not flaky:
        return None
    most = max(flaky.values(), key=lambda tally: tally.flips)
    before, now = most.proof or most.last
    return FlakyLine(
        line=next(iter(flaky))[0],
        units=tuple(flaky),
        is_proven=bool(proven),
        flips=most.flips,
        before=_sighting(before),
        now=_sighting(now),
    )


def _sighting(record: Record) -> Sighting:
    return Sighting(record.run, record.time, None if record.revision is None else record.revision.commit)


def _neighbours(
    records: Sequence[Record], versions: Collection[Version] | None
) -> Iterator[tuple[Pair, RecordedModule, RecordedModule]]:
    """Yield each module that differs from what the record before it in the same environment has of the same content."""
    last: dict[EnvironmentKey, dict[Version, tuple[Record, RecordedModule]]] = {}
    for record in records:
        seen = last.setdefault(record.environment, {})
        for module in record.modules:
            version = module.path, module.blob
            if not module.blob or (versions is not None and version not in versions):
                continue
            earlier = seen.get(version)
            seen[version] = record, module
            if earlier is not None and earlier[1] is not module:
                yield (earlier[0], record), earlier[1], module


def _equal_records(records: Iterable[Record]) -> Iterator[Pair]:
    """Yield each record with the one before of equal source, tests and environment."""
    groups: dict[object, list[Record]] = {}
    for record in records:
        if record.suite.digest:
            groups.setdefault((record.environment, record.folder, record.suite.digest), []).append(record)
    for group in groups.values():
        last: dict[object, Record] = {}
        for record in group if len(group) > 1 else ():
            blobs = tuple((module.path, module.blob) for module in record.modules)
            if not all(blob for _, blob in blobs):
                continue
            key = record.suite.tests, blobs
            if key in last:
                yield last[key], record
            last[key] = record


def _counts_the_same(old: RecordedModule, new: RecordedModule) -> bool:
    """Whether two measurements of one content see the same units; another version of coverage.py may see others."""
    if old is new or old.statements != new.statements:
        return old is new
    sides = ([(branch.line, branch.total) for branch in module.branches] for module in (old, new))
    return next(sides) == next(sides)


def _changed_units(old: RecordedModule, new: RecordedModule) -> Iterator[Unit]:
    """Yield the units that one of two measurements of the same content covers, and the other does not."""
    if old is new:
        return
    if old.missing != new.missing:
        changed = Lines(old.missing.bits ^ new.missing.bits)
        yield from ((line, 0) for line in changed & old.statements & new.statements)
    if old.branches != new.branches:
        earlier = {branch.line: branch for branch in old.branches}
        for branch in new.branches:
            before = earlier.get(branch.line)
            if before is not None and before.total == branch.total:
                yield from ((branch.line, end) for end in {*before.missing} ^ {*branch.missing})

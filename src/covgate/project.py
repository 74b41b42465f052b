"""One project as both doors see it: its root, its settings, what is measured and where the data lies."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from covgate.config.settings import read_settings, unjudged_fail_under, with_fail_under, with_targets
from covgate.errors import DataError, UsageError
from covgate.git.request import ChangeRequest
from covgate.measurement.coverage_settings import CoverageSettings, read_coverage_settings
from covgate.measurement.location import Measurement
from covgate.measurement.parsing.choice import Parsing, choose_parsing
from covgate.measurement.sources import Sources, choose_sources, source_roots
from covgate.model.run_record import MeasuringOptions, RunRecord
from covgate.model.settings import Settings

CONFIG_FILE = ".coveragerc"
"""The name that stands for whichever settings file coverage.py finds by itself."""
HOOK = "a hook pytest_covgate_targets"


class Project(NamedTuple):
    """What both doors know before the data is read.

    `environment` holds the variables as they were before the tests ran. `notes` say what the settings leave unjudged.
    """

    root: Path
    settings: Settings
    coverage_settings: CoverageSettings
    sources: Sources | None
    """None where nothing to measure is found, and there is data that says what was measured."""
    measurement: Measurement
    parsing: Parsing
    environment: Mapping[str, str]
    change: ChangeRequest = ChangeRequest()
    """What to compare with."""
    notes: tuple[str, ...] = ()
    baseline: str | None = None
    """A revision or a file of which the record is compared with; None for that of the base."""

    @property
    def record(self) -> RunRecord | None:
        return self.measurement.record


def open_project(root: Path, settings: Settings, options: MeasuringOptions, environment: Mapping[str, str]) -> Project:
    """The project at `root`, to be measured as its settings and pytest's `options` say.

    Raises `UsageError` for settings that cannot be used, and where nothing to measure is found.
    """
    config_file = options.config_file or CONFIG_FILE
    coverage_settings = read_coverage_settings(config_file, root)
    sources = choose_sources(root, options.source, settings, coverage_settings)
    notes: tuple[str, ...] = ()
    if options.judges_fail_under:
        notes = unjudged_fail_under(settings, coverage_settings.fail_under)
        settings = with_fail_under(settings, coverage_settings.fail_under)
    return Project(
        root=root,
        settings=settings,
        coverage_settings=coverage_settings,
        sources=sources,
        measurement=Measurement(
            base=root,
            config_file=config_file,
            data_file=coverage_settings.data_file,
            source=source_roots(root, sources, coverage_settings),
        ),
        parsing=choose_parsing(root, environment),
        environment=dict(environment),
        notes=notes,
    )


def open_measured_project(
    root: Path,
    environment: Mapping[str, str],
    *,
    rcfile: str | None = None,
    data: Sequence[str] = (),
    shards: int | None = None,
) -> Project:
    """The project at `root` whose data is there: in the files that `data` names, else where coverage.py keeps it.

    How it was measured is read from the record in the data. `shards` is the number of shards that there must be.
    Raises `UsageError`; what is wrong with the data makes the record incomplete, so that the verdict says it.
    """
    settings = read_settings(root)
    usual = read_coverage_settings(rcfile or CONFIG_FILE, root).data_file
    record, notes = _read_records(usual, data, shards)
    options = MeasuringOptions() if record is None else record.measuring
    if rcfile is not None:
        options = options._replace(config_file=rcfile)
    if options.targets:
        settings = with_targets(settings, options.targets, HOOK)
    project = _open_leniently(root, settings, options, environment)
    measurement = project.measurement._replace(data_file=usual, data=tuple(data), record=record)
    return project._replace(measurement=measurement, notes=(*project.notes, *notes))


def _open_leniently(
    root: Path, settings: Settings, options: MeasuringOptions, environment: Mapping[str, str]
) -> Project:
    """The same, though nothing to measure may be found: the data says what was measured."""
    try:
        return open_project(root, settings, options, environment)
    except UsageError:
        if options.source is not None or settings.source:
            raise
        bare = open_project(root, settings, options._replace(source=()), environment)
        return bare._replace(sources=None)


def _read_records(usual: Path, data: Sequence[str], shards: int | None) -> tuple[RunRecord | None, tuple[str, ...]]:
    """Return the records of all data files as one, and notes on those that are ignored."""
    # Imported where data is read, so that a run that measures does not wait for it.
    from covgate.measurement.data_files import find_data_files
    from covgate.measurement.run_table import read_record

    try:
        found = {file: read_record(file) for file in find_data_files(usual, data)}
        records = [record for record in found.values() if isinstance(record, RunRecord)]
        without_record = len(found) - len(records)
        record = _merge(records, without_record, shards)
    except DataError as error:
        return RunRecord(run="", incomplete=error.message, remedy=error.remedy, error=error.name), ()
    return record, tuple(
        f"{file} changed after pytest --covgate wrote its record, so the record is ignored"
        for file, record in found.items()
        if record == "outdated"
    )


def _merge(records: Sequence[RunRecord], without_record: int, shards: int | None) -> RunRecord | None:
    from covgate.judge.shards import merge_records, missing_shards

    if records:
        return merge_records(records, without_record=without_record, expected=shards)
    missing = None if shards is None else missing_shards((), without_record, shards)
    return None if missing is None else RunRecord(run="", incomplete=missing)


def relative_to_root(root: Path, path: str, base: Path) -> str:
    """`path`, given relative to `base`, as a record keeps it: relative to the root where it lies below."""
    absolute = os.path.abspath(base / path)
    below = os.path.join(root, "")
    return absolute.removeprefix(below).replace(os.sep, "/") if absolute.startswith(below) else absolute

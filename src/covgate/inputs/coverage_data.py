"""Reads coverage data into a snapshot. What covgate needs of coverage.py's insides stands here."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import coverage
from coverage.exceptions import CoverageException, CoverageWarning, NotPython
from coverage.files import GlobMatcher, prep_patterns
from coverage.plugin import FileReporter

from covgate.errors import DataError
from covgate.inputs.analysis import analysed, merged
from covgate.inputs.coverage_settings import in_folder
from covgate.inputs.tree import place_of
from covgate.model.snapshot import Module, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Where a measurement lies: absolute paths, frozen before the tests ran.

    `base` is the folder to which coverage.py's relative names refer, `config_file` its settings (as
    its `--rcfile`).
    """

    base: Path
    config_file: str
    data_file: Path


def read_snapshot(measurement: Measurement, root: Path) -> Snapshot:
    """The coverage of the project at `root`; raises `DataError` where there is none to read."""
    try:
        with in_folder(measurement.base), _opened(measurement) as cov:
            return _snapshot(cov, root.resolve())
    except ImportError as error:
        raise DataError(
            f"a plugin of coverage.py cannot be imported: {error}", "install it, or mend plugins in its settings"
        ) from error
    except CoverageException as error:
        raise DataError(f"the coverage data cannot be read: {error}", "measure again: pytest --covgate") from error


def _snapshot(cov: coverage.Coverage, root: Path) -> Snapshot:
    data = cov.get_data()
    data.set_query_contexts(cov.config.report_contexts)
    modules: dict[str, Module] = {}
    unreadable, notes = [], []
    for reporter in sorted(_reporters(cov)):
        recorded = cov._file_mapper(reporter.filename)
        place = place_of(root, os.path.realpath(reporter.filename))
        try:
            lines = data.lines(recorded) or []
            arcs = (data.arcs(recorded) or []) if data.has_arcs() else None
            module = analysed(place, reporter, lines, arcs)
        except NotPython as error:
            if reporter.should_be_python():  # type: ignore[attr-defined]  # only its own reporter raises this
                unreadable.append(_one_line(error))
            continue
        except CoverageException as error:
            unreadable.append(_one_line(error))
            continue
        twin = modules.get(place.path)
        modules[place.path] = module if twin is None else merged(twin, module)
        if place.differs:
            notes.append(f"{place.path} ran from an installed copy that differs from {place.differs}")
    return Snapshot(
        modules=tuple(modules[path] for path in sorted(modules)),
        has_branches=data.has_arcs(),
        unreadable=tuple(unreadable),
        unreadable_ok=bool(cov.config.ignore_errors),
        notes=tuple(notes),
    )


def _reporters(cov: coverage.Coverage) -> list[FileReporter]:
    """What coverage.py's reports would show: measured files within its include and omit settings."""
    reporters = [reporter for reporter, _ in cov._get_file_reporters(None)]
    if cov.config.report_include:
        include = GlobMatcher(prep_patterns(cov.config.report_include), "include")
        reporters = [reporter for reporter in reporters if include.match(reporter.filename)]
    if cov.config.report_omit:
        omit = GlobMatcher(prep_patterns(cov.config.report_omit), "omit")
        reporters = [reporter for reporter in reporters if not omit.match(reporter.filename)]
    return reporters


@contextlib.contextmanager
def _opened(measurement: Measurement) -> Iterator[coverage.Coverage]:
    """A `Coverage` with its data loaded and its `paths` setting applied; closed afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoverageWarning)  # pytest-cov has shown them already
        cov = coverage.Coverage(config_file=measurement.config_file, data_file=measurement.data_file)
        _require_data(measurement.data_file)
        cov.load()
        stored = cov.get_data()
        try:
            cov._prepare_data_for_reporting()
            yield cov
        finally:
            cov.get_data().close(force=True)
            stored.close(force=True)


def _require_data(data_file: Path) -> None:
    if data_file.is_file():
        return
    parts = sorted(data_file.parent.glob(f"{data_file.name}.*")) if data_file.parent.is_dir() else []
    if parts:
        raise DataError(
            f"{data_file} is not there, but {len(parts)} parallel data files beside it are",
            "combine them first: coverage combine",
        )
    raise DataError(f"no coverage data at {data_file}", "measure first: pytest --covgate")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())

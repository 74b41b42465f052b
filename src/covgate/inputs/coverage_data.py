"""Reads coverage data into a snapshot. What covgate needs of coverage.py's insides stands here."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import coverage
from coverage.exceptions import CoverageException, CoverageWarning, NotPython
from coverage.files import GlobMatcher, prep_patterns
from coverage.plugin import FileReporter
from coverage.python import PythonFileReporter

from covgate.errors import DataError
from covgate.inputs.analysis import analysed, merged, with_source
from covgate.inputs.coverage_settings import in_folder
from covgate.inputs.tree import Place, place_of
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


def read_snapshot(measurement: Measurement, root: Path, changed: Collection[str] = ()) -> Snapshot:
    """The coverage of the project at `root`; raises `DataError` where there is none to read.

    `changed` are the paths that a change touches: of these the source is kept too, and those that
    the data does not know but its source holds are in `unmeasured`.
    """
    try:
        with in_folder(measurement.base), _opened(measurement) as cov:
            return _Reader(cov, root.resolve(), frozenset(changed)).snapshot()
    except ImportError as error:
        raise DataError(
            f"a plugin of coverage.py cannot be imported: {error}", "install it, or mend plugins in its settings"
        ) from error
    except CoverageException as error:
        raise DataError(f"the coverage data cannot be read: {error}", "measure again: pytest --covgate") from error


class _Reader:
    """Gathers the modules of one measurement."""

    def __init__(self, cov: coverage.Coverage, root: Path, changed: frozenset[str]) -> None:
        self._cov = cov
        self._root = root
        self._changed = changed
        self._unreadable: list[str] = []
        self._notes: list[str] = []

    def snapshot(self) -> Snapshot:
        data = self._cov.get_data()
        data.set_query_contexts(self._cov.config.report_contexts)
        modules: dict[str, Module] = {}
        for reporter in sorted(_reporters(self._cov)):
            place = place_of(self._root, os.path.realpath(reporter.filename))
            module = self._module(place, reporter, self._cov._file_mapper(reporter.filename))
            if module is not None:
                twin = modules.get(place.path)
                modules[place.path] = module if twin is None else merged(twin, module)
            if place.differs:
                self._notes.append(f"{place.path} ran from an installed copy that differs from {place.differs}")
        return Snapshot(
            modules=tuple(modules[path] for path in sorted(modules)),
            has_branches=data.has_arcs(),
            unmeasured=tuple(self._unmeasured(modules)),
            unreadable=tuple(self._unreadable),
            unreadable_ok=bool(self._cov.config.ignore_errors),
            notes=tuple(self._notes),
        )

    def _module(self, place: Place, reporter: FileReporter, recorded: str) -> Module | None:
        """One file's coverage; None where it cannot be analysed, which is noted."""
        data = self._cov.get_data()
        try:
            lines = data.lines(recorded) or []
            arcs = (data.arcs(recorded) or []) if data.has_arcs() else None
            module = analysed(place, reporter, lines, arcs)
            return with_source(module, reporter) if place.path in self._changed else module
        except NotPython as error:
            if reporter.should_be_python():  # type: ignore[attr-defined]  # only its own reporter raises this
                self._unreadable.append(_one_line(error))
        except CoverageException as error:
            self._unreadable.append(_one_line(error))
        return None

    def _unmeasured(self, modules: dict[str, Module]) -> Iterator[Module]:
        """Changed files below the folders of measured packages that no data and no setting names."""
        folders = {folder for module in modules.values() for folder in _package_folder(module)}
        for path in sorted(self._changed - modules.keys()):
            file = self._root / path
            below = any(path.startswith(f"{folder}/") for folder in folders)
            if not (below and path.endswith(".py") and file.is_file()) or not _is_reported(self._cov, str(file)):
                continue
            reporter = PythonFileReporter(str(file), self._cov)
            module = self._module(place_of(self._root, str(file)), reporter, "")
            if module is not None:
                yield module


def _package_folder(module: Module) -> Iterator[str]:
    """The folder of the top-level package of a module, relative to the root."""
    if module.name is None:
        return
    parts = module.path.removesuffix(".py").removesuffix("/__init__").split("/")
    top = parts[: len(parts) - module.name.count(".")]
    if top != parts or module.path.endswith("/__init__.py"):
        yield "/".join(top)


def _is_reported(cov: coverage.Coverage, filename: str) -> bool:
    """Whether coverage.py's include and omit settings leave a file in."""
    config = cov.config
    omitted = [*config.run_omit, *(config.report_omit or ())]
    if omitted and GlobMatcher(prep_patterns(omitted), "omit").match(filename):
        return False
    included = [patterns for patterns in (config.run_include, config.report_include) if patterns]
    return all(GlobMatcher(prep_patterns(patterns), "include").match(filename) for patterns in included)


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

"""Reads coverage data into a snapshot. What covgate needs of coverage.py's insides stands here."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

import coverage
from coverage.exceptions import CoverageException, CoverageWarning, NoSource, NotPython
from coverage.files import GlobMatcher, find_python_files, prep_patterns
from coverage.python import PythonFileReporter

from covgate.errors import DataError
from covgate.files import shown_path, why_not_ordinary
from covgate.judge.naming import named
from covgate.measurement.analysis import analyse, join, merge, read_text
from covgate.measurement.coverage_settings import in_folder, without_side_effects
from covgate.measurement.data_files import DataFile, one_data_file
from covgate.measurement.data_guard import require_sound_rows
from covgate.measurement.location import Measurement
from covgate.measurement.parsing.choice import Parsing
from covgate.measurement.parsing.parsed_source import ParseSettings, is_known_parser
from covgate.measurement.parsing.source_parser import SourceParser
from covgate.measurement.recorded import MeasuredFile, lines_by_context, measured_file, read_recorded
from covgate.measurement.staleness import Staleness, digest_file, find_changes
from covgate.measurement.tree import ModuleId, place_of, python_files, real_path
from covgate.model.lines import Lines
from covgate.model.remedies import MEASURE_AGAIN
from covgate.model.run_record import Digests
from covgate.model.snapshot import Module, Snapshot, SourceText

ALONE = Parsing()
"""Nothing kept, no other process."""


def read_snapshot(
    measurement: Measurement,
    root: Path,
    changed: Collection[str] = (),
    parsing: Parsing = ALONE,
    detailed: Collection[str] | None = (),
    *,
    finds_changes: bool = False,
) -> Snapshot:
    """The coverage of the project at `root`; raises `DataError` where there is none to read.

    `changed` are the paths that a change touches: of these the source is kept too, and those that
    the data does not know but its source holds are in `unmeasured`. `detailed` are paths and import
    names of more modules whose source is kept; None keeps that of all. `finds_changes` compares the
    source and the tests with what the data were measured on.
    """
    with (
        _data_errors(),
        in_folder(measurement.base),
        one_data_file(measurement.data_file, measurement.data, measurement.config_file) as file,
        _opened(measurement, file) as (cov, left_out),
    ):
        reader = _Reader(cov, root.resolve(), frozenset(changed), _names(detailed), measurement, parsing, finds_changes)
        snapshot = reader.snapshot(file.measured_at)
        return snapshot._replace(notes=(*parsing.notes, *_plugin_notes(left_out), *snapshot.notes))


def context_lines(measurement: Measurement, root: Path) -> dict[str, dict[str, Lines]]:
    """The lines that ran in each context, by the path of the module; empty where the data has one context only."""
    with (
        _data_errors(),
        in_folder(measurement.base),
        one_data_file(measurement.data_file, measurement.data, measurement.config_file) as file,
        _opened(measurement, file) as (cov, _),
    ):
        contexts = sorted(cov.get_data().measured_contexts())
        if len(contexts) < 2:
            return {}
        require_sound_rows(file.path)
        files = _reported(cov, read_recorded(cov).files)
        cov._prepare_data_for_reporting()  # names as the `paths` setting maps them; the data is in memory then
        paths = {measured.name: place_of(root.resolve(), real_path(measured.filename)).path for measured in files}
        return lines_by_context(cov, paths)


@contextlib.contextmanager
def _data_errors() -> Iterator[None]:
    """coverage.py's errors as ours."""
    try:
        yield
    except ImportError as error:
        raise DataError(
            "coverage-plugin",
            f"a plugin of coverage.py cannot be imported: {error}",
            "install it, or correct plugins in coverage.py's settings",
        ) from error
    except (CoverageException, sqlite3.Error) as error:  # older versions let some of SQLite's through
        raise DataError("data-unreadable", f"the coverage data cannot be read: {error}", MEASURE_AGAIN) from error


class _Reader:
    """Gathers the modules of one measurement."""

    def __init__(
        self,
        cov: coverage.Coverage,
        root: Path,
        changed: frozenset[str],
        detailed: frozenset[str] | None,
        measurement: Measurement,
        parsing: Parsing,
        finds_changes: bool,
    ) -> None:
        self._source = measurement.source
        self._record = measurement.record
        is_known = measurement.record is not None and bool(measurement.record.files)
        self._may_be_of_another = not is_known and not measurement.measured_here
        self._finds_changes = finds_changes
        self._digests: dict[str, str] = {}
        self._tried: set[str] = set()
        self._cov = cov
        self._root = root
        self._changed = changed
        self._detailed = detailed
        self._unreadable: list[str] = []
        self._texts: dict[str, SourceText] = {}
        self._notes: list[str] = []
        self._gone: list[str] = []
        self._not_python: list[str] = []
        self._recorded = read_recorded(cov)
        self._parser = SourceParser(parsing, ParseSettings.of(cov, branches=self._recorded.has_branches))

    def snapshot(self, measured_at: int) -> Snapshot:
        modules: dict[str, Module] = {}
        files = _reported(self._cov, self._recorded.files)
        self._parser.prepare(file.filename for file in files if _is_parsed_here(file))
        for file in files:
            if not self._parser.has_read(file.filename) and (reason := why_not_ordinary(file.filename)) is not None:
                raise DataError(
                    "source-unreadable",
                    f"the data names {file.filename}, which is {reason}",
                    "omit it, or measure again",
                )
        for file in files:
            place = place_of(self._root, real_path(file.filename))
            module = self._module(place, file)
            if module is not None:
                twin = modules.get(place.path)
                modules[place.path] = module if twin is None else merge(twin, module)
            if place.differs:
                self._notes.append(f"{place.path} ran from an installed copy that differs from {place.differs}")
            if place.path not in self._digests:
                self._digests[place.path] = self._parser.digest(file.filename) or ""
        unmeasured = tuple(self._unmeasured())
        self._parser.keep()
        others = tuple(unmeasured_files(self._cov, self._root, self._source, modules))
        changes = self._changes(modules, others, measured_at)
        return Snapshot(
            modules=tuple(modules[path] for path in sorted(modules)),
            has_branches=self._recorded.has_branches,
            unmeasured=unmeasured,
            texts=self._texts,
            unreadable=tuple(self._unreadable),
            unreadable_ok=bool(self._cov.config.ignore_errors),
            digests={path: self._digests[path] for path in sorted(modules)},
            unmeasured_files=others,
            lacking=self._lacking(others, changes),
            beyond=self._beyond(modules),
            stale=changes.sources,
            notes=(*self._notes, *self._notes_on_left_out(), *self._notes_on(changes)),
        )

    def _module(self, place: ModuleId, file: MeasuredFile) -> Module | None:
        """One file's coverage; None where it cannot be analysed, which is noted."""
        self._tried.add(place.path)
        lines = self._recorded.lines.get(file.name, Lines())
        arcs = None if self._recorded.arcs is None else self._recorded.arcs.get(file.name, set())
        try:
            if _is_parsed_here(file):
                parsed = self._parser.get(file.filename, file.reporter)
                module, extents = join(place, parsed, lines, arcs or ()), parsed.extents
            else:
                module, extents = analyse(place, file.reporter(), lines, arcs), None
            if self._is_detailed(place):
                self._texts[place.path] = read_text(module, file.reporter(), extents)
        except NoSource:
            self._gone.append(place.path)
        except NotPython as error:
            if file.filename.endswith(".py"):
                self._unreadable.append(_one_line(error))
            else:  # a template, say, whose compiled code bears its name
                self._not_python.append(place.path)
        except SyntaxError as error:  # such as an encoding that Python does not have
            self._unreadable.append(f"Couldn't parse {place.path}: {_one_line(error)}")
        except Exception as error:  # coverage.py's parser asserts and recurses; reporters of plugins raise anything
            reason = f"{type(error).__name__}: {_one_line(error)}".removesuffix(": ")
            self._unreadable.append(f"Couldn't parse {place.path}: coverage.py failed on it ({reason})")
        else:
            return module
        return None

    def _is_detailed(self, place: ModuleId) -> bool:
        if os.path.isabs(place.path):  # not the project's: it may be anything that this user can read
            return False
        if self._detailed is None or place.path in self._changed:
            return True
        return not self._detailed.isdisjoint((place.path, place.name))

    def _changes(self, modules: Collection[str], others: Collection[str], measured_at: int) -> Staleness:
        """What changed since the measurement, of the data's files and of `others` that came after it."""
        if not self._finds_changes:
            return Staleness()
        measured = {path: self._digests[path] for path in modules}
        return find_changes(self._root, measured, others, self._record, measured_at)

    def _lacking(self, others: Sequence[str], changes: Staleness) -> tuple[str, ...]:
        """Return the files that coverage.py's own `source` would have put into the data though they never ran."""
        if not self._may_be_of_another or not others:
            return ()
        found: set[str] = set()
        for place in self._source:  # of a module by its import name coverage.py knows nothing before it is imported
            files = find_python_files(str(place), self._cov.config.include_namespace_packages)
            found.update(shown_path(self._root, file) for file in files)
        return tuple(path for path in others if path in found and path not in changes.sources)

    def _beyond(self, modules: Iterable[str]) -> tuple[str, ...]:
        if not self._may_be_of_another or not self._source:
            return ()
        places = [shown_path(self._root, str(place)) for place in self._source]
        if "." in places:
            return ()
        inside = tuple(f"{place}/" for place in places)
        paths = (path for path in modules if not os.path.isabs(path))  # an installed copy is the source as well
        return tuple(sorted(path for path in paths if path not in places and not path.startswith(inside)))

    def _notes_on_left_out(self) -> Iterator[str]:
        """Name the measured files that have no coverage here, a line for each cause."""
        for paths, is_what, are_what in (
            (self._gone, "is gone", "are gone"),
            (self._not_python, "is not Python", "are not Python"),
        ):
            if len(paths) == 1:
                yield f"{paths[0]} was measured, but {is_what}: left out"
            elif paths:
                yield f"{len(paths)} measured files {are_what}, left out: {named(paths)}"

    def _notes_on(self, changes: Staleness) -> Iterator[str]:
        if self._finds_changes and (self._record is None or not self._record.files):
            yield (
                "the data has no record of a run of pytest --covgate, so the times of files decide "
                "whether it fits the source"
            )
        if changes.edited_tests:
            yield f"tests edited after the measurement: {', '.join(changes.edited_tests)}"

    def _unmeasured(self) -> Iterator[Module]:
        """Changed files below the measured source that neither the data nor a setting names."""
        for path in sorted(self._changed - self._tried):
            changed = self._root / path
            below = any(changed == place or place in changed.parents for place in self._source)
            if below and path.endswith(".py") and changed.is_file() and _is_reported(self._cov, str(changed)):
                file = measured_file(self._cov, PythonFileReporter(str(changed), self._cov))
                module = self._module(place_of(self._root, str(changed)), file)
                if module is not None:
                    yield module


def unmeasured_files(
    cov: coverage.Coverage, root: Path, source: Iterable[Path], measured: Collection[str]
) -> list[str]:
    """The Python files below the source that would be measured if they ran, without the measured ones."""
    files = {shown_path(root, str(file)): str(file) for file in python_files(root, source)}
    return [path for path, file in files.items() if path not in measured and _is_reported(cov, file)]


def read_contents(measurement: Measurement, root: Path) -> tuple[Digests, frozenset[str]]:
    """The measured files with their digests, and the Python files below the source that the data does not hold.

    Nothing is parsed for it. Raises `DataError` where there is no data to read.
    """
    root = root.resolve()
    with (
        _data_errors(),
        in_folder(measurement.base),
        one_data_file(measurement.data_file, measurement.data, measurement.config_file) as file,
        _opened(measurement, file) as (cov, _),
    ):
        found: dict[str, str] = {}
        for measured in _reported(cov, read_recorded(cov).files):
            digest = digest_file(Path(measured.filename))
            if digest is not None:
                found[place_of(root, real_path(measured.filename)).path] = digest
        return found, frozenset(unmeasured_files(cov, root, measurement.source, found))


def _names(detailed: Collection[str] | None) -> frozenset[str] | None:
    return None if detailed is None else frozenset(detailed)


def _is_parsed_here(file: MeasuredFile) -> bool:
    return file.is_python and is_known_parser()


def _reported(cov: coverage.Coverage, files: Iterable[MeasuredFile]) -> list[MeasuredFile]:
    """What coverage.py's reports would show: measured files within its include and omit settings."""
    wanted = _matcher(cov.config.report_include, cov.config.report_omit)
    return [file for file in files if wanted(file.filename)]


def _is_reported(cov: coverage.Coverage, filename: str) -> bool:
    """Whether a file that the data does not know would be measured and reported if it ran."""
    config = cov.config
    return _matcher(config.run_include, config.run_omit)(filename) and _matcher(
        config.report_include, config.report_omit
    )(filename)


def reported_among(files: Iterable[Path], config_file: str, base: Path) -> list[Path]:
    """The files that would be measured and reported if they ran, as coverage.py's settings in `base` say."""
    with in_folder(base), warnings.catch_warnings():
        warnings.simplefilter("ignore", CoverageWarning)
        cov = coverage.Coverage(config_file=config_file, data_file=None)
        return [file for file in files if _is_reported(cov, str(file))]


def _matcher(include: list[str] | None, omit: list[str] | None) -> Callable[[str], bool]:
    """coverage.py's reading of an include and an omit setting; an empty one leaves everything in."""
    included = GlobMatcher(prep_patterns(include), "include") if include else None
    omitted = GlobMatcher(prep_patterns(omit), "omit") if omit else None

    def wanted(filename: str) -> bool:
        return (included is None or included.match(filename)) and not (omitted and omitted.match(filename))

    return wanted


@contextlib.contextmanager
def _opened(measurement: Measurement, file: DataFile) -> Iterator[tuple[coverage.Coverage, tuple[str, ...]]]:
    """A `Coverage` with its data loaded, and the plugins that it was kept from loading; closed afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoverageWarning)  # pytest-cov has shown them already
        for category in (SyntaxWarning, DeprecationWarning):  # of the source: not what is judged here
            warnings.simplefilter("ignore", category)
        cov = coverage.Coverage(config_file=measurement.config_file, data_file=file.path)
        left_out = () if measurement.measured_here else without_side_effects(cov, file.tracers)
        try:
            _load(cov)
            yield cov, left_out
        finally:
            for data in cov._data_to_close:  # also what load() opened before it failed
                data.close(force=True)


def _load(cov: coverage.Coverage) -> None:
    """Raises what `_data_errors` knows, whatever a plugin raises while it is loaded."""
    try:
        cov.load()
    except (CoverageException, sqlite3.Error, ImportError):
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {_one_line(error)}"
        raise DataError(
            "coverage-plugin",
            f"coverage.py cannot load the data or a plugin: {reason}",
            "correct plugins in its settings, or measure again",
        ) from error


def _plugin_notes(left_out: Collection[str]) -> tuple[str, ...]:
    """A plugin that changes coverage.py's settings makes other numbers where it is left out."""
    if not left_out:
        return ()
    names = ", ".join(left_out)
    return (f"coverage.py ran without {names}: a command loads a plugin only where it measured a file of the data",)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")

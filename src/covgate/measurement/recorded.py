"""The dynamic half of coverage: what ran, file by file, as the data file recorded it."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import coverage
from coverage.numbits import nums_to_numbits
from coverage.plugin import FileReporter
from coverage.python import PythonFileReporter

from covgate.errors import DataError
from covgate.measurement.data_guard import LINE_BITS, MOST_NUMBITS, absurd, opened_data, require_sound_rows
from covgate.measurement.parsing.parsed_source import Arc
from covgate.measurement.tree import forget_folders, real_path
from covgate.model.lines import Lines

SCHEMA = 7
"""The version of coverage.py's documented database schema that is read here."""


class MeasuredFile(NamedTuple):  # a project has thousands: cheap to make
    """A file of the data: its name there, the file that coverage.py would read, and its reporter.

    The reporter is made only where somebody asks for it: most files are known from the cache.
    """

    name: str
    filename: str
    reporter: Callable[[], FileReporter]
    is_python: bool = True
    """False for the files of plugins."""


class Recorded(NamedTuple):
    """What ran, by the names of the data; `arcs` is None outside branch mode."""

    files: tuple[MeasuredFile, ...]
    """Sorted by filename."""
    lines: Mapping[str, Lines]
    arcs: Mapping[str, set[Arc]] | None = None

    @property
    def has_branches(self) -> bool:
        return self.arcs is not None


def read_recorded(cov: coverage.Coverage) -> Recorded:
    """From the loaded `cov`, with its `paths` and contexts settings applied.

    In one pass over the data file where its schema is the known one, else file by file through
    coverage.py, which also raises its own errors then.
    """
    forget_folders()
    # Damage shows as rows that do not fit; and a context setting may be no expression.
    with contextlib.suppress(sqlite3.Error, _UnknownError, KeyError, re.error):
        return _in_one_pass(cov)
    require_sound_rows(Path(cov.get_data().data_filename()))
    return _file_by_file(cov)


def lines_by_context(cov: coverage.Coverage, paths: Mapping[str, str]) -> dict[str, dict[str, Lines]]:
    """The lines that ran in each context, by the path of a module; `paths` has that of each name of the data."""
    data = cov.get_data()
    found: dict[str, dict[str, Lines]] = {path: {} for path in paths.values()}
    for context in sorted(data.measured_contexts()):
        data.set_query_context(context)
        for name, path in paths.items():
            lines = Lines.of(data.lines(name) or ())
            if lines:
                of_module = found[path]
                of_module[context] = of_module.get(context, Lines()) | lines
    data.set_query_contexts(None)
    return found


class _UnknownError(Exception):
    """The data file holds what this room does not read by itself."""


class _LinesOfArcs(Mapping[str, Lines]):
    """The lines that arcs join, made when somebody asks: one arc to a line far down takes much memory."""

    def __init__(self, arcs: Mapping[str, set[Arc]]) -> None:
        self._arcs = arcs

    def __getitem__(self, name: str) -> Lines:
        return Lines.of({line for arc in self._arcs[name] for line in arc if line > 0})

    def __iter__(self) -> Iterator[str]:
        return iter(self._arcs)

    def __len__(self) -> int:
        return len(self._arcs)


@dataclass(slots=True)
class _Rows:
    """The tables of a data file, gathered by file."""

    names: dict[int, str]
    has_arcs: bool
    lines: dict[str, int] = field(default_factory=dict)
    arcs: dict[str, set[Arc]] = field(default_factory=dict)


def _in_one_pass(cov: coverage.Coverage) -> Recorded:
    rows = _rows(cov.get_data().data_filename(), cov.config.report_contexts, path_mapping(cov))
    names = dict.fromkeys(rows.names.values())
    return Recorded(
        files=_sorted(_measured(cov, name) for name in names),
        lines=_LinesOfArcs(rows.arcs) if rows.has_arcs else {name: Lines(bits) for name, bits in rows.lines.items()},
        arcs=rows.arcs if rows.has_arcs else None,
    )


def measured_file(cov: coverage.Coverage, reporter: FileReporter) -> MeasuredFile:
    return MeasuredFile(
        name=cov._file_mapper(reporter.filename),
        filename=reporter.filename,
        reporter=lambda: reporter,
        is_python=isinstance(reporter, PythonFileReporter),
    )


def _measured(cov: coverage.Coverage, name: str) -> MeasuredFile:
    """A Python file. coverage.py resolves links in every name; nearly all are resolved already."""
    is_resolved = os.sep == "/" and name.startswith("/") and not cov.config.relative_files and real_path(name) == name
    if not is_resolved:
        return measured_file(cov, PythonFileReporter(name, cov))
    return MeasuredFile(name=name, filename=name, reporter=lambda: PythonFileReporter(name, cov))


def _sorted(files: Iterable[MeasuredFile]) -> tuple[MeasuredFile, ...]:
    return tuple(sorted(files, key=lambda file: file.filename))


def _rows(data_file: str, contexts: Iterable[str] | None, mapped: Callable[[str], str]) -> _Rows:
    """Raises `sqlite3.Error` or `_UnknownError`; `DataError` for lines that no source has."""
    with opened_data(Path(data_file)) as database:
        if database.execute("SELECT version FROM coverage_schema").fetchall() != [(SCHEMA,)] or not _reads_numbits():
            raise _UnknownError
        if database.execute("SELECT count(*) FROM tracer").fetchone() != (0,):
            raise _UnknownError  # files of plugins, which have reporters of their own
        has_arcs = database.execute("SELECT value FROM meta WHERE key = 'has_arcs'").fetchall()
        rows = _Rows(
            names={number: mapped(path) for number, path in database.execute("SELECT id, path FROM file")},
            has_arcs=has_arcs in ([("1",)], [(1,)]),
        )
        within = _contexts_clause(database, contexts)
        if rows.has_arcs:
            for number, start, end in database.execute(f"SELECT file_id, fromno, tono FROM arc{within}"):
                if not _are_lines(start, end):
                    raise absurd(data_file, "arc")
                rows.arcs.setdefault(rows.names[number], set()).add((start, end))
        else:
            for number, numbits in database.execute(f"SELECT file_id, numbits FROM line_bits{within}"):
                if not isinstance(numbits, bytes) or len(numbits) > MOST_NUMBITS:
                    raise absurd(data_file, "line_bits")
                name = rows.names[number]
                rows.lines[name] = rows.lines.get(name, 0) | int.from_bytes(numbits, "little")
    return rows


def _are_lines(start: object, end: object) -> bool:
    """Whether both ends of an arc are, or are the negative of, what a line can be."""
    return (
        isinstance(start, int)
        and isinstance(end, int)
        and start.bit_length() <= LINE_BITS
        and end.bit_length() <= LINE_BITS
    )


def _contexts_clause(database: sqlite3.Connection, patterns: Iterable[str] | None) -> str:
    """Only what ran in a context that one of the regular expressions finds, as `report:contexts` says."""
    if not patterns:
        return ""
    found = [re.compile(pattern) for pattern in patterns]
    rows = database.execute("SELECT id, context FROM context")
    wanted = [str(number) for number, context in rows if any(pattern.search(context) for pattern in found)]
    return f" WHERE context_id IN ({','.join(wanted)})"


def _reads_numbits() -> bool:
    """Whether line sets are still packed with the lowest line in the lowest bit."""
    return int.from_bytes(nums_to_numbits([1, 9, 20]), "little") == Lines.of([1, 9, 20]).bits


def path_mapping(cov: coverage.Coverage) -> Callable[[str], str]:
    """The `paths` setting, as `coverage combine` and the reports apply it."""
    mapped: Callable[[str], str] = cov._make_aliases().map if cov.config.paths else str
    return mapped


def _file_by_file(cov: coverage.Coverage) -> Recorded:
    cov._prepare_data_for_reporting()
    data = cov.get_data()
    data.set_query_contexts(cov.config.report_contexts)
    try:
        files = _sorted(measured_file(cov, reporter) for reporter, _ in cov._get_file_reporters(None))
    except KeyError as error:
        raise DataError(
            "coverage-plugin",
            f"the data was recorded with the plugin {error}, which coverage.py's settings do not load",
            "add it to plugins in them",
        ) from None
    names = [file.name for file in files]
    return Recorded(
        files=files,
        lines={name: Lines.of(data.lines(name) or ()) for name in names},
        arcs={name: set(data.arcs(name) or ()) for name in names} if data.has_arcs() else None,
    )

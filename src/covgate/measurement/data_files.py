"""The data of several shards as one: combined by coverage.py in a folder of its own."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import coverage
from coverage.exceptions import CoverageException, CoverageWarning

from covgate.errors import DataError
from covgate.git.repository import GitError
from covgate.git.tracked import tracked_paths
from covgate.measurement.coverage_settings import without_side_effects
from covgate.measurement.data_guard import require_sound, require_sound_rows
from covgate.model.remedies import MEASURE_FIRST

MAGIC = b"SQLite format 3\0"


class DataFile(NamedTuple):
    """One data file to read; `measured_at` is when the oldest part of it was written (ns since 1970).

    `tracers` are the plugins of coverage.py that measured files of it.
    """

    path: Path
    measured_at: int
    tracers: tuple[str, ...] = ()


def find_data_files(usual: Path, given: Iterable[str]) -> list[Path]:
    """The data files that `given` names (files, folders and patterns, absolute), else `usual` where it is there.

    Raises `DataError` for a folder or pattern without data.
    """
    named = list(dict.fromkeys(file for text in given for file in _named(text, usual.name)))
    return [file for file in (named or [usual]) if file.is_file()]


def require_data(usual: Path, given: tuple[str, ...]) -> None:
    """Raises `DataError` where `usual`, or one of the files that `given` names, is not there."""
    _require(list(_files(usual, given)))


@contextlib.contextmanager
def one_data_file(usual: Path, given: tuple[str, ...], config_file: str) -> Iterator[DataFile]:
    """The data file `usual`, or what `given` names: files, folders and patterns, absolute.

    Several files are combined, with coverage.py's `paths` setting as `coverage combine` applies it;
    none of them is touched. Raises `DataError` where one is missing or cannot be read.
    """
    files = list(_files(usual, given))
    _require(files)
    measured_at = min(file.stat().st_mtime_ns for file in files)
    if len(files) == 1:
        yield DataFile(path=files[0], measured_at=measured_at, tracers=require_sound(files[0]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "combined")
        _combine(files, path, config_file)
        yield DataFile(path=path, measured_at=measured_at, tracers=require_sound(path))


def refuse_committed(usual: Path, given: tuple[str, ...], root: Path, environment: Mapping[str, str]) -> None:
    """Raises `DataError` where git tracks the data file `usual`, a part of it, or what `given` names.

    Whoever wrote the change wrote what is committed. Parts count too that are not there any more, as
    `coverage combine` takes them away.
    """
    remedy = "remove it with git rm --cached, add it to .gitignore, and measure again"
    names = list(_files(usual, given))
    parts = [f"{usual}."] if usual.name.startswith(".") else []
    try:
        tracked = tracked_paths(root, environment, [*names, *(f"{name}-journal" for name in names)], parts)
    except GitError as error:
        raise DataError(
            error.name,
            f"git does not say whether the coverage data is committed: {error.message}",
            error.remedy or "repair the repository",
        ) from None
    if tracked:
        raise DataError(
            "data-committed", f"{tracked[0]} is committed to git; coverage data is measured, not committed", remedy
        )


def _files(usual: Path, given: tuple[str, ...]) -> Iterable[Path]:
    return dict.fromkeys(file for text in given for file in _named(text, usual.name)) if given else [usual]


def _named(text: str, usual_name: str) -> Iterable[Path]:
    """The data files that one argument names."""
    if os.path.isdir(text):
        found = sorted(Path(text).glob(f"{glob.escape(usual_name)}*"))
        files = [file for file in found if _is_data(file, usual_name)]
        if not files:
            raise DataError(
                "no-data", f"no coverage data in {text}", f"name files called {usual_name} or {usual_name}.*"
            )
        return files
    if os.path.exists(text) or not glob.has_magic(text):
        return [Path(text)]
    files = [Path(name) for name in sorted(glob.glob(text, recursive=True)) if os.path.isfile(name)]
    if not files:
        raise DataError("no-data", f"no coverage data matches {text}", f"correct the pattern, or {MEASURE_FIRST}")
    return files


def _is_data(file: Path, usual_name: str) -> bool:
    """`.coverage` and `.coverage.*`, as coverage.py names them, without SQLite's own files beside them."""
    rest = file.name.removeprefix(usual_name)
    return file.is_file() and (not rest or rest.startswith(".")) and not rest.endswith("-journal")


def _require(files: list[Path]) -> None:
    for file in files:
        if file.exists() and not file.is_file():
            what = "a folder" if file.is_dir() else "a device, a pipe or the like"
            raise DataError(
                "data-unreadable", f"{file} is {what}, not coverage data", "remove it, or name another file"
            )
        if not file.is_file():
            parts = sorted(file.parent.glob(f"{file.name}.*")) if file.parent.is_dir() else []
            if parts:
                raise DataError(
                    "data-not-combined",
                    f"{file} is not there, but {len(parts)} parallel data files beside it are",
                    "combine them first: coverage combine",
                )
            raise DataError("no-data", f"no coverage data at {file}", MEASURE_FIRST)


def _combine(files: list[Path], target: Path, config_file: str) -> None:
    """Combine as `coverage combine` does, but stop at a file that cannot be, where that would warn and go on.

    Every `CoverageData` is opened here, because coverage.py leaves those open that it fails on. Raises `DataError`.
    """
    for given in files:
        if not _is_sqlite(given):
            raise DataError(
                "data-not-combined", f"the data files cannot be combined: {given} is not coverage data", "leave it out"
            )
        require_sound(given)
        require_sound_rows(given)
    with warnings.catch_warnings(), contextlib.ExitStack() as opened:
        warnings.simplefilter("ignore", CoverageWarning)  # of its settings: told by the run that measured
        cov = coverage.Coverage(config_file=config_file, data_file=target)
        without_side_effects(cov)  # combining needs no plugin
        combined = cov.get_data()
        opened.callback(combined.close, force=True)
        map_path = lru_cache(maxsize=None)(cov._make_aliases().map)
        for number, file in enumerate(files):
            copy = target.with_name(f"part{number}.data")  # older versions of coverage.py may write to what they read
            part = coverage.CoverageData(basename=str(copy))
            opened.callback(part.close, force=True)
            try:
                shutil.copyfile(file, copy)
                part.read()
                combined.update(part, map_path=map_path)
            except (CoverageException, sqlite3.Error, OSError) as error:
                message = " ".join(str(error).split()).replace(str(copy), str(file))
                named = message if str(file) in message else f"{file}: {message}"
                raise DataError(
                    "data-not-combined",
                    f"the data files cannot be combined: {named}",
                    "measure all shards in the same way, with or without branches, and leave out other files",
                ) from None


def _is_sqlite(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except OSError:
        return False

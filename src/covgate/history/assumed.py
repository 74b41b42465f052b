"""A run that nothing recorded, such as one of `coverage run`: the user says that it was complete, and passed."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

from covgate.files import read_ordinary
from covgate.git.repository import GitError, open_repository, project_folder
from covgate.history.run_history import read_state
from covgate.measurement.data_files import find_data_files
from covgate.measurement.location import Measurement, this_system
from covgate.model.run_record import MeasuredState, RunRecord

DIGITS = 32
DECIDING = (b".py", b".toml", b".cfg", b".ini", b".coveragerc")
"""Endings of the files that decide what a run measures."""
MOVED = re.compile(r"@\{([0-9]{1,12})")


def assumed_run(measurement: Measurement, root: Path, environment: Mapping[str, str]) -> RunRecord | None:
    """Return the run that wrote the data, of the files that are here; None where there is no data.

    It is taken for one on this system and this version of Python. Equal data is the same run. It is not known of which
    files the run was, where HEAD has moved since the oldest data was written, or where a Python or settings file that
    git tracks is newer. Raises `DataError` for data that cannot be found as named, and `GitError`.
    """
    digest = hashlib.sha256()
    times = []
    for file in find_data_files(measurement.data_file, measurement.data):
        digest.update(read_ordinary(file, file.stat().st_size))
        times.append(file.stat().st_mtime_ns)
    if not times:
        return None
    return RunRecord(
        run=digest.hexdigest()[:DIGITS],
        environment=this_system(),
        ended=datetime.fromtimestamp(max(times) // 10**9, timezone.utc),
        state=MeasuredState() if _is_newer_here(min(times), root, environment) else read_state(root, environment),
    )


def _is_newer_here(time: int, root: Path, environment: Mapping[str, str]) -> bool:
    """Whether the project became another one after this time, in nanoseconds."""
    try:
        repository = open_repository(root, environment)
        tracked = repository.list_files(project_folder(repository, root)).tracked
        moves = repository.run("log", "-g", "-1", "--date=unix", "--format=%gd", "HEAD").decode("ascii", "replace")
        made = repository.run("log", "-1", "--format=@{%ct", "HEAD").decode("ascii", "replace")
    except GitError as error:
        if error.is_expected:  # no repository, or no commit yet
            return False
        raise
    moved = MOVED.search(moves) or MOVED.search(made)  # git may be set to keep no log of HEAD
    if moved is not None and int(moved[1]) > time // 10**9:
        return True
    files = (repository.top / os.fsdecode(path) for path in tracked if path.endswith(DECIDING))
    return any(file.stat().st_mtime_ns > time for file in files if file.is_file())

"""A run that nothing recorded, such as one of `coverage run`: the user says that it was complete, and passed."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

from covgate.files import read_ordinary
from covgate.git.repository import GitError, open_repository, project_folder
from covgate.history.run_history import read_state
from covgate.measurement.data_files import find_data_files
from covgate.measurement.location import Measurement
from covgate.model.run_record import MeasuredState, RunRecord

DIGITS = 32


def assumed_run(measurement: Measurement, root: Path, environment: Mapping[str, str]) -> RunRecord:
    """Return the run that wrote the data, on this system and this version of Python, of the files that are here.

    Equal data is the same run. Where a Python file that git tracks is newer than the data, it is not known of which
    files the run was. Raises `DataError` where there is no data.
    """
    digest = hashlib.sha256()
    newest = 0
    for file in find_data_files(measurement.data_file, measurement.data):
        digest.update(read_ordinary(file, file.stat().st_size))
        newest = max(newest, file.stat().st_mtime_ns)
    return RunRecord(
        run=digest.hexdigest()[:DIGITS],
        environment=f"{platform.system()}, Python {sys.version_info[0]}.{sys.version_info[1]}",
        ended=datetime.fromtimestamp(newest // 10**9, timezone.utc),
        state=MeasuredState() if _is_newer_here(newest, root, environment) else read_state(root, environment),
    )


def _is_newer_here(time: int, root: Path, environment: Mapping[str, str]) -> bool:
    """Whether a Python file of the project was written after this time, in nanoseconds."""
    try:
        repository = open_repository(root, environment)
        tracked = repository.list_files(project_folder(repository, root)).tracked
    except GitError:
        return False
    files = (repository.top / os.fsdecode(path) for path in tracked if path.endswith(b".py"))
    return any(file.stat().st_mtime_ns > time for file in files if file.is_file())

"""Whether the data that a command reads are of a complete run, as their record says."""

from __future__ import annotations

from covgate.cli.output import err
from covgate.errors import DataError, ErrorName
from covgate.measurement.data_files import require_data
from covgate.model.remedies import MEASURE_AGAIN
from covgate.model.run_record import RunRecord
from covgate.model.snapshot import Snapshot
from covgate.project import Project
from covgate.reports.text import printable

MEASURE = "run all tests: pytest --covgate"
OVERRIDE = "or add --complete if you know that it is complete"


def require_no_part(project: Project) -> None:
    """Raises `DataError` where the record says that the data is of a part of the tests, or that some are missing."""
    record = project.record
    if record is not None and (record.partial or record.incomplete):
        name: ErrorName = record.error if record.incomplete else "part-of-the-tests"
        raise DataError(name, f"the data is not of all tests: {_reason(record)}", f"{MEASURE}; {OVERRIDE}")


def require_complete_run(project: Project) -> None:
    """Raises `DataError` unless the record says that all tests ran and passed, measured as the settings say."""
    record = project.record
    if record is not None and record.deviations:
        raise DataError(
            "other-options",
            f"the run measured something else than the settings say: {' '.join(record.deviations)}",
            "run without these options, or put them into the settings; or add --complete if it is always measured so",
        )
    if record is not None and not record.tests_passed:
        raise DataError("tests-failed", "tests failed in the run that measured", MEASURE)
    require_run_of_all(project)


def require_run_of_all(project: Project) -> None:
    """Raises `DataError` unless the record says that all tests ran."""
    require_no_part(project)
    record = project.record
    if record is None or not record.files:
        require_data(project.measurement.data_file, project.measurement.data)
        raise DataError(
            "part-of-the-tests",
            f"no record of a complete run of pytest --covgate is in {_data_in_words(project)}",
            f"{MEASURE}; or add --complete if what measured, such as coverage run, ran them all, and they passed",
        )


def require_fresh(snapshot: Snapshot, project: Project) -> None:
    """Raises `DataError` where the record says that the source or the tests are others than those measured."""
    if snapshot.stale and project.record is not None and project.record.files:
        raise DataError(
            "data-outdated",
            f"added, edited or deleted after the measurement: {', '.join(map(printable, snapshot.stale[:3]))}",
            MEASURE_AGAIN,
        )


def warn_of_part(project: Project) -> None:
    """A line on standard error where the data is of a part of the tests."""
    record = project.record
    if record is not None and (record.partial or record.incomplete):
        err(f"note: the data is not of all tests ({printable(_reason(record))}), so more may be covered\n")


def _reason(record: RunRecord) -> str:
    return record.incomplete or record.partial or ""


def _data_in_words(project: Project) -> str:
    return "these data" if project.measurement.data else str(project.measurement.data_file)

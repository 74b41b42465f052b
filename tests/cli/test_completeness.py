"""J8: which data a command takes for those of a complete run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from builders import snapshot
from covgate.cli.completeness import require_complete_run, require_fresh, require_no_part, warn_of_part
from covgate.errors import DataError
from covgate.model.run_record import RunRecord
from covgate.project import Project, open_measured_project

WHOLE = RunRecord(run="one", files={"a.py": "0"})
PART = WHOLE._replace(selection="-k x")
INCOMPLETE = WHOLE._replace(incomplete="no data from gw1")
FAILED = WHOLE._replace(tests_passed=False)
DEVIATING = WHOLE._replace(deviations=("--cov=a", "--cov-branch"))
WITHOUT_DIGESTS = RunRecord(run="one")


@pytest.fixture
def of(tmp_path: Path) -> Callable[[RunRecord | None], Project]:
    """A project whose data has this record."""
    (tmp_path / ".coverage").touch()
    project = open_measured_project(tmp_path, {})
    return lambda record: project._replace(measurement=project.measurement._replace(record=record))


@pytest.mark.parametrize(
    ("record", "no_part", "complete"),
    [
        (WHOLE, None, None),
        (PART, "the data is not of all tests: -k x", "the data is not of all tests: -k x"),
        (
            INCOMPLETE,
            "the data is not of all tests: no data from gw1",
            "the data is not of all tests: no data from gw1",
        ),
        (FAILED, None, "tests failed in the run that measured"),
        (DEVIATING, None, "the run measured something else than the settings say: --cov=a --cov-branch"),
        (WITHOUT_DIGESTS, None, "no record of a complete run of pytest --covgate is in "),
        (None, None, "no record of a complete run of pytest --covgate is in "),
    ],
    ids=["whole", "part", "incomplete", "failed", "deviating", "without digests", "no record"],
)
def test_what_is_refused(
    of: Callable[[RunRecord | None], Project], record: RunRecord | None, no_part: str | None, complete: str | None
) -> None:
    for require, message in ((require_no_part, no_part), (require_complete_run, complete)):
        if message is None:
            require(of(record))
        else:
            with pytest.raises(DataError) as raised:
                require(of(record))
            assert raised.value.message.startswith(message)
            assert raised.value.remedy


def test_where_data_was_named_the_usual_file_is_not(of: Callable[[RunRecord | None], Project]) -> None:
    project = of(None)
    named = project._replace(measurement=project.measurement._replace(data=(str(project.root / ".coverage"),)))
    for one, place in ((project, str(project.measurement.data_file)), (named, "these data")):
        with pytest.raises(DataError) as raised:
            require_complete_run(one)
        assert raised.value.message.endswith(f" is in {place}")


def test_j14_other_source_than_that_measured_is_refused_where_the_record_knows_it(
    of: Callable[[RunRecord | None], Project],
) -> None:
    stale = snapshot(stale=("a.py", "b\x07.py", "c.py", "d.py"))
    with pytest.raises(DataError, match=r"after the measurement: a\.py, b\\x07\.py, c\.py  \[data-outdated\]\n"):
        require_fresh(stale, of(WHOLE))
    require_fresh(snapshot(), of(WHOLE))
    require_fresh(stale, of(WITHOUT_DIGESTS))
    require_fresh(stale, of(None))


@pytest.mark.parametrize(
    ("record", "text"), [(WHOLE, ""), (None, ""), (PART, "(-k x)"), (INCOMPLETE, "(no data from gw1)")]
)
def test_a_part_is_told_to_who_only_reads(
    of: Callable[[RunRecord | None], Project], record: RunRecord | None, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    warn_of_part(of(record))
    told = capsys.readouterr()
    assert told.out == ""
    assert text in told.err
    assert bool(told.err) == bool(text)

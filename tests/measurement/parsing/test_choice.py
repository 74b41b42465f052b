"""What the environment chooses, and when parsing ahead is worth a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from covgate.errors import UsageError
from covgate.measurement.parsing.choice import CACHE, FEWEST, choose_parsing, is_worth_a_worker


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of more sources than are worth a worker."""
    folder = tmp_path / "app"
    folder.mkdir()
    for number in range(FEWEST + 5):
        (folder / f"m{number}.py").touch()
    return folder


@pytest.mark.parametrize(
    ("environment", "cache", "jobs"),
    [
        ({"COVGATE_JOBS": "1"}, CACHE, 1),
        ({"COVGATE_JOBS": "3"}, CACHE, 3),
        ({"COVGATE_JOBS": "5000"}, CACHE, 8),
        ({"COVGATE_JOBS": "2", "COVGATE_CACHE": "off"}, None, 2),
        ({"COVGATE_JOBS": "2", "COVGATE_CACHE": "kept"}, Path("kept/static.sqlite"), 2),
    ],
)
def test_the_environment_chooses(tmp_path: Path, environment: dict[str, str], cache: Path | None, jobs: int) -> None:
    choice = choose_parsing(tmp_path, environment)
    assert (choice.cache, choice.jobs) == (cache and tmp_path / cache, jobs)


def test_without_a_choice_every_processor_counts(tmp_path: Path) -> None:
    assert choose_parsing(tmp_path, {}).jobs >= 1


@pytest.mark.parametrize("jobs", ["0", "-1", "two", "1.5", "\u00b2", "9" * 5000])
def test_a_number_of_jobs_that_is_none_is_named(tmp_path: Path, jobs: str) -> None:
    with pytest.raises(UsageError, match="COVGATE_JOBS"):
        choose_parsing(tmp_path, {"COVGATE_JOBS": jobs})


def test_few_sources_are_not_worth_a_worker(many: Path) -> None:
    assert is_worth_a_worker([many])
    assert is_worth_a_worker([many / "m1.py", many])
    assert not is_worth_a_worker([many / "m1.py", many.parent / "nowhere"])
    for number in range(6):
        (many / f"m{number}.py").unlink()
    (many / "no_package").mkdir()
    (many / "no_package" / "m.py").touch()  # coverage.py does not look there
    assert not is_worth_a_worker([many])
    (many / "no_package" / "__init__.py").touch()
    assert is_worth_a_worker([many])

"""Where the way to a goal starts: what `covgate trend` shows as the first comparable record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from covgate.git.repository import open_repository
from covgate.git.revision import list_first_parents, revision_of
from covgate.history.start import find_start
from covgate.history.store import FILE, Store
from covgate.model.share import Share
from records import ENVIRONMENT, TIME, record, recorded
from repositories import Repository

OTHER = ENVIRONMENT._replace(systems=("Linux, Python 3.13",))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Four commits; the first was measured with another Python, the third has no record."""
    made = Repository(tmp_path / "project", hostile=False)
    for number in range(4):
        made.commit({"shop/cart.py": f"x = {number}\n"})
    opened = open_repository(made.root, made.environment)
    store = Store(made.root / FILE)
    for number, commit in enumerate(reversed(list_first_parents(opened, 9))):
        if number != 2:
            module = recorded("shop/cart.py", range(1, 11), range(1 + number, 11))
            key = ENVIRONMENT if number else OTHER
            found = revision_of(opened, commit.id)
            store.add([record(module, run=f"r{number}", revision=found, environment=key)])
    return made


def test_it_is_the_oldest_comparable_record_on_the_line(repository: Repository) -> None:
    store = Store(repository.root / FILE)
    commits = list_first_parents(open_repository(repository.root, repository.environment), 9)
    start = find_start(repository.root, repository.environment, store, key=ENVIRONMENT, run="now", now=TIME)
    assert start is not None
    assert (start.share, start.time, start.now) == (Share(1, 10), commits[2].time, commits[0].time)
    assert start.records == 2, "the run replaces the record of its commit"
    another = find_start(repository.root, repository.environment, store, key=OTHER, run="now", now=TIME)
    assert another is None, "the newest records are not comparable"


def test_without_records_there_is_none(repository: Repository) -> None:
    store = Store(repository.root / "none.sqlite")
    assert find_start(repository.root, repository.environment, store, key=ENVIRONMENT, run="r", now=TIME) is None


def test_outside_of_a_repository_every_other_run_counts(tmp_path: Path) -> None:
    store = Store(tmp_path / FILE)
    modules = [recorded("a.py"), recorded("a.py", range(1, 11), range(5, 11)), recorded("a.py", range(1, 11))]
    store.add(
        record(module, run=f"r{at}", revision=None, time=TIME + timedelta(days=at)) for at, module in enumerate(modules)
    )
    start = find_start(tmp_path, {}, store, key=ENVIRONMENT, run="r2", now=TIME + timedelta(days=9))
    assert start is not None
    assert (start.share, start.records) == (Share(4, 10), 2), "the first has nothing to cover, the last is the run"

"""What makes a run fast changes nothing that anybody sees."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from conftest import Project
from covgate.measurement.parsing.choice import CACHE, FEWEST

MANY = {
    f"shop/m{number}.py": f"def f(x):\n    if x:\n        return {number}\n    return 0\n"
    for number in range(FEWEST + 5)
}


def kept(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        (count,) = database.execute("SELECT count(*) FROM parsed").fetchone()
    return int(count)


@pytest.mark.parametrize("args", [(), ("--cov-branch", "-n", "2")], ids=["alone", "xdist"])
def test_the_verdict_is_the_same_cold_warm_and_alone(shop: Project, args: tuple[str, ...]) -> None:
    """Cold: a worker parses ahead. Alone: nothing is kept, and there is no other process."""
    shop.settings('[tool.covgate]\nmodule = 80\n[tool.coverage.run]\npatch = ["subprocess"]\n').write(MANY)
    cold = shop.json(*args)
    assert kept(shop.root / CACHE) == len({*MANY.values()}) + 3  # every source, by its content
    warm = shop.json(*args)
    alone = shop.json(*args, env={"COVGATE_JOBS": "1", "COVGATE_CACHE": "off"})
    assert cold.pop("record") is not None  # of three runs
    assert warm.pop("record")["modules"] == alone.pop("record")["modules"]
    assert cold == warm == alone
    assert cold["measured"]["files"] == len(MANY) + 3
    if "COVERAGE_COVERAGE" not in os.environ:  # our own gate measures everything, here too
        assert not list(shop.root.glob(".coverage.*"))  # nothing measured the worker


def test_both_doors_keep_it_in_one_place(shop: Project) -> None:
    shop.settings("[tool.covgate]\ntotal = 10\n")
    assert shop.pytest("--covgate").code == 0
    file = shop.root / CACHE
    before = kept(file)
    assert before == 3
    assert shop.covgate("check").code == 0
    assert kept(file) == before
    assert shop.covgate("check", env={"COVGATE_CACHE": "elsewhere"}).code == 0
    assert kept(shop.root / "elsewhere" / CACHE.name) == before


def test_asserts_need_not_be_rewritten(shop: Project) -> None:
    shop.settings("[tool.covgate]\ntotal = 10\n")
    assert shop.pytest("--covgate", "--assert=plain").code == 0


def test_it_can_be_switched_off(shop: Project) -> None:
    shop.settings("[tool.covgate]\ntotal = 10\n")
    assert shop.pytest("--covgate", env={"COVGATE_CACHE": "off", "COVGATE_HISTORY": "off"}).code == 0
    assert not (shop.root / ".covgate").exists()


def test_git_does_not_see_it(shop: Project) -> None:
    shop.settings("[tool.covgate]\ntotal = 10\n")
    subprocess.run(["git", "init", "-q", str(shop.root)], check=True)
    assert shop.pytest("--covgate").code == 0
    assert (shop.root / CACHE).exists()
    status = subprocess.run(
        ["git", "-C", str(shop.root), "status", "--porcelain", "-uall"], check=True, capture_output=True, text=True
    )
    assert ".covgate" not in status.stdout


@pytest.mark.parametrize("jobs", ["0", "many"])
def test_a_number_of_jobs_that_is_none_is_a_usage_error(shop: Project, jobs: str) -> None:
    run = shop.pytest("--covgate", env={"COVGATE_JOBS": jobs})
    assert run.code == 4
    assert f"COVGATE_JOBS: found '{jobs}'" in run.err
    assert shop.covgate("check", env={"COVGATE_JOBS": jobs}).code == 2


def test_a_cache_that_cannot_be_written_costs_only_time(shop: Project) -> None:
    shop.settings("[tool.covgate]\ntotal = 10\n").write({".covgate": "a file where the folder would be\n"})
    run = shop.pytest("--covgate")
    assert run.code == 0, run.out
    assert run.verdict.startswith("PASSED")

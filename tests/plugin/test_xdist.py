"""pytest-xdist: what is known of workers whose data did not come back."""

from __future__ import annotations

from types import SimpleNamespace

from conftest import Project
from covgate.plugin.xdist import lost_workers


def worker(name: str) -> SimpleNamespace:
    """A node as pytest-cov keeps it."""
    return SimpleNamespace(gateway=SimpleNamespace(id=name))


def test_no_worker_is_lost_where_pytest_cov_lists_none() -> None:
    assert lost_workers(SimpleNamespace()) is None
    assert lost_workers(SimpleNamespace(failed_workers=[])) is None


def test_each_lost_worker_is_named_once() -> None:
    reason = lost_workers(SimpleNamespace(failed_workers=[worker("gw3"), worker("gw1"), worker("gw3")]))
    assert reason is not None
    assert "no coverage data came back from xdist worker gw1, gw3;" in reason


def test_j11_a_worker_that_died_makes_the_verdict_an_error(shop: Project) -> None:
    shop.settings('[tool.covgate]\nsource = ["shop"]\ntotal = 10\n').write(
        {"tests/test_a.py": "import os\n\ndef test_dies(): os._exit(3)\n\ndef test_lives(): pass\n"}
    )
    run = shop.pytest("--covgate", "-n", "2")
    assert run.code == 1
    assert run.verdict.startswith("ERROR coverage gate: no verdict, no coverage data came back from xdist worker gw")

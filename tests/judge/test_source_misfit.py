"""Data of something else than the source: no pass, however much of it ran."""

from __future__ import annotations

from covgate.judge.source_misfit import describe_misfit
from covgate.model.snapshot import Snapshot


def test_data_that_fits_has_no_misfit() -> None:
    assert describe_misfit(Snapshot((), False), ["shop"]) is None


def test_what_is_lacking_and_what_is_too_much_is_named() -> None:
    snapshot = Snapshot((), False, lacking=("shop/a.py",), beyond=("tests/test_a.py", "x.py"))
    assert describe_misfit(snapshot, ["shop", "lib"]) == (
        'the data was not measured with source = ["shop", "lib"]: it lacks shop/a.py, and holds tests/test_a.py, x.py'
    )
    assert describe_misfit(snapshot._replace(beyond=()), ["shop"]) == (
        'the data was not measured with source = ["shop"]: it lacks shop/a.py'
    )

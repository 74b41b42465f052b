"""The use case, called as the doors call it, on real data."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from builders import TODAY
from conftest import Project
from covgate.errors import DataError
from covgate.measurement.run_table import read_record
from covgate.model.run_context import RunContext
from covgate.model.run_record import RunRecord
from covgate.project import Project as OpenedProject
from covgate.project import open_measured_project
from covgate.publish import parse_requests
from covgate.run import Request, find_change, read_modules, record_failure, record_only, run_gate

CONTEXT = RunContext(today=TODAY)


@pytest.fixture
def measured(shop: Project) -> OpenedProject:
    shop.settings('[tool.covgate]\nsource = ["shop"]\nmodule = 40\n')
    shop.python("-m", "coverage", "run", "--source=shop", "-m", "pytest", "-q")
    return open_measured_project(shop.root, {})


def test_it_reads_judges_and_publishes(measured: OpenedProject, tmp_path: Path) -> None:
    reports = parse_requests(["json", "junit:-", "badge:nowhere/covgate.svg"], tmp_path, {})
    (tmp_path / "nowhere").write_text("a file in the way of a folder")
    verdict, published, _ = run_gate(Request(project=measured, context=CONTEXT, reports=reports))
    assert verdict.status == "failed"
    assert verdict.failing_modules == {"shop/unused.py"}
    assert (tmp_path / "covgate.json").is_file()
    (printed,) = published.printed
    assert printed.startswith("<?xml")
    (error,) = published.errors
    assert "covgate.svg could not be written" in error.message


def test_j6_data_that_cannot_be_read_is_an_error_and_never_a_pass(measured: OpenedProject) -> None:
    nowhere = measured.measurement._replace(data_file=measured.root / "nowhere")
    verdict, _, _ = run_gate(Request(project=measured._replace(measurement=nowhere), context=CONTEXT))
    assert verdict.status == "error"
    assert "no coverage data at" in verdict.checks[0].reason


def test_the_record_of_a_run_is_kept_with_its_data(measured: OpenedProject) -> None:
    record = RunRecord(run="one", selection="-k cart")
    run_gate(Request(project=measured, context=CONTEXT, record=record))
    kept = read_record(measured.measurement.data_file)
    assert isinstance(kept, RunRecord)
    assert (kept.run, kept.partial, sorted(kept.files)) == (
        "one",
        "-k cart",
        ["shop/__init__.py", "shop/cart.py", "shop/unused.py"],
    )


def test_a_run_may_be_recorded_without_a_judgement(measured: OpenedProject) -> None:
    assert record_only(measured, RunRecord(run="two", is_shard=True)) == 3
    with pytest.raises(DataError):
        record_only(
            measured._replace(measurement=measured.measurement._replace(data_file=Path("/nowhere"))), RunRecord(run="")
        )


def test_a_run_that_failed_by_our_error_is_recorded_as_incomplete(measured: OpenedProject) -> None:
    record_failure(measured, RunRecord(run="three"))
    kept = read_record(measured.measurement.data_file)
    assert isinstance(kept, RunRecord)
    assert kept.incomplete == "the run ended with an internal error of covgate"


def test_text_is_read_only_of_the_modules_that_somebody_asks_for(measured: OpenedProject) -> None:
    assert read_modules(measured, CONTEXT).texts == {}
    assert sorted(read_modules(measured, CONTEXT, texts_of=["shop.cart"]).texts) == ["shop/cart.py"]
    assert len(read_modules(measured, CONTEXT, all_texts=True).texts) == 3


def test_without_a_repository_the_change_is_not_available(measured: OpenedProject) -> None:
    change = find_change(measured)
    assert "no git repository" in getattr(change, "reason", "")


def test_the_garbage_collector_works_again_afterwards(measured: OpenedProject) -> None:
    gc.enable()
    run_gate(Request(project=measured, context=CONTEXT))
    assert gc.isenabled()

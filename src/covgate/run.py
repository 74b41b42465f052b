"""One run of the gate on one screen: read the change and the data, judge. Both doors call it."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timezone

from covgate.errors import CovgateError
from covgate.git.change import ChangeRequest, read_change
from covgate.git.repository import share_repositories
from covgate.judge.naming import is_test
from covgate.judge.verdict import Circumstances, judge, no_verdict
from covgate.measurement.data_files import refuse_committed
from covgate.measurement.reader import read_snapshot
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.rules import RulesChange
from covgate.model.snapshot import Snapshot
from covgate.model.verdict import Verdict
from covgate.project import Project
from covgate.rules.change import RulesRequest, read_rules_change


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a door asks: the verdict on which project and change, under which circumstances."""

    project: Project
    change: ChangeRequest
    circumstances: Circumstances
    all_sources: bool = False
    """Whether a report shows the source of modules that the change does not touch."""


def judge_run(request: Request) -> Verdict:
    """The verdict on a measurement; data that cannot be read make it an ERROR, never a pass."""
    with _collector_at_rest(), share_repositories():
        return _run(request)


def today() -> date:
    """The day in UTC: where a build runs does not decide what is still accepted."""
    return datetime.now(timezone.utc).date()


def read_inputs(request: Request, detailed: Collection[str] = ()) -> tuple[Change | ChangeUnavailable, Snapshot]:
    """What a request is about; of the modules that `detailed` names the source is kept too.

    Raises `CovgateError` for what cannot be read.
    """
    project, measurement = request.project, request.project.measurement
    if not measurement.measured_here:
        refuse_committed(measurement.data_file, measurement.data, project.root, request.change.environment)
    change = read_change(request.change, project.root)
    changed = {file.path for file in change.files} if isinstance(change, Change) else set()
    accepted = {entry.module.text.removeprefix("./") for entry in project.settings.accept}
    names = None if request.all_sources else accepted.union(detailed)
    finds_changes = request.circumstances.stale != "ignore"
    snapshot = read_snapshot(measurement, project.root, changed, project.parsing, names, finds_changes=finds_changes)
    return change, snapshot


def _run(request: Request) -> Verdict:
    settings = request.project.settings
    try:
        change, snapshot = read_inputs(request)
    except CovgateError as error:
        reason = f"{error.message}; {error.remedy}"
        return no_verdict(reason, settings, request.circumstances)
    rules = _read_rules(request, change, snapshot)
    return judge(snapshot, settings, request.circumstances, change, rules)


def _read_rules(
    request: Request, change: Change | ChangeUnavailable, snapshot: Snapshot
) -> RulesChange | ChangeUnavailable:
    """The gate's rules at the base and now."""
    measured = [module.path for module in (*snapshot.unmeasured, *snapshot.modules)]
    measurement = request.project.measurement
    rules = RulesRequest(
        root=request.project.root,
        folder=measurement.base,
        config_file=measurement.config_file,
        source=measurement.source,
        environment=request.change.environment,
        is_test=is_test,
    )
    return read_rules_change(change, measured, rules)


@contextlib.contextmanager
def _collector_at_rest() -> Iterator[None]:
    """A verdict makes many values that all stay; collecting would walk what the tests left, over and over."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

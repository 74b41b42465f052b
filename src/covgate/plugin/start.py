"""Switching the gate on: settings, mode, what to measure, and pytest-cov's options."""

from __future__ import annotations

import argparse
import copy
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from covgate.ci import is_ci
from covgate.config.mode import RUN_MODES, ModeChoice, choose_mode
from covgate.config.root import require_settings_at
from covgate.config.settings import read_settings
from covgate.errors import CovgateError, UsageError, internal_error_text
from covgate.git.request import ChangeRequest, change_request
from covgate.measurement.location import Measurement
from covgate.measurement.sources import Sources
from covgate.model.run_record import MeasuringOptions, RunRecord
from covgate.model.settings import Settings
from covgate.plugin.core import chosen_core
from covgate.plugin.measuring import MeasuringStart, RunData
from covgate.plugin.session import GateOff, GateOptions, GateSession, RunPlan
from covgate.project import CONFIG_FILE, Project, open_project, relative_to_root

if TYPE_CHECKING:
    from covgate.publish import ReportRequest

# Options under which pytest runs no test: there is nothing to measure.
NO_RUN = (
    "help",
    "version",
    "collectonly",
    "showfixtures",
    "show_fixtures_per_test",
    "markers",
    "cacheshow",
    "setupplan",
    "setuponly",
)
# Options of pytest-cov that decide what is measured, as a user writes them.
MEASURING = {
    "cov_source": "--cov",
    "cov_append": "--cov-append",
    "cov_branch": "--cov-branch",
    "cov_config": "--cov-config",
}
PARTIAL = ("advisory", "fail")
SHOW_WARNINGS = "default::coverage.exceptions.CoverageWarning"


def switch_on(config: pytest.Config, parser: pytest.Parser, args: list[str]) -> GateSession | GateOff | None:
    """The plugin for this run, after `args` and the known options have what pytest-cov needs.

    None where no test runs. Raises `pytest.UsageError` for whatever the user can correct.
    """
    options = config.known_args_namespace
    if any(getattr(options, name, None) for name in NO_RUN):
        return None
    try:
        if options.no_covgate:
            return GateOff("--no-covgate")
        require_settings_at(config.rootpath)
        settings = read_settings(config.rootpath)
        mode = choose_mode(options.covgate_mode, os.environ, settings, allowed=RUN_MODES)
        if mode.mode == "off":
            return GateOff(mode.source)
        _require_pytest_cov(config, options)
        if options.no_cov:
            return GateOff("--no-cov")
        return _session(config, parser, args, settings, mode)
    except CovgateError as error:
        raise pytest.UsageError(f"coverage gate: {error}") from None
    except Exception as error:
        raise pytest.UsageError(f"coverage gate: {internal_error_text(error, os.environ)}") from None


def _session(
    config: pytest.Config, parser: pytest.Parser, args: list[str], settings: Settings, mode: ModeChoice
) -> GateSession:
    options, root, here = config.known_args_namespace, config.rootpath, Path.cwd()
    measuring = _measuring_options(options, root, here)
    project = open_project(root, settings, measuring, os.environ)
    change = _change_request(options, project, here)
    data = RunData(project.measurement.data_file)
    project = project._replace(
        change=change,
        measurement=_measurement(options, project, data),
        baseline=None if options.covgate_baseline is None else _baseline(options.covgate_baseline, here, project),
    )
    configured = parser.parse_known_args(list(config.getini("addopts")), namespace=copy.copy(config.option))
    has_contexts = bool(options.cov_context) or project.coverage_settings.dynamic_context
    core = chosen_core(project.coverage_settings, branch=bool(options.cov_branch), has_contexts=has_contexts)
    plan = RunPlan(
        project=project,
        options=_gate_options(options, mode, here),
        measuring=measuring,
        deviations=tuple(
            flag for name, flag in MEASURING.items() if getattr(options, name, None) != getattr(configured, name, None)
        ),
        configured=configured,
        start=MeasuringStart(root, core, data),
        records_map=settings.map and not options.no_covgate_map,
        has_contexts=has_contexts,
    )
    args[:0] = _added_options(options, project.sources)
    config.known_args_namespace = parser.parse_known_args(args, namespace=copy.copy(config.option))
    _anchor_options(config.known_args_namespace, measuring, root, here)
    _show_warnings(config)
    data.prepare(append=bool(options.cov_append))
    return GateSession(plan)


def _change_request(options: argparse.Namespace, project: Project, here: Path) -> ChangeRequest:
    request = change_request(
        project.settings,
        base=options.covgate_base,
        diff=None if options.covgate_diff is None else here / options.covgate_diff,
        staged=options.covgate_staged,
        environment=project.environment,
    )
    if request.base is not None or request.diff is not None:
        from covgate.git.change import check_request

        check_request(request, project.root)
    return request


def _baseline(given: str, here: Path, project: Project) -> str:
    """Return a revision as it is, and a file by its whole path: tests may change the folder."""
    from covgate.history.baseline import check_named

    named = str(here / given) if (here / given).is_file() else given
    check_named(named, project.root, project.environment)
    return named


def _measurement(options: argparse.Namespace, project: Project, data: RunData) -> Measurement:
    """Return where this run measures; raises `DataError` where it would add to data that is committed."""
    measurement = project.measurement._replace(measured_here=True)
    if not options.cov_append:
        return measurement
    from covgate.measurement.data_files import refuse_committed
    from covgate.measurement.run_table import read_map, read_record

    refuse_committed(data.usual, (), project.root, project.environment)
    if not data.usual.is_file():
        return measurement
    earlier = read_record(data.usual)
    record = earlier if isinstance(earlier, RunRecord) else None
    known = None if record is None else read_map(data.usual)
    return measurement._replace(record=record, adds_to_earlier=True, earlier_map=known)


def _measuring_options(options: argparse.Namespace, root: Path, here: Path) -> MeasuringOptions:
    """What pytest-cov's options say, independent of the folder in which they were given."""
    is_usual = options.cov_config == CONFIG_FILE
    return MeasuringOptions(
        config_file=None if is_usual else relative_to_root(root, options.cov_config, here),
        source=_source_values(options.cov_source, root, here) if options.cov_source else None,
        judges_fail_under=options.cov_fail_under is None,  # an explicit --cov-fail-under stays pytest-cov's
    )


def _source_values(given: Sequence[object], root: Path, here: Path) -> tuple[str, ...]:
    """Folders relative to the root, and import names; none where a bare `--cov` leaves it to coverage.py's settings."""
    values = [value for value in given if isinstance(value, str) and value]
    if len(values) < len(given):
        return ()
    return tuple(relative_to_root(root, value, here) if (here / value).is_dir() else value for value in values)


def _anchor_options(options: argparse.Namespace, measuring: MeasuringOptions, root: Path, here: Path) -> None:
    """Paths that were given in another folder than the root, in which pytest-cov is started, keep their meaning."""
    if here == root:
        return
    if measuring.source:
        options.cov_source = [str(root / value) if (root / value).is_dir() else value for value in measuring.source]
    if measuring.config_file is not None:
        options.cov_config = str(root / measuring.config_file)
    if isinstance(options.cov_report, dict):
        kept = {"term", "term-missing"}  # their value is no path
        options.cov_report = {
            kind: str(here / value) if value and kind not in kept else value
            for kind, value in options.cov_report.items()
        }


def _show_warnings(config: pytest.Config) -> None:
    """A warning of coverage.py about its settings is shown, though the project turns warnings into errors.

    As an error it would end the run in a traceback while pytest-cov starts. Filters that name the
    category are left to decide.
    """
    options = config.known_args_namespace
    filters = [*config.getini("filterwarnings"), *(options.pythonwarnings or ())]
    if not any("CoverageWarning" in text for text in filters):
        options.pythonwarnings = [*(options.pythonwarnings or ()), SHOW_WARNINGS]


def _added_options(options: argparse.Namespace, sources: Sources | None) -> list[str]:
    """At the head of the arguments, so that whatever the user wrote still wins."""
    added = []
    if sources is not None and not options.cov_source:
        added += ["--cov" if value is None else f"--cov={value}" for value in sources.values]
    if not options.cov_report:
        added.append("--cov-report=")  # no report nobody asked for
    if options.cov_fail_under is None:
        added.append("--cov-fail-under=0")  # fail_under is judged once, by covgate
    return added


def _require_pytest_cov(config: pytest.Config, options: argparse.Namespace) -> None:
    if hasattr(options, "cov_source"):
        return
    if config.pluginmanager.is_blocked("pytest_cov"):
        raise UsageError(
            "option-conflict",
            "pytest-cov is switched off (-p no:cov or -p no:pytest_cov)",
            "drop that option, or --covgate",
        )
    raise UsageError(
        "missing-package",
        "pytest-cov is not loaded, and covgate measures through it",
        "pip install pytest-cov; where plugins are not loaded by themselves, add -p pytest_cov",
    )


def _judges_partial(given: str | None) -> bool:
    """Whether a run of a part of the tests is judged: by default in a CI."""
    if given is not None and given not in PARTIAL:
        raise UsageError("option-value", f"--covgate-partial: found {given!r}", f"allowed: {', '.join(PARTIAL)}")
    return is_ci(os.environ) if given is None else given == "fail"


def _gate_options(options: argparse.Namespace, mode: ModeChoice, here: Path) -> GateOptions:
    return GateOptions(
        mode=mode,
        judge_partial=_judges_partial(options.covgate_partial),
        reports=_reports(options, mode, here),
        all_rows=options.covgate_all,
        strict=options.covgate_strict,
    )


def _reports(options: argparse.Namespace, mode: ModeChoice, here: Path) -> tuple[ReportRequest, ...]:
    if not options.covgate_reports:
        return ()
    from covgate.publish import parse_requests

    requests = parse_requests(options.covgate_reports, here, os.environ)
    if requests and mode.mode == "measure":
        raise UsageError(
            "option-conflict",
            f"--covgate-report needs a verdict, and {mode.source} judges nothing",
            "ask covgate check for the report, where it judges the data of all shards",
        )
    return requests

"""Switching the gate on: settings, mode, what to measure, and pytest-cov's options."""

from __future__ import annotations

import argparse
import copy
import os
from pathlib import Path

import pytest

from covgate.errors import CovgateError, UsageError
from covgate.inputs.change.read import change_request
from covgate.inputs.ci import report_context
from covgate.inputs.coverage_data import Measurement
from covgate.inputs.coverage_settings import CoverageSettings, read_coverage_settings
from covgate.inputs.settings import read_settings, unjudged_fail_under, with_fail_under
from covgate.inputs.sources import Sources, configured_sources, discovered_sources, source_places
from covgate.inputs.static.parsing import parsing_choice
from covgate.internal_error import internal_error_text
from covgate.mode import ModeChoice, choose_mode
from covgate.model.settings import Settings
from covgate.plugin.core import Core, chosen_core
from covgate.plugin.session import GateOff, GateSession, RunPlan
from covgate.publish import parse_requests

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


def switch_on(config: pytest.Config, parser: pytest.Parser, args: list[str]) -> GateSession | GateOff | None:
    """The plugin for this run, after `args` and the known options have what pytest-cov needs.

    None where no test runs. Raises `pytest.UsageError` for whatever the user can mend.
    """
    options = config.known_args_namespace
    if any(getattr(options, name, None) for name in NO_RUN):
        return None
    try:
        if options.no_covgate:
            return GateOff("--no-covgate")
        settings = read_settings(config.rootpath)
        mode = choose_mode(options.covgate_mode, os.environ, settings)
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
    options = config.known_args_namespace
    base = Path.cwd()
    coverage_settings = read_coverage_settings(options.cov_config, base)
    sources = _sources(config.rootpath, options, settings, coverage_settings)
    notes: tuple[str, ...] = ()
    if options.cov_fail_under is None:  # an explicit --cov-fail-under stays pytest-cov's
        notes = unjudged_fail_under(settings, coverage_settings.fail_under)
        settings = with_fail_under(settings, coverage_settings.fail_under)
    configured = parser.parse_known_args(list(config.getini("addopts")), namespace=copy.copy(config.option))
    plan = RunPlan(
        root=config.rootpath,
        measurement=Measurement(
            base=base,
            config_file=options.cov_config,
            data_file=coverage_settings.data_file,
            measured_here=True,
            source=source_places(config.rootpath, base, _source_values(options, sources, coverage_settings)),
        ),
        settings=settings,
        mode=mode,
        sources=sources,
        configured=configured,
        change=change_request(
            settings,
            base=options.covgate_base,
            diff=None if options.covgate_diff is None else base / options.covgate_diff,
            staged=options.covgate_staged,
            environment=os.environ,
            root=config.rootpath,
        ),
        notes=notes,
        judge_partial=_partial_choice(options.covgate_partial) == "fail",
        reports=parse_requests(options.covgate_reports or (), base, os.environ),
        context=report_context(config.rootpath, os.environ) if options.covgate_reports else None,
        measuring_options=tuple(
            flag for name, flag in MEASURING.items() if getattr(options, name, None) != getattr(configured, name, None)
        ),
        all_rows=options.covgate_all,
        strict=options.covgate_strict,
        parsing=parsing_choice(config.rootpath, os.environ),
        core=Core(
            chosen_core(coverage_settings, branch=bool(options.cov_branch), test_contexts=bool(options.cov_context))
        ),
    )
    args[:0] = _added_options(options, sources)
    config.known_args_namespace = parser.parse_known_args(args, namespace=copy.copy(config.option))
    return GateSession(plan)


def _added_options(options: argparse.Namespace, sources: Sources | None) -> list[str]:
    """At the head of the arguments, so that whatever the user wrote still wins."""
    added = []
    if sources is not None:
        added += ["--cov" if value is None else f"--cov={value}" for value in sources.values]
    if not options.cov_report:
        added.append("--cov-report=")  # no report nobody asked for
    if options.cov_fail_under is None:
        added.append("--cov-fail-under=0")  # fail_under is judged once, by covgate
    return added


def _sources(
    root: Path, options: argparse.Namespace, settings: Settings, coverage_settings: CoverageSettings
) -> Sources | None:
    """None where `--cov` options are given: they stand as they are."""
    if options.cov_source:
        return None
    if settings.source:
        return configured_sources(root, settings.source)
    if coverage_settings.source:
        return Sources(values=(None,), found_by="coverage.py's settings")
    return discovered_sources(root)


def _source_values(
    options: argparse.Namespace, sources: Sources | None, coverage_settings: CoverageSettings
) -> list[str]:
    """What `--cov` says, or covgate adds to it; a bare `--cov` leaves it to coverage.py's settings."""
    given = options.cov_source if sources is None else sources.values
    named = [value for value in given if isinstance(value, str) and value]
    return named if len(named) == len(given) else list(coverage_settings.source)


def _require_pytest_cov(config: pytest.Config, options: argparse.Namespace) -> None:
    if hasattr(options, "cov_source"):
        return
    if config.pluginmanager.is_blocked("pytest_cov"):
        raise UsageError("pytest-cov is switched off (-p no:cov or -p no:pytest_cov)", "drop that option, or --covgate")
    raise UsageError(
        "pytest-cov is not loaded, and covgate measures through it",
        "pip install pytest-cov; where plugins are not loaded by themselves, add -p pytest_cov",
    )


def _partial_choice(given: str | None) -> str:
    if given is None or given in PARTIAL:
        return given or "advisory"
    raise UsageError(f"--covgate-partial: found {given!r}", f"allowed: {', '.join(PARTIAL)}")

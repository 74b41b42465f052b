"""The pytest door: options and hooks. Nothing more is imported until `--covgate` is given."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Generator, Iterator
from typing import Any

import pytest

SESSION = "covgate-session"
NEEDS_COVGATE = {
    "covgate_mode": "--covgate-mode",
    "covgate_partial": "--covgate-partial",
    "covgate_reports": "--covgate-report",
    "covgate_base": "--covgate-base",
    "covgate_diff": "--covgate-diff",
    "covgate_baseline": "--covgate-baseline",
    "covgate_staged": "--covgate-staged",
    "covgate_all": "--covgate-all",
    "covgate_strict": "--covgate-strict",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("covgate", "coverage gate (settings: [tool.covgate] in pyproject.toml)")
    group.addoption(
        "--covgate",
        action="store_true",
        help="Measure coverage and hold every module to its target; fail the run where one is missed.",
    )
    group.addoption(
        "--no-covgate", action="store_true", help="Switch the gate off, whatever other options and settings say."
    )
    group.addoption(
        "--covgate-mode",
        metavar="MODE",
        help="fail (default), warn (print, leave the exit code alone), off, or measure (a shard: measure, judge "
        "nothing). Precedence: this option, COVGATE_MODE, tool.covgate.mode.",
    )
    group.addoption(
        "--covgate-partial",
        metavar="HOW",
        help="What a run of a part of the tests does: advisory prints, fail judges all the same "
        "(default: advisory, in a CI fail).",
    )
    group.addoption(
        "--covgate-report",
        action="append",
        metavar="FORMAT[:PATH]",
        dest="covgate_reports",
        help="Write the verdict, e.g. json:covgate.json; - as PATH is standard output (multi-allowed).",
    )
    group.addoption(
        "--covgate-base",
        metavar="REF",
        help="Compare the change with the merge-base of HEAD and REF (default: tool.covgate.changed.base, "
        "the CI's target branch, origin/HEAD, origin/main, ...).",
    )
    group.addoption("--covgate-diff", metavar="FILE", help="Take the change from a unified diff instead of from git.")
    group.addoption(
        "--covgate-baseline",
        metavar="REF",
        help="Compare with the record of REF, a revision or a file (default: the record of the base).",
    )
    group.addoption(
        "--covgate-staged", action="store_true", help="Judge what is staged (the index), compared with HEAD."
    )
    group.addoption(
        "--covgate-strict", action="store_true", help="Also fail if an accepted gap is covered or no longer there."
    )
    group.addoption("--covgate-all", action="store_true", help="Show every module, gap and uncovered changed line.")
    group.addoption(
        "--no-covgate-map", action="store_true", help="Do not record which test runs what (tool.covgate.map)."
    )


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    from covgate.plugin import hookspecs

    pluginmanager.add_hookspecs(hookspecs)
    pluginmanager.register(_MeasuringHasStarted(), "covgate-started")


class _MeasuringHasStarted:
    """Runs after pytest-cov, which comes first, and before conftest files are loaded, which comes last."""

    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> None:
        session = early_config.pluginmanager.getplugin(SESSION)
        if session is not None and session.start is not None:
            session.begin(early_config)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None]:
    """Start pytest-cov before it looks at its options, so that imports by conftests count."""
    options = early_config.known_args_namespace
    if options.covgate:
        with as_compiled(early_config):
            from covgate.plugin.start import switch_on

            session = switch_on(early_config, parser, args)
        if session is not None:
            early_config.pluginmanager.register(session, SESSION)
            if session.start is not None:
                session.start.enter()
                try:
                    return (yield)
                finally:
                    session.start.leave()
    elif not options.no_covgate:
        _refuse_lone_options(options)
    return (yield)


@contextlib.contextmanager
def as_compiled(config: pytest.Config) -> Iterator[None]:
    """Import our modules as they were compiled when they were installed.

    pytest would compile those of a plugin anew, to rewrite its asserts, and where Python writes no
    bytecode in every run.
    """
    rewriting: Any = config.pluginmanager.rewrite_hook
    at = sys.meta_path.index(rewriting) if rewriting in sys.meta_path else None
    if at is None:
        yield
        return
    del sys.meta_path[at]
    try:
        yield
    finally:
        sys.meta_path.insert(at, rewriting)


def _refuse_lone_options(options: argparse.Namespace) -> None:
    given = [flag for name, flag in NEEDS_COVGATE.items() if getattr(options, name)]
    if given:
        from covgate.errors import UsageError

        remedy = "add --covgate, or --no-covgate to switch the gate off"
        raise pytest.UsageError(
            str(UsageError("option-conflict", f"{given[0]} does nothing without --covgate", remedy))
        )

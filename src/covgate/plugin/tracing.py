"""Watches whether coverage.py still traces: a test that calls sys.settrace ends it, and nobody says so."""

from __future__ import annotations

import sys
from collections.abc import Generator

import pytest

UNTRACED = "covgate_untraced"
"""The attribute of a test report, which pytest-xdist sends along, that nothing was traced any more when it was made."""


class TracingWatch:
    """Marks the reports of tests after which nothing traces; coverage.py's sysmon core uses no trace function."""

    def __init__(self) -> None:  # pragma: no cover - paused
        self._is_traced = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> None:  # pragma: no cover - paused
        self._is_traced = sys.gettrace() is not None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self,
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:  # pragma: no cover - paused
        report = yield
        if self._is_traced and sys.gettrace() is None:
            setattr(report, UNTRACED, True)
        return report

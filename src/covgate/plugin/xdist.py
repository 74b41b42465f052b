"""What a worker of pytest-xdist does for the controller, which judges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from covgate.plugin.measuring import MeasuringStart
from covgate.plugin.partial import RunEvents

DATA_FILE = "covgate_data_file"
DESELECTED = "covgate_deselected"


class WorkerSession:
    """Measures into the controller's data file and counts the tests that something deselects."""

    def __init__(self, config: pytest.Config, start: MeasuringStart) -> None:  # pragma: no cover - paused
        self._events = RunEvents()
        data_file = Path(config.workerinput[DATA_FILE])  # type: ignore[attr-defined]
        if data_file.parent.is_dir():  # else this is another machine, and pytest-cov sends the data
            start.data_file = data_file
        measuring = config.pluginmanager.getplugin("_cov")
        measuring.start = start.wrap(measuring.start)  # it starts to measure once the session starts

    def pytest_deselected(self, items: list[pytest.Item]) -> None:  # pragma: no cover - paused
        self._events.deselected += len(items)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:  # pragma: no cover - paused
        output: dict[str, Any] = session.config.workeroutput  # type: ignore[attr-defined]
        output[DESELECTED] = self._events.deselected

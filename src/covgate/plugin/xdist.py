"""pytest-xdist: what a worker does for the controller, and what the controller asks of its workers."""

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


class ControllerHooks:
    """Tells each worker where to measure, and counts what its workers deselected."""

    def __init__(self, data_file: Path, events: RunEvents) -> None:  # pragma: no cover - paused
        self._data_file = data_file
        self._events = events

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # pragma: no cover - paused
        node.workerinput[DATA_FILE] = str(self._data_file)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # pragma: no cover - paused
        """Count once: every worker deselects the same tests."""
        deselected = getattr(node, "workeroutput", {}).get(DESELECTED, 0)
        self._events.deselected = max(self._events.deselected, deselected)


def lost_workers(controller: Any) -> str | None:
    """Return why data is missing: workers of which pytest-cov got none."""
    failed = [node.gateway.id for node in getattr(controller, "failed_workers", ())]
    if not failed:
        return None
    return (
        f"no coverage data came back from xdist worker {', '.join(sorted(set(failed)))}; find out why the worker died"
    )

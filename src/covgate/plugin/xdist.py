"""pytest-xdist: what a worker does for the controller, and what the controller asks of its workers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from covgate.plugin import as_compiled
from covgate.plugin.measuring import MeasuringStart
from covgate.plugin.partial import RunEvents
from covgate.plugin.test_map import MapRecorder

DATA_FILE = "covgate_data_file"
MAP = "covgate_map"
DESELECTED = "covgate_deselected"


class WorkerSession:
    """Measures into the controller's data file, sends its map, and counts the tests that something deselects."""

    def __init__(
        self, config: pytest.Config, start: MeasuringStart, recorder: MapRecorder | None
    ) -> None:  # pragma: no cover - paused
        self._events = RunEvents()
        self._map = recorder
        self._measuring = config.pluginmanager.getplugin("_cov")
        data_file = Path(config.workerinput[DATA_FILE])  # type: ignore[attr-defined]
        if data_file.parent.is_dir():  # else this is another machine, and pytest-cov sends the data
            start.data_file = data_file
        self._measuring.start = start.wrap(self._measuring.start)  # it starts to measure once the session starts

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:  # pragma: no cover - paused
        if self._map is not None:
            self._map.start(self._measuring.cov_controller.cov)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:  # pragma: no cover - paused
        self._events.deselected += len(items)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:  # pragma: no cover - paused
        output: dict[str, Any] = session.config.workeroutput  # type: ignore[attr-defined]
        output[DESELECTED] = self._events.deselected
        if self._map is not None:
            with as_compiled(session.config):
                output[MAP] = self._map.encoded()


class ControllerHooks:
    """Tells each worker where to measure, gathers the workers' maps, and counts what they deselected."""

    def __init__(
        self, data_file: Path, events: RunEvents, maps: list[tuple[bytes, bytes]]
    ) -> None:  # pragma: no cover - paused
        self._data_file = data_file
        self._events = events
        self._maps = maps

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # pragma: no cover - paused
        node.workerinput[DATA_FILE] = str(self._data_file)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # pragma: no cover - paused
        """Count once: every worker deselects the same tests."""
        output = getattr(node, "workeroutput", {})
        self._events.deselected = max(self._events.deselected, output.get(DESELECTED, 0))
        if output.get(MAP) is not None:
            self._maps.append(output[MAP])


def lost_workers(controller: Any) -> str | None:
    """Return why data is missing: workers of which pytest-cov got none."""
    failed = [node.gateway.id for node in getattr(controller, "failed_workers", ())]
    if not failed:
        return None
    return (
        f"no coverage data came back from xdist worker {', '.join(sorted(set(failed)))}; find out why the worker died"
    )

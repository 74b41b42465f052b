"""A pytest plugin: writes the seconds from the end of the last test to the end of the run to a file."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

ended = 0.0


def pytest_runtest_logfinish() -> None:
    global ended
    ended = time.perf_counter()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    Path(os.environ["LAST_TEST_FILE"]).write_text(str(time.perf_counter() - ended))

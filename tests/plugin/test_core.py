"""Which core measures, who learns of it, and that nobody else does."""

from __future__ import annotations

import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import coverage
import pytest

from conftest import Project
from covgate.inputs.coverage_settings import CoverageSettings
from covgate.plugin import core as room
from covgate.plugin.core import chosen_core

PLAIN = CoverageSettings(
    data_file=Path(".coverage"),
    source=(),
    include=(),
    fail_under=Decimal(80),
    core=None,
    branch=False,
    has_plugins=False,
    dynamic_context=False,
    concurrency=("thread",),
    patch=(),
    file="",
)
HAS_MONITORING = sys.version_info >= (3, 12)
IS_OURS_TO_CHOOSE = (3, 12) <= sys.version_info < (3, 14)


def python(monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], taken: tuple[int, ...] = ()) -> None:
    has_it = version >= (3, 12)
    monitoring = SimpleNamespace(COVERAGE_ID=1, get_tool=lambda place: place in taken or None) if has_it else None
    monkeypatch.setattr(room, "sys", SimpleNamespace(version_info=version, monitoring=monitoring))


@pytest.mark.parametrize(
    ("version", "settings", "options", "core"),
    [
        ((3, 11), PLAIN, {}, None),
        ((3, 12), PLAIN, {}, "sysmon"),
        ((3, 13), PLAIN, {}, "sysmon"),
        ((3, 14), PLAIN, {}, None),  # coverage.py's own choice there
        ((3, 13), PLAIN, {"branch": True}, None),
        ((3, 13), replace(PLAIN, branch=True), {}, None),
        ((3, 13), PLAIN, {"test_contexts": True}, None),
        ((3, 13), replace(PLAIN, dynamic_context=True), {}, None),
        ((3, 13), replace(PLAIN, has_plugins=True), {}, None),
        ((3, 13), replace(PLAIN, concurrency=("thread", "gevent")), {}, None),
        ((3, 13), replace(PLAIN, concurrency=("multiprocessing",)), {}, "sysmon"),
        ((3, 13), replace(PLAIN, core="ctrace"), {}, None),
        ((3, 14), PLAIN, {"test_contexts": True}, "ctrace"),  # the default there would drop them
        ((3, 14), replace(PLAIN, core="sysmon"), {"test_contexts": True}, None),
        ((3, 11), PLAIN, {"test_contexts": True}, None),
    ],
)
def test_the_choice(
    monkeypatch: pytest.MonkeyPatch,
    version: tuple[int, int],
    settings: CoverageSettings,
    options: dict[str, bool],
    core: str | None,
) -> None:
    python(monkeypatch, version)
    assert chosen_core(settings, **{"branch": False, "test_contexts": False, **options}) == core


@pytest.mark.parametrize(
    ("version", "taken", "core"),
    [
        ((7, 15), (1,), "sysmon"),
        ((7, 15), (1, 2, 3, 4), "sysmon"),
        ((7, 15), (1, 2, 3, 4, 5), None),
        ((7, 14), (1,), None),  # coverage.py knows one place only
        ((7, 14), (2,), "sysmon"),
    ],
)
def test_other_tools_keep_their_places(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], taken: tuple[int, ...], core: str | None
) -> None:
    python(monkeypatch, (3, 12), taken)
    monkeypatch.setattr(room, "coverage", SimpleNamespace(version_info=version))
    assert chosen_core(PLAIN, branch=False, test_contexts=False) == core


TESTS = {
    "conftest.py": """
        import os
        assert "COVERAGE_CORE" not in os.environ

        def pytest_sessionstart():
            assert "COVERAGE_CORE" not in os.environ
        """,
    "tests/test_core.py": """
        import os, subprocess, sys
        import coverage
        import shop.cart

        def test_nobody_else_learns_of_it():
            assert "COVERAGE_CORE" not in os.environ

        def test_core():
            print("core:", type(coverage.Coverage.current()._collector.tracers[0] if
                  coverage.Coverage.current()._collector.tracers else None),
                  coverage.Coverage.current()._core.tracer_class.__name__)

        def test_a_measured_program():
            subprocess.run([sys.executable, "-W", "error", "-c", "import shop.unused; shop.unused.nobody()"], check=True)
        """,
}
SETTINGS = '[tool.covgate]\nsource = ["shop"]\n[tool.coverage.run]\npatch = ["subprocess"]\n'


def measured_with(shop: Project, *args: str, env: dict[str, str] | None = None) -> str:
    """The name of coverage.py's tracer in the process that runs the tests."""
    run = shop.pytest("--covgate", "--covgate-report=json:covgate.json", "-rP", *args, env=env)
    assert run.code == 0, run.out + run.err
    assert "warning" not in run.out.lower()
    (line,) = [line for line in run.out.splitlines() if line.startswith("core:")]
    return line.split()[-1]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_line_mode_is_measured_with_the_core_that_costs_least(shop: Project, workers: tuple[str, ...]) -> None:
    shop.settings(SETTINGS).write(TESTS)
    tracer = measured_with(shop, *workers)
    # Workers are measured as programs too, and older versions of coverage.py then keep their default.
    is_free = not workers or coverage.version_info >= room.TRIES_IN_TURN
    assert tracer == ("SysMonitor" if HAS_MONITORING and is_free else "CTracer")
    document = shop.report()
    assert (document["measured"]["units"], document["measured"]["covered"]) == (8, 5)  # the program's line too


@pytest.mark.skipif(not IS_OURS_TO_CHOOSE, reason="the default of this Python is kept")
@pytest.mark.parametrize(
    ("args", "env"),
    [(("--cov-branch",), {}), (("--cov-context=test",), {}), ((), {"COVERAGE_CORE": "ctrace"})],
)
def test_what_does_not_go_with_it_keeps_the_default(shop: Project, args: tuple[str, ...], env: dict[str, str]) -> None:
    text = TESTS["tests/test_core.py"]
    if env:  # what the user set is the user's
        text = text.replace('"COVERAGE_CORE" not in', '"COVERAGE_CORE" in')
    shop.settings(SETTINGS).write({"tests/test_core.py": text})
    assert measured_with(shop, *args, env=env) == "CTracer"


def test_the_choice_is_told_under_v(shop: Project) -> None:
    shop.settings(SETTINGS)
    quiet, told = shop.pytest("--covgate"), shop.pytest("--covgate", "-v")
    assert "core" not in quiet.out
    assert ("with coverage.py's sysmon core" in told.out) is IS_OURS_TO_CHOOSE

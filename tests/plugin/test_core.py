"""Which core measures, who learns of it, and that nobody else does."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import coverage
import pytest

from conftest import Project
from covgate.measurement.coverage_settings import CoverageSettings
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
    exclusions="",
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
        ((3, 13), PLAIN._replace(branch=True), {}, None),
        ((3, 13), PLAIN, {"has_contexts": True}, None),
        ((3, 13), PLAIN._replace(dynamic_context=True), {}, None),
        ((3, 13), PLAIN._replace(has_plugins=True), {}, None),
        ((3, 13), PLAIN._replace(concurrency=("thread", "gevent")), {}, None),
        ((3, 13), PLAIN._replace(concurrency=("multiprocessing",)), {}, "sysmon"),
        ((3, 13), PLAIN._replace(core="ctrace"), {}, None),
        ((3, 14), PLAIN, {"has_contexts": True}, "ctrace"),  # the default there would drop them
        ((3, 14), PLAIN._replace(core="sysmon"), {"has_contexts": True}, None),
        ((3, 14), PLAIN, {"branch": True}, None),
        ((3, 15), PLAIN._replace(dynamic_context=True), {}, "ctrace"),
        ((3, 15), PLAIN._replace(concurrency=("thread", "greenlet")), {}, "ctrace"),
        ((3, 15), PLAIN._replace(concurrency=("multiprocessing",), patch=("subprocess", "fork")), {}, None),
        ((3, 11), PLAIN, {"has_contexts": True}, None),
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
    assert chosen_core(settings, **{"branch": False, "has_contexts": False, **options}) == core


@pytest.mark.parametrize(
    ("version", "taken", "is_free"),
    [
        ((7, 15), (1,), True),
        ((7, 15), (1, 2, 3, 4), True),
        ((7, 15), (1, 2, 3, 4, 5), False),
        ((7, 14), (1,), False),  # coverage.py knows one place only
        ((7, 14), (2,), True),
    ],
)
def test_other_tools_keep_their_places(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], taken: tuple[int, ...], is_free: bool
) -> None:
    monkeypatch.setattr(room, "coverage", SimpleNamespace(version_info=version))
    python(monkeypatch, (3, 12), taken)
    assert chosen_core(PLAIN, branch=False, has_contexts=False) == ("sysmon" if is_free else None)
    python(monkeypatch, (3, 14), taken)  # where coverage.py's default would find no place and give up
    assert chosen_core(PLAIN, branch=False, has_contexts=False) == (None if is_free else "ctrace")


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


PLUGINS = {
    "covgate_pages.py": """
        import os
        from coverage import CoveragePlugin, FileReporter, FileTracer

        class Pages(CoveragePlugin, FileTracer):
            def file_tracer(self, filename):
                return self if os.path.basename(filename) == "render.py" else None

            def has_dynamic_source_filename(self):
                return True

            def dynamic_source_filename(self, filename, frame):
                return frame.f_locals["page"] if frame.f_code.co_name == "show" else None

            def line_number_range(self, frame):
                return frame.f_locals["line"], frame.f_locals["line"]

            def file_reporter(self, filename):
                return Page(filename)

            def find_executable_files(self, src_dir):
                return [os.path.join(src_dir, "page.html")] if os.path.basename(src_dir) == "shop" else []

        class Page(FileReporter):
            def lines(self):
                return {1, 2, 3, 4}

        def coverage_init(reg, options):
            reg.add_file_tracer(Pages())
        """,
    "covgate_contexts.py": """
        from coverage import CoveragePlugin

        class Contexts(CoveragePlugin):
            def dynamic_context(self, frame):
                return frame.f_code.co_name if frame.f_code.co_name.startswith("test") else None

        def coverage_init(reg, options):
            reg.add_dynamic_context(Contexts())
        """,
    "covgate_configures.py": """
        from coverage import CoveragePlugin

        class Configures(CoveragePlugin):
            def configure(self, config):
                config.set_option("report:exclude_also", ["raise ValueError"])

        def coverage_init(reg, options):
            reg.add_configurer(Configures())
        """,
    "shop/page.html": "<p>\n{{ one }}\n{{ two }}\n</p>\n",
    "shop/render.py": """
        import os

        PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "page.html")

        def show(page, line):
            return line
        """,
    "tests/test_core.py": """
        import subprocess, sys
        import coverage
        from shop.render import PAGE, show

        def test_page():
            show(PAGE, 2)

        def test_a_page_of_a_program():
            subprocess.run([sys.executable, "-c", "from shop.render import *; show(PAGE, 3)"], check=True)

        def test_core():
            print("core:", coverage.Coverage.current()._core.tracer_class.__name__)
        """,
}


def plugin_settings(plugin: str) -> str:
    return SETTINGS + f'plugins = ["{plugin}"]\n'


@pytest.mark.parametrize("args", [(), ("--cov-branch",), ("-n", "2")], ids=["alone", "branches", "xdist"])
def test_j2_plugins_that_trace_files_are_not_lost_to_the_default_core(shop: Project, args: tuple[str, ...]) -> None:
    """Issue F, Python 3.14 and 3.15: `sysmon`, the default there, would drop them, and no line of the page would count."""
    shop.settings(plugin_settings("covgate_pages")).write(PLUGINS)
    assert measured_with(shop, *args, env={"PYTHONPATH": str(shop.root)}) == "CTracer"
    (page,) = [gap for gap in shop.report()["gaps"] if gap["path"] == "shop/page.html"]
    assert (page["units"], page["missing"]) == (4, [[1, 1], [4, 4]])


@pytest.mark.parametrize(
    ("settings", "args"),
    [
        (plugin_settings("covgate_contexts"), ()),
        (SETTINGS + 'dynamic_context = "test_function"\n', ("-W", "ignore:Detected dynamic_context")),
        (SETTINGS, ("--cov-context=test",)),
        (SETTINGS, ("--cov-context=test", "--cov-branch", "-n", "2")),
    ],
    ids=["plugin", "dynamic_context", "cov-context", "cov-context with xdist"],
)
def test_j2_contexts_are_not_lost_to_the_default_core(shop: Project, settings: str, args: tuple[str, ...]) -> None:
    shop.settings(settings).write(PLUGINS)
    assert measured_with(shop, *args) == "CTracer"
    data = coverage.CoverageData(str(shop.root / ".coverage"))
    data.read()
    assert any("test_page" in context for context in data.measured_contexts())
    data.close()

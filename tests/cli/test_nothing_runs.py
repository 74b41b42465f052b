"""X1: a command runs nothing of the project that it judges, but the plugins that the data need."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import SHOP, Project

TOUCH = "import pathlib\npathlib.Path(__file__).with_name('executed.{}').touch()\n"
PLUGINS = {
    # A plugin of each kind that coverage.py knows, each of which tells that it was imported.
    "configurer.py": TOUCH.format("configurer")
    + "import coverage\nclass C(coverage.CoveragePlugin):\n    def configure(self, config):\n"
    + "        config.set_option('report:exclude_lines', ['def '])\n"
    + "def coverage_init(reg, options): reg.add_configurer(C())\n",
    "broken.py": TOUCH.format("broken") + "raise SystemExit(3)\n",
    "pack/__init__.py": TOUCH.format("pack"),
    "pack/inner.py": TOUCH.format("inner") + "def coverage_init(reg, options): pass\n",
    "tracer.py": TOUCH.format("tracer")
    + """
import os.path
import coverage

class Templates(coverage.CoveragePlugin):
    def file_tracer(self, filename):
        return Tracer(filename) if filename.endswith("render.py") else None

    def file_reporter(self, filename):
        return Reporter(filename)

class Tracer(coverage.FileTracer):
    def __init__(self, filename):
        self.page = os.path.join(os.path.dirname(filename), "page.html")

    def source_filename(self):
        return self.page

    def line_number_range(self, frame):
        return 2, 2

class Reporter(coverage.FileReporter):
    def lines(self):
        return {1, 2, 3}

def coverage_init(reg, options):
    reg.add_file_tracer(Templates())
""",
}
EVERYWHERE = {
    "conftest.py": TOUCH.format("conftest"),
    "setup.py": TOUCH.format("setup"),
    "sitecustom.py": TOUCH.format("sitecustom"),
    "shop/__init__.py": TOUCH.format("shop"),
    "shop/sub/__init__.py": TOUCH.format("sub"),
    "shop/sub/deep.py": "x = 1\n",
    "named/__init__.py": TOUCH.format("named"),
    "named/deep.py": TOUCH.format("deep"),
}
SETTINGS = """
[tool.covgate]
source = ["shop", "named.deep"]
total = 1
[tool.coverage.run]
source_pkgs = ["named.deep"]
relative_files = true
plugins = {}
debug = {}
debug_file = "debugged"
"""
COMMANDS = [
    ("check",),
    ("check", "--data", ".coverage", "second"),
    ("doctor",),
    ("explain", "shop.cart"),
    ("explain", "shop/cart.py:2"),
    ("init", "--force", "--dry-run"),
    ("accept", "shop.cart", "remove", "--reason=why", "--dry-run"),
    ("ratchet", "--complete", "--dry-run"),
    ("ratchet", "--complete", "--data", ".coverage", "second"),
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop, measured before the change names plugins."""
    shop = Project(tmp_path_factory.mktemp("template")).write({**SHOP, **PLUGINS, **EVERYWHERE})
    shop.settings(SETTINGS.format([], []))
    assert shop.pytest("--covgate").code == 0
    shutil.copy(shop.root / ".coverage", shop.root / "second")
    for left in [*shop.root.rglob("executed.*"), shop.root / "debugged"]:
        left.unlink(missing_ok=True)
    return shop.root


@pytest.fixture
def judged(template: Path, tmp_path: Path) -> Project:
    project = Project(shutil.copytree(template, tmp_path / "project"))
    names = ["configurer", "broken", "pack.inner", "tracer"]
    return project.settings(SETTINGS.format(names, ["config", "plugin", "sys"]))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_issue_f_20_a_command_runs_nothing_of_the_project(judged: Project, command: tuple[str, ...]) -> None:
    run = judged.covgate(*command, env={"PYTHONPATH": str(judged.root)})
    assert run.code in (0, 1), run
    assert [path.name for path in judged.root.rglob("executed.*")] == []
    assert not (judged.root / "debugged").exists()


def test_issue_f_20_plugins_that_are_left_out_are_named(judged: Project) -> None:
    run = judged.covgate("check", "--all", env={"PYTHONPATH": str(judged.root)})
    assert "coverage.py ran without configurer, broken, pack.inner, tracer" in run.out


@pytest.mark.parametrize("data", [(), ("--data", ".coverage", "second")], ids=["one file", "several"])
def test_issue_f_20_a_plugin_that_measured_a_file_runs_and_no_other(tmp_path: Path, data: tuple[str, ...]) -> None:
    project = Project(tmp_path).write({**SHOP, **PLUGINS})
    project.write({"shop/render.py": "x = 1\n", "shop/page.html": "<p>\n{{ x }}\n</p>\n"})
    project.write({"tests/test_render.py": "import shop.render\ndef test(): pass\n"})
    project.settings(SETTINGS.format(["tracer"], []))
    path = {"PYTHONPATH": str(project.root), "COVERAGE_CORE": "ctrace"}
    assert project.pytest("--covgate", env=path).code == 0
    shutil.copy(project.root / ".coverage", project.root / "second")
    for left in project.root.rglob("executed.*"):
        left.unlink()
    project.settings(SETTINGS.format(["configurer", "tracer", "broken"], []))
    run = project.covgate("explain", "shop/page.html", *data, env=path)
    assert "covered    1 of 3 statements" in run.out, run
    assert [left.name for left in project.root.rglob("executed.*")] == ["executed.tracer"]


def test_j2_plugins_that_change_settings_run_where_pytest_judges(judged: Project) -> None:
    """They have run in that process already; the numbers are those of coverage.py."""
    judged.settings(SETTINGS.format(["configurer"], []))
    with_plugin = judged.json(env={"PYTHONPATH": str(judged.root)})
    judged.settings(SETTINGS.format([], []))
    without = judged.json(env={"PYTHONPATH": str(judged.root)})
    assert with_plugin["measured"]["units"] < without["measured"]["units"]

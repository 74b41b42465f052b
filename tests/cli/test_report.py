"""`covgate report`, on real runs."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Project

SETTINGS = """\
[tool.covgate]
source = ["app", "lib"]
total = 50
module = 60
goal = 90
exclude = ["app.skipped"]
mode = "warn"

[tool.covgate.targets]
"app.strict" = { target = 70, goal = 95 }

[tool.covgate.components.core]
modules = ["app.strict", "app.deep.**", "app.skipped"]
target = 55
goal = 80
"""
HALF = "def f(x):\n    if x:\n        return 1\n    return 2\n"
FILES = {
    "pyproject.toml": SETTINGS,
    "app/__init__.py": "",
    "app/full.py": "x = 1\n",
    "app/skipped.py": HALF,
    "app/strict.py": HALF,
    "app/deep/__init__.py": "",
    "app/deep/none.py": "def f():\n    return 1\n",
    "lib/__init__.py": "x = 1\n",
    "tests/test_app.py": "import app.full, app.strict, lib\n\ndef test_f():\n    assert app.strict.f(1) == 1\n",
}
BY_NAME = """\
covered      %  target  goal  needed  to goal  result  module
 0 of 0      -      60    90       0        0  -       app/__init__.py
 0 of 0      -      60    90       0        0  -       app/deep/__init__.py
 0 of 2    0.0      60    90       2        2  FAILED  app/deep/none.py
 1 of 1  100.0      60    90       0        0  passed  app/full.py
 0 of 4    0.0       -     -       -        -  -       app/skipped.py
 3 of 4   75.0      70    95       0        1  passed  app/strict.py
 1 of 1  100.0      60    90       0        0  passed  lib/__init__.py

5 of 12   41.6      50    90       1        6  FAILED  total
needed: statements still to cover for the target; to goal: for the goal
"""
BY_FOLDER = """\
covered      %  target  goal  needed  to goal  files  result  folder
 4 of 9   44.4       -     -       0        1      4  passed  app/
 0 of 2    0.0       -     -       2        2      2  FAILED  app/deep/
 1 of 1  100.0       -     -       0        0      1  passed  lib/

5 of 12   41.6      50    90       1        6      7  FAILED  total
needed: statements still to cover for the target; to goal: for the goal
"""
BY_COMPONENT = """\
covered     %  target  goal  needed  to goal  files  result  component
 3 of 6  50.0      55    80       1        2      3  FAILED  core
 2 of 6  33.3       -     -       -        -      4  -       (in no component)

5 of 12  41.6      50    90       1        6      7  FAILED  total
needed: statements still to cover for the target; to goal: for the goal
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("report")).write(FILES)
    assert project.pytest("--covgate").code == 0
    return project


@pytest.mark.parametrize(
    ("args", "screen"),
    [((), BY_NAME), (("--by", "folder"), BY_FOLDER), (("--by", "component"), BY_COMPONENT)],
    ids=["modules", "folders", "components"],
)
def test_the_screens(measured: Project, args: tuple[str, ...], screen: str) -> None:
    run = measured.covgate("report", *args)
    assert (run.code, run.err) == (0, "")
    assert run.out == screen


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("name", "app/__init__.py app/deep/__init__.py app/deep/none.py"),
        ("percent", "app/deep/none.py app/skipped.py app/strict.py"),
        ("needed", "app/deep/none.py app/strict.py app/__init__.py"),
        ("missing", "app/skipped.py app/deep/none.py app/strict.py"),
        ("units", "app/skipped.py app/strict.py app/deep/none.py"),
        ("files", "app/__init__.py app/deep/__init__.py app/deep/none.py"),
    ],
)
def test_orders(measured: Project, key: str, first: str) -> None:
    rows = measured.covgate("report", "--sort", key).out.splitlines()[1:4]
    assert " ".join(row.split()[-1] for row in rows) == first


def test_folders_in_order_of_their_files(measured: Project) -> None:
    rows = measured.covgate("report", "--by", "folder", "--sort", "files").out.splitlines()[1:4]
    assert [row.split()[-1] for row in rows] == ["app/", "app/deep/", "lib/"]


def test_without_goals_there_are_no_columns_of_them(shop: Project) -> None:
    assert shop.pytest("--covgate").code == 0
    out = shop.covgate("report").out
    assert out.startswith("covered     %  target  needed  result  module\n")
    assert "goal" not in out


def test_a_module_with_conflicting_targets_fails_though_nothing_is_needed(shop: Project) -> None:
    shop.settings('[tool.covgate]\nmode = "warn"\n[tool.covgate.targets]\n"shop.c*" = 10\n"shop.*t" = 20\n')
    assert shop.pytest("--covgate").code == 0
    (row,) = [line for line in shop.covgate("report").out.splitlines() if line.endswith("shop/cart.py")]
    assert row.split()[-2] == "FAILED"


def test_accepted_gaps_are_not_needed(tmp_path: Path) -> None:
    project = Project(tmp_path).write(FILES)
    project.settings(SETTINGS + '[[tool.covgate.accept]]\nmodule = "app.deep.none"\nreason = "x"\n')
    assert project.pytest("--covgate").code == 0
    (row,) = [line for line in project.covgate("report").out.splitlines() if line.endswith("none.py")]
    assert row.split() == ["0", "of", "2", "0.0", "60", "90", "0", "0", "passed", "app/deep/none.py"]


def test_data_of_a_part_and_edited_source_are_said(shop: Project) -> None:
    shop.pytest("--covgate", "-k", "add")
    shop.write({"shop/unused.py": "x = 1\n"})
    run = shop.covgate("report")
    assert run.code == 0
    assert "note: the data is not of all tests (-k add)" in run.err
    assert "note: added, edited or deleted after the measurement: shop/unused.py; " in run.err


def test_all_lists_as_json(measured: Project) -> None:
    document = json.loads(measured.covgate("report", "--json", "--sort", "percent").out)
    assert (document["format"], document["by"], document["total"]["name"]) == (1, "module", "total")
    assert document["rows"][0] == {
        "name": "app/deep/none.py",
        "files": 1,
        "covered": 0,
        "units": 2,
        "percent": "0.0",
        "accepted": 0,
        "target": "60",
        "needed": 2,
        "goal": "90",
        "to_goal": 2,
        "status": "failed",
    }
    assert [row["status"] for row in document["rows"][1:4]] == [None, "passed", "passed"]
    assert [row["path"] for row in document["tests"]["untested"]["never_imported"]] == ["app/deep/none.py"]


def test_the_page_is_written_and_opened(example: Callable[[str], Project]) -> None:
    shop = example("shop")
    assert shop.pytest("--covgate").code == 0
    browser = shop.root / "browser.py"
    browser.write_text("import pathlib, sys\npathlib.Path('opened').write_text(sys.argv[1])\n")
    command = f"{shlex.quote(sys.executable)} {shlex.quote(str(browser))} %s"
    run = shop.covgate("report", "--html", "--open", env={"BROWSER": command})
    page = shop.root / "covgate.html"
    assert (run.code, run.err, run.out) == (0, "", f"wrote {page}\n")
    assert (shop.root / "opened").read_text() == page.as_uri()
    assert "<!doctype html>" in page.read_text(encoding="utf-8").lower()


def test_a_page_that_no_browser_shows(shop: Project) -> None:
    assert shop.pytest("--covgate").code == 0
    failing = f"{shlex.quote(sys.executable)} -c raise(SystemExit(1)) %s"
    run = shop.covgate("report", "--html", "--open", env={"BROWSER": failing, "PATH": "", "DISPLAY": ""})
    assert run.code == 0
    assert run.out == f"wrote {shop.root / 'covgate.html'}\n"
    assert run.err.endswith("note: no browser was found; open the file yourself\n")


def test_without_the_extra_the_message_names_it(shop: Project) -> None:
    assert shop.pytest("--covgate").code == 0
    code = "import sys; sys.modules['squarify'] = None; from covgate.cli.main import main; sys.exit(main(['report', '--html']))"
    run = shop.python("-c", code)
    assert run.code == 2
    assert 'pip install "pytest-covgate[html]"' in run.err


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("--by", "line"), 2, "invalid choice"),
        (("--sort", "colour"), 2, "invalid choice"),
        (("--open",), 2, "--open opens the HTML page  [option-conflict]\n  add --html"),
        (("--data", "nowhere"), 3, "no coverage data at"),
        (("--html", "--data", "nowhere"), 3, "no coverage data at"),
    ],
)
def test_wrong_use(measured: Project, args: tuple[str, ...], code: int, message: str) -> None:
    run = measured.covgate("report", *args)
    assert (run.code, run.out) == (code, "")
    assert message in run.err

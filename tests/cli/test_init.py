"""`covgate init`: a project adopts the gate, green today."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from conftest import Project
from covgate.config.toml import tomllib
from repositories import Repository

TABLE = """
[tool.covgate]
source = ["shop"]
module = 80
total = 37
goal = 80

[tool.covgate.targets]
"shop.cart" = 50
"shop.unused" = 0

[tool.covgate.history]
max_drop = 2
"""


@pytest.fixture
def measured(shop: Project) -> Project:
    """The shop as it comes, with data and a pyproject.toml of its own."""
    shop.settings("[tool.other]  # kept\nx = 1\n")
    assert shop.pytest("--covgate").code == 0
    return shop


def test_the_settings_written_are_green_today_and_red_after_a_loss(measured: Project) -> None:
    run = measured.covgate("init")
    assert run.code == 0
    assert "the goal is 80 %: a run that passes lists what is missing to it" in run.out
    assert "every module is held to 80 %; 0 of 2 modules reach it, 2 are held to what they have today" in run.out
    assert (measured.root / "pyproject.toml").read_text() == f"[tool.other]  # kept\nx = 1\n{TABLE}"
    green = measured.pytest("--covgate")
    assert green.code == 0
    assert "to the goal of 80 %" in green.out
    assert "below their goal" in green.out
    measured.write({"tests/test_shop.py": "import shop.cart\ndef test(): pass\n"})
    lost = measured.pytest("--covgate")
    assert lost.code == 1
    assert "shop/cart.py" in lost.out


def test_a_dry_run_shows_the_change_and_writes_nothing(measured: Project) -> None:
    before = (measured.root / "pyproject.toml").read_bytes()
    run = measured.covgate("init", "--dry-run", "--module=40")
    assert run.code == 0
    added = [line[1:] for line in run.out.splitlines() if line.startswith("+") and not line.startswith("+++")]
    expected = TABLE.replace("80", "40").replace('"shop.cart" = 50\n', "")
    assert added == expected.splitlines()
    assert (measured.root / "pyproject.toml").read_bytes() == before


def test_a_table_that_is_there_wants_force(measured: Project) -> None:
    assert measured.covgate("init").code == 0
    again = measured.covgate("init")
    assert again.code == 2
    assert "already has [tool.covgate]" in again.err
    assert measured.covgate("init", "--force", "--module", "40").code == 0
    text = (measured.root / "pyproject.toml").read_text()
    assert "module = 40" in text
    assert "[tool.other]  # kept" in text
    assert "shop.cart" not in text


KEPT = """
[tool.covgate]
source = ["shop"]
total = 20
mode = "fail"
exclude = ["shop.old.**"]
[tool.covgate.changed]
lines = false
[tool.covgate.history]
lost = "fail"
[tool.covgate.advice]
"shop.**" = "Ask first."
[tool.covgate.components."the cart"]
modules = ["shop.cart"]
target = 10.5
[[tool.covgate.accept]]
module = "shop.cart"
function = "remove"
reason = 'say "no"'
until = 2099-01-31
"""


def test_force_keeps_what_the_data_cannot_tell(measured: Project) -> None:
    own = measured.root / "pyproject.toml"
    own.write_text(f"[tool.other]\nx = 1\n{KEPT}")
    before = tomllib.loads(own.read_text())
    assert measured.covgate("init", "--force", "--module", "40").code == 0
    after = tomllib.loads(own.read_text())
    assert after["tool"]["covgate"].pop("module") == 40
    assert after["tool"]["covgate"].pop("goal") == 40
    assert after["tool"]["covgate"].pop("targets") == {"shop.unused": 0}
    assert after == before


def covgate_table(project: Project) -> dict[str, Any]:
    return dict(tomllib.loads((project.root / "pyproject.toml").read_text())["tool"]["covgate"])


def test_force_keeps_a_goal_and_its_day(measured: Project) -> None:
    measured.settings('[tool.covgate]\nsource = ["shop"]\ngoal = 90.5\nby = 2027-06-30\n')
    assert measured.covgate("init", "--force").code == 0
    table = covgate_table(measured)
    assert (table["goal"], str(table["by"]), table["module"]) == (90.5, "2027-06-30", 80)
    assert measured.pytest("--covgate").code == 0


def test_force_writes_no_module_target_above_a_goal_that_is_kept(measured: Project) -> None:
    measured.settings('[tool.covgate]\nsource = ["shop"]\ngoal = 70\n')
    run = measured.covgate("init", "--force")
    assert run.code == 2
    assert "tool.covgate.goal is 70, which is below --module 80" in run.err
    assert "raise the goal, or give --module 70" in run.err
    assert measured.covgate("init", "--force", "--module=70").code == 0
    assert covgate_table(measured)["goal"] == 70


def test_a_goal_that_is_switched_off_stays_so(measured: Project) -> None:
    measured.settings('[tool.covgate]\nsource = ["shop"]\ngoal = false\n')
    run = measured.covgate("init", "--force")
    assert covgate_table(measured)["goal"] is False
    assert "goal" not in run.out


def test_a_total_beyond_what_was_asked_for_leaves_the_goal_to_the_modules_below(measured: Project) -> None:
    """As a goal of the total it would be reached, which is an error in the settings."""
    assert measured.covgate("init", "--module=20").code == 0
    table = covgate_table(measured)
    assert "goal" not in table
    assert table["total"] == 37
    assert table["targets"] == {"shop.unused": {"target": 0, "goal": 20}}
    green = measured.pytest("--covgate")
    assert green.code == 0
    assert "below their goal" in green.out


def test_coverage_pys_fail_under_stays_the_total(measured: Project) -> None:
    measured.settings("[tool.coverage.report]\nfail_under = 10\n")
    assert measured.covgate("init").code == 0
    table = covgate_table(measured)
    assert ("total" in table, table["goal"]) == (False, 80)


def test_a_project_without_a_pyproject_gets_one(measured: Project) -> None:
    (measured.root / "pyproject.toml").unlink()
    assert measured.covgate("init").code == 0
    assert (measured.root / "pyproject.toml").read_text() == TABLE.lstrip()


def test_what_coverage_py_is_set_to_measure_is_not_said_twice(measured: Project) -> None:
    measured.settings('[tool.coverage.run]\nsource = ["shop"]\n')
    assert measured.covgate("init").code == 0
    assert "\nmodule = 80\n" in (measured.root / "pyproject.toml").read_text()
    assert "[tool.covgate]\nsource" not in (measured.root / "pyproject.toml").read_text()


def test_data_without_a_statement_is_no_measurement(project: Project) -> None:
    project.write({"run.py": "import os\n", ".coveragerc": "[report]\ninclude = nothing.py\n"})
    assert project.python("-m", "coverage", "run", "run.py").code == 0
    run = project.covgate("init", "--complete")
    assert run.code == 3
    assert "measure first, with pytest --covgate or coverage run" in run.err


def test_data_of_which_nobody_knows_the_tests_want_a_word(measured: Project) -> None:
    assert measured.python("-m", "coverage", "run", "--source=shop", "-m", "shop.cart").code == 0
    run = measured.covgate("init")
    assert run.code == 3
    assert "no record of a complete run of pytest --covgate is in" in run.err
    assert measured.covgate("init", "--complete").code == 0


def test_without_data_there_is_nothing_to_write(project: Project) -> None:
    project.write({"shop/__init__.py": "x = 1\n"})
    assert "[no-data]" in project.covgate("init").err
    assert "[no-data]" in project.covgate("ratchet").err


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("--data", "nowhere"), 3, "measure first, with pytest --covgate or coverage run"),
        (("--module=101",), 2, "argument --module: '101' is not a whole percentage from 0 to 100\n"),
        (("--module=-1",), 2, "argument --module: '-1' is not a whole percentage from 0 to 100\n"),
        (("--module=much",), 2, "argument --module: 'much' is not a whole percentage from 0 to 100\n"),
        (("--root=nowhere",), 2, "no such folder"),
    ],
)
def test_wrong_use(measured: Project, args: tuple[str, ...], code: int, message: str) -> None:
    run = measured.covgate("init", *args)
    assert run.code == code
    assert message in run.out + run.err
    assert "covgate" not in (measured.root / "pyproject.toml").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="links want rights there")
def test_a_link_stays_a_link(measured: Project) -> None:
    own = measured.root / "pyproject.toml"
    own.rename(measured.root / "shared.toml")
    own.symlink_to("shared.toml")
    assert measured.covgate("init").code == 0
    assert own.is_symlink()
    assert "[tool.covgate]" in (measured.root / "shared.toml").read_text()


def test_what_the_branch_still_has_to_do_is_said(shop: Project) -> None:
    shop.settings("")
    repository = Repository(shop.root)
    repository.commit()
    repository.git("checkout", "-qb", "feature")
    shop.write({"shop/fresh.py": "def new(a):\n    if a:\n        return 1\n    return 2\n"})
    assert shop.pytest("--covgate").code == 1
    run = shop.covgate("init", "--dry-run", cwd="shop")
    assert run.out.endswith(
        "  the change: 0.0 % covered, target 80 %, 4 more statements needed\n  shop/fresh.py: not covered: lines 1-4\n"
    )
    assert "\nthis branch, compared with main (" in run.out
    assert shop.covgate("init").out.endswith("lines 1-4\nnext: pytest --covgate, or covgate check\n")

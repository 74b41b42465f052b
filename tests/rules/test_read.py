"""The rules that the settings files of one folder give, read as coverage.py, pytest and covgate read them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from covgate.model.rules import CoverageRules, Rules
from covgate.rules.read import add_places, lost_files, read_rules, settings_files

PYPROJECT = """\
[tool.covgate]
total = 70

[tool.pytest.ini_options]
addopts = "-q"

[tool.coverage.run]
branch = true
source = ["src"]
plugins = ["no_such_plugin"]

[tool.coverage.report]
fail_under = 62.5
omit = ["*/generated/*"]
exclude_also = ["if TYPE_CHECKING:"]

[tool.coverage.paths]
source = ["src", "*/site-packages"]
"""


def test_all_three_tools_are_read_from_one_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    rules = read_rules(tmp_path, ".coveragerc")
    assert rules.settings.total == 70
    assert rules.pytest.addopts == ("-q",)
    assert rules.coverage is not None
    assert rules.coverage.file == "pyproject.toml"
    assert rules.coverage.fail_under == Decimal("62.5")
    assert rules.coverage.switches["run.branch"] is True
    lists = {name: items for name, items in rules.coverage.lists.items() if items}
    assert {name: lists[name] for name in ("run.source", "run.plugins", "report.omit", "paths.source")} == {
        "run.source": ("src",),
        "run.plugins": ("no_such_plugin",),
        "report.omit": ("*/generated/*",),
        "paths.source": ("src", "*/site-packages"),
    }


def test_exclusions_of_ones_own_are_told_apart_from_coverage_pys(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "bare").mkdir()
    with_own, without = (read_rules(folder, ".coveragerc") for folder in (tmp_path, tmp_path / "bare"))
    assert with_own.coverage is not None
    assert without.coverage is not None
    assert with_own.coverage.lists["report.exclude_also"] == ("if TYPE_CHECKING:",)
    assert with_own.coverage.lists["report.exclude_lines"] == without.coverage.lists["report.exclude_lines"]
    assert without.coverage.file == ""


def test_the_named_file_of_coverage_py_counts_where_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text("[coverage:report]\nfail_under = 10\n")
    (tmp_path / "own.ini").write_text("[report]\nfail_under = 20\n")
    found = [read_rules(tmp_path, name).coverage for name in ("own.ini", "gone.ini")]
    assert [(one.file, one.fail_under) for one in found if one] == [
        ("own.ini", Decimal(20)),
        ("setup.cfg", Decimal(10)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[tool.coverage]\nrun = 3\n",
        "[tool.coverage.run]\nbranch = 'maybe'\n",
        "[tool.coverage.report]\nexclude_also = ['(']\n",
    ],
)
def test_settings_that_coverage_py_cannot_read_are_not_known(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert read_rules(tmp_path, ".coveragerc").coverage is None


def test_a_level_that_is_no_number_counts_as_not_set(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.coverage.report]\nfail_under = 80\n[tool.covgate]\ntotal = 'much'\n"
    )
    rules = read_rules(tmp_path, ".coveragerc")
    assert rules.settings.total is None
    assert rules.coverage is not None
    assert rules.coverage.fail_under == 80


@pytest.mark.parametrize(
    ("config_file", "more"),
    [
        (".coveragerc", ()),
        ("tox.ini", ()),
        ("own.ini", ("own.ini",)),
        ("/etc/own.ini", ()),
        ("conf/own.ini", ("conf/own.ini",)),
    ],
)
def test_files_that_can_hold_rules(config_file: str, more: tuple[str, ...]) -> None:
    names = settings_files(config_file)
    usual = {"pyproject.toml", "tox.ini", "setup.cfg", ".coveragerc", ".coveragerc.toml"}
    assert usual | {"pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", *more} == set(names)
    assert len(set(names)) == len(names)


def test_rules_are_pointed_at_in_the_files_that_hold_some(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.covgate]\n\ntotal = 70\n")
    (tmp_path / "tox.ini").write_text("[pytest]\naddopts = -q\n")
    rules = add_places(read_rules(tmp_path, ".coveragerc"), tmp_path)
    assert set(rules.places) == {"pyproject.toml", "tox.ini"}
    assert rules.line_of("pyproject.toml", ("tool", "covgate", "total")) == 3
    assert rules.line_of("tox.ini", ("pytest", "addopts")) == 2


def measuring(**lists: tuple[str, ...]) -> Rules:
    return Rules(coverage=CoverageRules(lists={name.replace("__", "."): items for name, items in lists.items()}))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two packages below src."""
    for name in ("src/a/__init__.py", "src/a/x.py", "src/b/__init__.py", "src/b/y.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (measuring(), measuring(), ()),
        (measuring(run__source=("src",)), measuring(run__source=("src/a",)), ("src/b/__init__.py", "src/b/y.py")),
        (measuring(run__source=("src/a",)), measuring(run__source=("src",)), ()),
        (measuring(), measuring(run__source=("src/a",)), ("src/b/__init__.py", "src/b/y.py")),
        (measuring(run__source=("src",)), measuring(run__source=("src",), report__omit=("*/x.py",)), ("src/a/x.py",)),
        (measuring(run__source=("src",), run__omit=("*/b/*",)), measuring(run__source=("src",), run__omit=("*/b/y.py",)), ()),
        (measuring(run__source=("src",)), measuring(run__source=("src",), report__include=("*/a/*",)), ("src/b/__init__.py", "src/b/y.py")),
    ],
)  # fmt: skip
def test_j15_files_that_are_measured_no_more(
    tree: Path, before: Rules, after: Rules, expected: tuple[str, ...]
) -> None:
    assert lost_files(before, after, tree) == expected


def test_a_tree_in_which_nothing_is_found_loses_nothing(tmp_path: Path) -> None:
    assert lost_files(measuring(), measuring(run__source=("src",)), tmp_path) == ()


@pytest.mark.parametrize("level", ["nan", "inf", "-inf"])
def test_a_level_that_is_no_finite_number_counts_as_not_set(tmp_path: Path, level: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.coverage.report]\nfail_under = {level}\n")
    rules = read_rules(tmp_path, ".coveragerc")
    assert rules.coverage is not None
    assert rules.coverage.fail_under == 0

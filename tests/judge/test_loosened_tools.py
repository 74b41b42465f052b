"""J15: what is looser in the settings of coverage.py and pytest is listed, what is stricter is not."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from covgate.config.settings import parse_settings
from covgate.judge.loosened_tools import loosened_coverage, loosened_pytest
from covgate.model.rules import CoverageRules, Loosened, PytestSettings, Rules, RulesChange

Row = tuple[str, str | None, str | None]


def rows(found: Iterable[Loosened]) -> list[Row]:
    return [(one.what, one.before, one.after) for one in found]


def listed(before: Rules, after: Rules, **parts: Any) -> list[Row]:
    change = RulesChange(before=before, after=after, **parts)
    return rows([*loosened_coverage(change), *loosened_pytest(change)])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("--covgate -q", "--covgate -v --tb short --strict-markers", []),
        ("--covgate", "--covgate -k 'x'", [(None, "-k 'x'")]),
        ("--covgate -m slow", "--covgate -m fast", [("-m slow", "-m fast")]),
        ("--covgate", "--covgate --strict-markers tests/unit.py", [(None, "tests/unit.py")]),
        ("--covgate", "--covgate -p no:cov -p randomly", [(None, "-p no:cov")]),
        ("--covgate --cov=a --cov=b", "--covgate --cov=a", [("--cov b", None)]),
        ("--cov-fail-under=80", "--cov-fail-under=90", []),
        ("--cov-fail-under=80", "--cov-fail-under=70", [("--cov-fail-under 80", "--cov-fail-under 70")]),
        ("--covgate-partial=fail", "", [("--covgate-partial fail", None)]),
        ("--covgate", "--covgate -kone", [(None, "-k one")]),
        ("--covgate", "--covgate --covgate-report=json", []),
        ("--covgate", "--covgate --randomly-seed 3", []),
        ("--covgate", "--covgate --strict-markers tests/", [(None, "tests/")]),
        ("--cov-fail-under=80", "--cov-fail-under=much", [("--cov-fail-under 80", "--cov-fail-under much")]),
        ("--covgate -x -x", "--covgate -x", []),
        ("--covgate", "", [("--covgate", None)]),
        ("-n2 -pno:cov", "-n2", []),
    ],
)
def test_j15_addopts(before: str, after: str, expected: list[tuple[str | None, str | None]]) -> None:
    one, other = (Rules(pytest=PytestSettings(addopts=tuple(words.split()))) for words in (before, after))
    assert [row[1:] for row in listed(one, other)] == expected


def test_j15_an_omit_that_replaces_a_broader_one_is_stricter() -> None:
    one, other = (Rules(coverage=CoverageRules(lists={"run.omit": omit})) for omit in (("*/a/*",), ("*/a/b/*",)))
    assert listed(one, other) == []
    assert listed(one, other, lost_files=("src/shop/a.py",)) == [("tool.coverage.run.omit", None, "*/a/b/*")]


def coverage(**lists: tuple[str, ...]) -> Rules:
    """Names with two underscores for the dot: `run__omit`."""
    return Rules(coverage=CoverageRules(lists={name.replace("__", "."): items for name, items in lists.items()}))


@pytest.mark.parametrize(
    "name", ["run__omit", "report__omit", "report__exclude_lines", "report__exclude_also", "report__partial_branches"]
)
def test_j15_each_new_item_of_a_list_that_takes_code_out_is_listed(name: str) -> None:
    before, after = coverage(**{name: ("a",)}), coverage(**{name: ("b", "a", "c")})
    what = f"tool.coverage.{name.replace('__', '.')}"
    assert listed(before, after) == [(what, None, "b"), (what, None, "c")]
    assert listed(after, before) == []


def test_j15_an_item_that_moves_to_a_list_that_coverage_py_joins_changes_nothing() -> None:
    assert listed(coverage(report__exclude_lines=("a",)), coverage(report__exclude_also=("a",))) == []
    moved = listed(coverage(report__exclude_lines=("a",)), coverage(report__partial_also=("a",)))
    assert moved == [("tool.coverage.report.partial_also", None, "a")]


@pytest.mark.parametrize("name", ["run__source", "run__include", "report__include"])
def test_j15_what_is_measured_is_compared_by_the_files_that_are_lost(name: str) -> None:
    before, after = coverage(**{name: ("a", "b")}), coverage(**{name: ("a",)})
    assert listed(before, after) == []
    what = f"tool.coverage.{name.replace('__', '.')}"
    assert listed(before, after, lost_files=("b/c.py",)) == [(what, "a, b", "a")]


@pytest.mark.parametrize(
    ("name", "loose"),
    [("run.branch", False), ("report.ignore_errors", True), ("report.include_namespace_packages", False)],
)
def test_j15_a_switch_is_listed_in_its_loose_direction(name: str, loose: bool) -> None:
    strict, lax = (Rules(coverage=CoverageRules(switches={name: value})) for value in (not loose, loose))
    assert listed(strict, lax) == [(f"tool.coverage.{name}", str(not loose).lower(), str(loose).lower())]
    assert listed(lax, strict) == []


def test_j15_plugins_and_paths_are_listed_whatever_becomes_of_them() -> None:
    before, after = coverage(run__plugins=("a",)), coverage(run__plugins=("b",), paths__source=("x", "y"))
    assert listed(before, after) == [
        ("tool.coverage.paths.source", None, "x, y"),
        ("tool.coverage.run.plugins", "a", "b"),
    ]


def test_j15_settings_that_coverage_py_cannot_read_are_not_compared() -> None:
    assert listed(coverage(run__omit=("a",)), Rules(coverage=None)) == []
    assert listed(Rules(coverage=None), coverage(run__omit=("a",))) == []


@pytest.mark.parametrize(("level", "shown"), [(Decimal(70), "70"), (Decimal(0), None)])
def test_j15_a_lower_fail_under_is_listed(level: Decimal, shown: str | None) -> None:
    before, after = (Rules(coverage=CoverageRules(fail_under=one)) for one in (Decimal(80), level))
    assert listed(before, after) == [("tool.coverage.report.fail_under", "80", shown)]
    assert listed(after, before) == []


def sourced(*source: str) -> Rules:
    return Rules(settings=parse_settings({"source": list(source)} if source else {}))


@pytest.mark.parametrize(
    ("before", "after", "lost", "expected"),
    [
        (sourced("a", "b"), sourced("b", "a"), (), []),
        (sourced("a"), sourced("a", "b"), (), []),
        (sourced("a", "b"), sourced("a"), (), [("a, b", "a")]),
        (sourced("a"), sourced(), (), []),  # what is found holds it
        (sourced("a"), sourced(), ("a/b.py",), [("a", "what is found in the project (loses a/b.py)")]),
        (sourced(), sourced("a"), ("b.py",), [("what is found in the project", "a (loses b.py)")]),
    ],
)
def test_j15_covgates_source(
    before: Rules, after: Rules, lost: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    found = listed(before, after, lost_files=lost)
    assert found == [("tool.covgate.source", *one) for one in expected]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("tests",), (), []),
        (("tests",), ("tests", "more"), []),
        (("tests", "more"), ("tests",), [("pytest's testpaths", "tests, more", "tests")]),
        ((), ("tests",), [("pytest's testpaths", None, "tests")]),
    ],
)
def test_j15_fewer_folders_of_tests_are_listed(
    before: tuple[str, ...], after: tuple[str, ...], expected: list[Row]
) -> None:
    one, other = (Rules(pytest=PytestSettings(testpaths=paths)) for paths in (before, after))
    assert listed(one, other) == expected


PYTEST_PLACES = [
    ("pyproject.toml", ("tool", "pytest", "ini_options", "addopts")),
    ("pyproject.toml", ("tool", "pytest", "addopts")),
    ("setup.cfg", ("tool:pytest", "addopts")),
    ("pytest.ini", ("pytest", "addopts")),
]


@pytest.mark.parametrize(("file", "path"), PYTEST_PLACES)
def test_j15_an_option_of_pytest_is_listed_with_its_line(file: str, path: tuple[str, ...]) -> None:
    after = Rules(pytest=PytestSettings(file=file, addopts=("-k", "one")), places={file: {path: 7}})
    (one,) = loosened_pytest(RulesChange(before=Rules(), after=after))
    assert (one.where, one.after) == (f"{file}:7", "-k one")


COVERAGE_PLACES = [
    ("pyproject.toml", ("tool", "coverage", "run", "omit"), "tool.coverage.run.omit"),
    (".coveragerc", ("run", "omit"), "coverage.py's run.omit"),
    ("tox.ini", ("coverage:run", "omit"), "coverage.py's run.omit"),
    (".coveragerc.toml", ("run", "omit"), "coverage.py's run.omit"),
]


@pytest.mark.parametrize(("file", "path", "what"), COVERAGE_PLACES)
def test_j15_a_setting_of_coverage_py_is_listed_with_its_line(file: str, path: tuple[str, ...], what: str) -> None:
    after = Rules(coverage=CoverageRules(file=file, lists={"run.omit": ("a.py",)}), places={file: {(*path, "a.py"): 4}})
    (one,) = loosened_coverage(RulesChange(before=Rules(), after=after))
    assert (one.what, one.where, one.after) == (what, f"{file}:4", "a.py")

"""Findings about what is measured, each with facts that show it and facts that come near."""

from __future__ import annotations

from pathlib import Path

import coverage
import pytest

from builders import module, snapshot
from covgate.config.settings import parse_settings
from covgate.doctor.facts import (
    CoverageFacts,
    ProcessStarts,
    Requirement,
    SourceTree,
    ToxEnvironment,
)
from covgate.measurement.coverage_settings import read_coverage_settings
from covgate.model.rules import PytestSettings
from doctor_facts import (
    CART,
    GATE,
    HEALTHY,
    command,
    findings,
    in_ci,
    only,
    severities_and_messages,
)


def test_what_is_measured() -> None:
    nothing = parse_settings({})
    found = only(findings(settings=nothing))
    assert (found.severity, found.remedy) == ("advice", 'source = ["src/shop"]')
    many = SourceTree(discovered=tuple("abcdef"))
    assert only(findings(settings=nothing, tree=many)).remedy == 'source = ["a", "b", "c", "d", "e", ...]'
    assert only(findings(settings=nothing, tree=SourceTree())).severity == "serious"
    assert findings(settings=nothing, tree=SourceTree(), snapshot=snapshot(CART)) == ()
    assert findings(settings=nothing, pytest=PytestSettings(addopts=("--cov=shop",))) == ()
    assert findings(settings=nothing, tox=(ToxEnvironment(name="", commands=(command("pytest --cov"),)),)) == ()
    assert findings(settings=nothing, coverage=CoverageFacts(branch=True, source=("shop",))) == ()
    absent = only(findings(tree=HEALTHY.tree._replace(missing=("shpo",))))
    assert (absent.severity, absent.remedy) == ("advice", "name what you want to measure, for example src/shop")


def test_branches() -> None:
    found = only(findings(coverage=CoverageFacts()))
    assert found.severity == "advice"
    assert "three to four times slower" in found.cost
    assert "set all targets anew" in found.cost
    assert findings(coverage=CoverageFacts(), snapshot=snapshot(CART, branches=True)) == ()
    assert findings(coverage=CoverageFacts(), pytest=PytestSettings(addopts=("--cov-branch",))) == ()
    assert findings(coverage=CoverageFacts(), ci=in_ci(command(f"{GATE} --cov-branch"))) == ()


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("src/shop/tests/helpers.py", True),
        ("src/shop/test_cart.py", True),
        ("src/shop/conftest.py", True),
        ("src/shop/testing.py", False),
        ("src/shop/latest_news.py", False),
    ],
)
def test_tests_as_source(path: str, is_test: bool) -> None:
    found = findings(snapshot=snapshot(CART, module(path, 6, 6)))
    assert severities_and_messages(found) == (
        [("advice", f"1 test file counted as source, 75.0 % of the total: {path}")] * is_test
    )
    assert bool(findings(tree=SourceTree(modules=(CART, module(path))))) == is_test


def test_tests_are_left_out_by_patterns() -> None:
    paths = ["a/tests/x.py", "a/tests/test_y.py", "a/conftest.py", "b/conftest.py", "a/test_z.py"]
    found = only(findings(tree=SourceTree(modules=(CART, *map(module, paths)))))
    assert found.remedy == '[tool.coverage.run]\nomit = ["*/tests/*", "*/conftest.py", "a/test_z.py"]'
    many = only(findings(tree=SourceTree(modules=(CART, *(module(f"a/test_{n}.py") for n in range(6))))))
    assert many.remedy.endswith('"a/test_4.py", ...]')


def test_only_tests_are_measured() -> None:
    tests = module("tests/test_cart.py", 2, 2)
    found = only(findings(snapshot=snapshot(tests), settings=parse_settings({"source": ["gone", "tests"]})))
    assert (found.severity, found.remedy) == ("serious", 'source = ["src/shop"]')
    assert only(findings(tree=HEALTHY.tree._replace(modules=(tests,)))).severity == "serious"
    product = module("test_helpers.py", 2, 2)
    assert only(findings(snapshot=snapshot(product), tree=SourceTree())).severity == "advice"


def test_a_source_that_names_the_tests_is_meant() -> None:
    data = snapshot(CART, module("tests/test_cart.py", 2, 2))
    assert findings(snapshot=data, settings=parse_settings({"source": ["src/shop", "tests"]})) == ()
    everything = PytestSettings(python_files=("*.py",))  # doctests are collected everywhere
    assert findings(snapshot=snapshot(CART), pytest=everything) == ()


def test_modules_whose_code_is_all_excluded() -> None:
    gone = [module(f"src/shop/m{number}.py", excluded=[1]) for number in range(5)]
    found = only(findings(snapshot=snapshot(CART, module("src/shop/__init__.py"), *gone)))
    assert found.severity == "advice"
    assert found.message.endswith("src/shop/m0.py, src/shop/m1.py, src/shop/m2.py and 2 more")


@pytest.mark.parametrize(
    ("name", "section"),
    [
        (".coveragerc", "report"),
        ("setup.cfg", "coverage:report"),
        ("tox.ini", "coverage:report"),
        ("pyproject.toml", "tool.coverage.report"),
    ],
)
def test_coverage_py_reads_its_settings_as_they_are_advised(tmp_path: Path, name: str, section: str) -> None:
    """Each remedy, appended to the file that holds coverage.py's settings, is read back by coverage.py."""
    before = f"[{section}]\nskip_empty = true\n"
    (tmp_path / name).write_text(before)
    shown = Path(read_coverage_settings(name, tmp_path).file).name
    found = findings(
        coverage=CoverageFacts(file=shown),
        tree=SourceTree(modules=(CART, module("a/tests/x.py"), module("a/conftest.py"))),
        processes=ProcessStarts(subprocess=("tests/a.py",), multiprocessing=("src/b.py",)),
    )
    values = {}
    for finding in found:
        (tmp_path / name).write_text(before + finding.remedy + "\n")
        cov = coverage.Coverage(config_file=str(tmp_path / name), data_file=None)
        option = finding.remedy.splitlines()[1].partition(" ")[0]
        values[option] = cov.get_option(f"run:{option}")
    assert values == {
        "branch": True,
        "omit": ["*/tests/*", "*/conftest.py"],
        "patch": ["subprocess"],
        "concurrency": ["multiprocessing", "thread"],
    }


def test_a_source_in_coverage_py_s_own_file_is_advised_in_its_form() -> None:
    tests = module("tests/test_cart.py", 2, 2)
    settings = CoverageFacts(file=".coveragerc", branch=True, source=("tests",))
    found = only(findings(snapshot=snapshot(tests), settings=parse_settings({}), coverage=settings))
    assert found.remedy == "[run]\nsource = src/shop"


def test_processes() -> None:
    started = ProcessStarts(subprocess=("tests/a.py",), multiprocessing=("src/b.py",))
    assert [finding.severity for finding in findings(processes=started)] == ["advice", "advice"]
    settings = HEALTHY.coverage
    assert findings(processes=started, coverage=settings._replace(patch=("subprocess",))) == ()
    assert len(findings(processes=started, coverage=settings._replace(concurrency=("multiprocessing",)))) == 1
    assert findings(processes=started._replace(are_measured=True)) == ()
    old = Requirement(name="pytest-cov", installed="6.3.0", required=">=6.3", is_met=True)
    assert findings(processes=started, requirements=(old,)) == ()
    assert len(findings(processes=started, requirements=(old._replace(installed="7.1.0"),))) == 2

"""Tests stand where a reader looks: a module with code of its own has a test of its own name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src" / "covgate"
ELSEWHERE = {
    "doctor/yaml_nodes.py": ("doctor/test_ci_files.py", "only CI files are read with it"),
    "judge/lost_tests.py": ("history/test_lost_tests.py", "each fate is met in a real repository"),
    "history/map_lines.py": ("history/test_lost_tests.py", "maps go from clone to clone"),
    "history/recorded.py": ("cli/test_trend.py", "the commits of real repositories"),
    "history/sides.py": ("cli/test_compare.py", "revisions and files as a user names them"),
    "judge/compared.py": ("reports/test_compare.py", "its counts are read in the table"),
    "judge/next_test.py": ("cli/test_next.py", "its answers are tried on the example shop"),
    "judge/listing.py": ("cli/test_report.py", "its rows are read as a table"),
    "measurement/location.py": ("history/test_assumed.py", "its one function names this system in a record"),
    "reports/explain_json.py": ("cli/test_explain.py", "read beside the text"),
    "judge/scenarios/code.py": ("judge/test_scenarios.py", "constructs are read in one table"),
    "judge/scenarios/conditions.py": ("judge/test_scenarios.py", "constructs are read in one table"),
    "judge/scenarios/flow.py": ("judge/test_scenarios.py", "constructs are read in one table"),
    "judge/scenarios/outcomes.py": ("judge/test_scenarios.py", "constructs are read in one table"),
    "judge/scenarios/passing.py": ("judge/test_scenarios.py", "constructs are read in one table"),
    "judge/scenarios/region.py": ("judge/test_scenarios.py", "constructs are read in one table"),
    "judge/scenarios/walk.py": ("judge/test_scenarios.py", "constructs are read in one table"),
    "judge/skeletons/nearest.py": ("judge/test_skeletons.py", "read in the tests that are written"),
    "judge/skeletons/target.py": ("judge/test_skeletons.py", "read in the tests that are written"),
    "model/skeleton.py": ("judge/test_skeletons.py", "its place is where a test is added"),
    "measurement/analysis.py": (
        "measurement/parsing/test_parsed_source.py",
        "both ways to analyse a file are compared there",
    ),
    "measurement/parsing/worker.py": ("measurement/parsing/test_workers.py", "two ends of one conversation"),
    "model/test_file.py": ("judge/test_test_files.py", "made from the text of a file"),
    "plugin/__init__.py": ("plugin/test_traps.py", "options are tested by what a run makes of them"),
    "plugin/hookspecs.py": ("plugin/test_traps.py", "specifications without a body"),
    "reports/columns.py": ("reports/test_trend.py", "columns are read as a table"),
    "reports/comparison.py": ("reports/test_json.py", "a part of that document"),
    "reports/listing.py": ("cli/test_report.py", "its rows are read as a table"),
    "reports/points.py": ("reports/test_compare.py", "points are read in the table"),
    "reports/trend_svg.py": ("reports/test_trend.py", "the picture of a trend"),
    "reports/html/meters.py": ("reports/test_html.py", "a part of the page that is read as a page"),
    "reports/html/page.py": ("reports/test_html.py", "the page as a whole"),
}
"""Modules without a namesake: which file tests them, and why that one."""


def namesake_of(module: str) -> str:
    """The name of a module's test; a package's stands beside its folder."""
    path = Path(module)
    of = path.parent if path.name == "__init__.py" and path.parent.name else path
    return (of.parent / f"test_{of.stem}.py").as_posix()


def has_code(file: Path) -> bool:
    """Whether it holds a function or method that is neither a property nor one of Python's own."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    functions = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return any(not node.name.startswith("__") and not _is_property(node) for node in functions)


def _is_property(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "property" for one in function.decorator_list)


def modules_with_code() -> Iterator[str]:
    for file in sorted(SOURCE.rglob("*.py")):
        if has_code(file):
            yield file.relative_to(SOURCE).as_posix()


def test_every_module_with_code_has_its_test() -> None:
    missing = [one for one in modules_with_code() if one not in ELSEWHERE and not (TESTS / namesake_of(one)).is_file()]
    assert missing == []


@pytest.mark.parametrize("module", ELSEWHERE)
def test_an_exception_is_needed_and_its_tests_are_there(module: str) -> None:
    assert has_code(SOURCE / module)
    assert not (TESTS / namesake_of(module)).exists()
    assert (TESTS / ELSEWHERE[module][0]).is_file()

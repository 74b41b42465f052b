"""Functions and error lines, compared with coverage.py's regions on the standard library."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import coverage
import pytest
from coverage.regions import code_regions

from covgate.measurement.parsing.outline import outline

STDLIB = Path(sysconfig.get_paths()["stdlib"])
# Functions in functions, classes in functions, decorators, `async`.
FILES = [
    "asyncio/tasks.py",
    "contextlib.py",
    "dataclasses.py",
    "ftplib.py",
    "keyword.py",
    "subprocess.py",
    "test/test_patma.py",
]
PRESENT = [name for name in FILES if (STDLIB / name).is_file()]


@pytest.mark.parametrize("name", PRESENT)
def test_functions_are_those_of_coverage_py(name: str) -> None:
    source = (STDLIB / name).read_text(encoding="utf-8")
    ours = {(region.name, region.line, frozenset(region.lines)) for region in outline(ast.parse(source))[0]}
    theirs = {(r.name, r.start, frozenset(r.lines)) for r in code_regions(source) if r.kind == "function"}
    if len(theirs) == len(ours):
        assert theirs == ours
    assert {function[:2] for function in theirs} <= {function[:2] for function in ours}
    assert coverage.version_info < (7, 17) or theirs == ours  # older ones overlook functions below an `else`
    defined = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert len(ours) == len(defined)


def test_error_lines_are_handlers_and_raises() -> None:
    source = "try:\n    x = 1\nexcept* ValueError:\n    x = 2\n    y = 3\nelse:\n    raise (\n        KeyError)\n"
    if not hasattr(ast, "TryStar"):
        source = source.replace("except*", "except ")
    assert list(outline(ast.parse(source))[1]) == [3, 4, 5, 7, 8]


SOURCE = """\
class Bank:
    def undo(self):
        x = 1
        def step():
            return 2
        return step

    async def run(self):
        if self:
            def within(): return 3
        match self:
            case 1:
                def matched():
                    return 4

def last():
    pass
"""


def test_names_are_qualified_and_what_lies_within_is_not_counted_twice() -> None:
    regions, errors = outline(ast.parse(SOURCE))
    assert [(region.name, region.line, region.last, list(region.lines)) for region in regions] == [
        ("Bank.undo", 2, 6, [3, 4, 6]),
        ("Bank.undo.step", 4, 5, [5]),
        ("Bank.run", 8, 14, [9, 11, 12, 13]),
        ("Bank.run.within", 10, 10, [10]),
        ("Bank.run.matched", 13, 14, [14]),
        ("last", 16, 17, [17]),
    ]
    assert not errors

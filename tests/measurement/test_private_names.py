"""The private names of coverage.py on which covgate rests: a release that drops one is told by name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import coverage
import pytest
from coverage.parser import PythonParser

import covgate
from covgate import measurement
from covgate.measurement.parsing.parsed_source import is_known_parser

LISTED = re.findall(r"^`(\w+)\.(\w+)`", measurement.__doc__ or "", re.MULTILINE)
HOUSE = Path(covgate.__file__).parent


@pytest.mark.parametrize(("owner", "name"), LISTED)
def test_the_installed_coverage_py_has_each_private_name(owner: str, name: str) -> None:
    cov = coverage.Coverage(config_file=False, data_file=None)
    cov.load()
    objects = {"Coverage": cov, "config": cov.config, "PythonParser": PythonParser(text="\n")}
    assert hasattr(objects[owner], name), (
        f"coverage.py {coverage.__version__} has no {owner}.{name} any more: "
        "the docstring of covgate/measurement/__init__.py says which file uses it"
    )


def test_the_parser_is_known() -> None:
    assert is_known_parser()


def test_every_private_name_that_is_used_is_listed() -> None:
    used = set()
    for file in [*HOUSE.joinpath("measurement").rglob("*.py"), HOUSE / "plugin/test_map.py"]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                owner = ast.unparse(node.value)
                if owner.split(".")[-1] in ("cov", "_cov", "config") and re.match("_[a-z]", node.attr):
                    used.add(node.attr)
    listed = {name for owner, name in LISTED if owner in ("Coverage", "config")}
    assert used == {name for name in listed if name.startswith("_")}

"""The line of each key, in TOML and in INI files."""

from __future__ import annotations

from pathlib import Path

import pytest

from covgate.rules.places import places_in

TOML = """\
# a comment
[tool.covgate]
total = 57
exclude = [
    "a/**",  # "not/**"
    'b/**',
]
changed.lines = 90

[tool.covgate.targets]
"shop.pay" = { target = 40, changed = 75 }

[[tool.covgate.accept]]
module = "one"

[[tool.covgate.accept]]
module = "two"
"""
COVGATE = ("tool", "covgate")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (COVGATE, 2),
        ((*COVGATE, "total"), 3),
        ((*COVGATE, "exclude"), 4),
        ((*COVGATE, "exclude", "a/**"), 5),
        ((*COVGATE, "exclude", "b/**"), 6),
        ((*COVGATE, "changed", "lines"), 8),
        ((*COVGATE, "targets", "shop.pay"), 11),
        ((*COVGATE, "targets", "shop.pay", "changed"), 11),
        ((*COVGATE, "accept"), 13),
        ((*COVGATE, "accept", "0", "module"), 14),
        ((*COVGATE, "accept", "1", "module"), 17),
        ((*COVGATE, "exclude", "not/**"), None),
    ],
)
def test_toml(tmp_path: Path, path: tuple[str, ...], line: int | None) -> None:
    (tmp_path / "pyproject.toml").write_text(TOML, encoding="utf-8-sig")
    assert places_in(tmp_path / "pyproject.toml").get(path) == line


def test_ini(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text(
        "[coverage:run]\nomit =\n    a/*\n    b/*, c/*\n\n[tool:pytest]\naddopts = -q\n"
    )
    found = places_in(tmp_path / "setup.cfg")
    assert found["coverage:run", "omit"] == 3
    assert found["coverage:run", "omit", "c/*"] == 4
    assert found["tool:pytest", "addopts"] == 7


@pytest.mark.parametrize("text", ["[tool", "a = 1\na = 2\n", None])
def test_a_file_that_is_absent_or_invalid_has_no_places(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)
    assert places_in(tmp_path / "pyproject.toml") == {}

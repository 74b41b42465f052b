"""S6: what is measured where nobody says so."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from covgate.errors import UsageError
from covgate.measurement.sources import configured_sources, discovered_sources, source_places


def make(root: Path, *files: str) -> None:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x = 1\n")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["src/shop/__init__.py", "app/__init__.py"], ["src/shop"]),
        (["src/ns/shop/__init__.py", "src/ns/a/b/__init__.py"], ["src/ns", "src/ns/a", "src/ns/a/b", "src/ns/shop"]),
        (["src/one.py", "src/shop/__init__.py"], ["one", "src/shop"]),
        (["shop/__init__.py", "tests/__init__.py", "docs/__init__.py", "examples/__init__.py", "setup.py"], ["shop"]),
        (["shop/__init__.py", "tool.py"], ["shop"]),
        (["six.py", "test_six.py", "setup.py", "conftest.py"], ["six"]),
        (["src/__init__.py", "src/a.py"], ["src"]),
        (["src/readme.txt", "app/__init__.py"], ["app"]),
        ([".hidden/__init__.py", "not-a-name/__init__.py", "app/__init__.py"], ["app"]),
    ],
)
def test_s6_what_is_found(tmp_path: Path, files: list[str], found: list[str]) -> None:
    make(tmp_path, *files)
    values = [str(value) for value in discovered_sources(tmp_path).values]
    assert [Path(v).relative_to(tmp_path).as_posix() if "/" in v else v for v in values] == found


def test_s6_a_package_that_is_installed_is_measured_by_its_import_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "project/src/shopx/__init__.py", "env/site-packages/shopx/__init__.py")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "env/site-packages"), *sys.path])
    assert discovered_sources(tmp_path / "project").values == ("shopx",)
    assert "shopx" not in sys.modules


def test_s6_nothing_found_gives_the_line_to_add(tmp_path: Path) -> None:
    make(tmp_path, "tests/test_a.py", "setup.py")
    with pytest.raises(UsageError, match=r'source = \["my_package"\]'):
        discovered_sources(tmp_path)


def test_s6_configured_sources_are_folders_or_import_names(tmp_path: Path) -> None:
    make(tmp_path, "src/shop/__init__.py")
    assert configured_sources(tmp_path, ("src", "other")).values == (str(tmp_path.resolve() / "src"), "other")


def test_s6_a_configured_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        configured_sources(tmp_path, ("src/shop",))


def test_where_sources_stand_in_the_tree(tmp_path: Path) -> None:
    make(tmp_path, "src/shop/__init__.py", "src/shop/api.py", "one.py", "tests/a.py")
    root = tmp_path.resolve()
    found = source_places(tmp_path, tmp_path, ["shop", "shop.api", "one", "tests", "nowhere"])
    assert found == (root / "src/shop", root / "src/shop/api.py", root / "one.py", root / "tests")


def test_names_that_cannot_be_imported_and_folders_that_cannot_be_read_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "src/shopy/__init__.py", "src/shopy/a/b/c.py")
    monkeypatch.setitem(sys.modules, "shopy", None)  # find_spec raises for it
    assert discovered_sources(tmp_path).values == (str(tmp_path / "src/shopy"),)

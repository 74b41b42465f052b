"""Paths, import names, and installed copies (J12)."""

from __future__ import annotations

from pathlib import Path

import pytest

from covgate.measurement.tree import import_name, place_of


def make(root: Path, *files: str) -> None:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x = 1\n")


@pytest.mark.parametrize(
    ("files", "path", "name"),
    [
        (["src/shop/__init__.py"], "src/shop/pay.py", "shop.pay"),
        (["src/shop/__init__.py"], "src/shop/__init__.py", "shop"),
        ([], "src/single.py", "single"),
        (["src/ns/shop/__init__.py"], "src/ns/shop/pay.py", "ns.shop.pay"),
        (["shop/__init__.py", "shop/a/__init__.py"], "shop/a/b.py", "shop.a.b"),
        ([], "single.py", "single"),
        ([], "scripts/run.py", "scripts.run"),
        (["lib/shop/__init__.py"], "lib/shop/pay.py", "shop.pay"),
        (["packages/a/src/shop/__init__.py"], "packages/a/src/shop/pay.py", "shop.pay"),
        ([], "templates/base.html", None),
        (["__init__.py"], "pay.py", "project.pay"),
    ],
)
def test_import_names_follow_the_folders(tmp_path: Path, files: list[str], path: str, name: str | None) -> None:
    root = tmp_path / "project"
    make(root, *files, path)
    found = import_name(root, str(root / path))
    assert found == name
    place = place_of(root, str(root / path))
    assert (place.path, place.name) == (path, name)


def test_j12_an_installed_copy_with_equal_contents_is_the_source_file(tmp_path: Path) -> None:
    root = tmp_path / "project"
    copy = root / ".tox/py/lib/python3.12/site-packages/shop/pay.py"
    make(root, "src/shop/__init__.py", "src/shop/pay.py")
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"x = 1\r\n")
    place = place_of(root, str(copy))
    assert (place.path, place.name, place.differs) == ("src/shop/pay.py", "shop.pay", None)


def test_j12_an_installed_copy_that_differs_is_told(tmp_path: Path) -> None:
    root = tmp_path / "project"
    make(root, "src/shop/pay.py", ".tox/site-packages/shop/pay.py")
    (root / "src/shop/pay.py").write_text("y = 2\n")
    place = place_of(root, str(root / ".tox/site-packages/shop/pay.py"))
    assert (place.path, place.name, place.differs) == (
        ".tox/site-packages/shop/pay.py",
        "shop.pay",
        "src/shop/pay.py",
    )


def test_files_outside_the_project_keep_their_whole_path(tmp_path: Path) -> None:
    make(tmp_path, "project/a.py", "other/b.py")
    place = place_of(tmp_path / "project", str(tmp_path / "other/b.py"))
    assert place.path == (tmp_path / "other/b.py").as_posix()
    assert place.name == "b"


def test_an_installed_file_that_is_gone_equals_nothing(tmp_path: Path) -> None:
    make(tmp_path, "project/src/shop/pay.py")
    place = place_of(tmp_path / "project", str(tmp_path / "env/site-packages/shop/pay.py"))
    assert place.differs == "src/shop/pay.py"


def test_a_package_below_another_folder_is_named_from_there(tmp_path: Path) -> None:
    make(tmp_path, "other/b.py", "project/lib/deep/x.py")
    assert import_name(tmp_path / "project", str(tmp_path / "other/b.py")) == "b"
    assert import_name(tmp_path / "project", str(tmp_path / "project/lib/deep/x.py")) == "deep.x"

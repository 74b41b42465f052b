"""Paths, import names, and installed copies (J12)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from covgate.measurement.tree import forget_folders, import_name, place_of, python_files, real_path


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


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_links_are_resolved_as_the_operating_system_does(tmp_path: Path) -> None:
    make(tmp_path, "real/a.py", "real/b.py")
    (tmp_path / "folder").symlink_to("real")
    (tmp_path / "real/link.py").symlink_to("a.py")
    (tmp_path / "real/broken.py").symlink_to("nowhere.py")
    for name in ("real/a.py", "folder/b.py", "folder/link.py", "real/broken.py", "folder/../real/b.py", "none/x.py"):
        path = str(tmp_path / name)
        assert real_path(path) == os.path.realpath(path), name
    (tmp_path / "real/b.py").unlink()
    (tmp_path / "real/b.py").symlink_to("a.py")
    forget_folders()
    assert real_path(str(tmp_path / "folder/b.py")) == os.path.realpath(tmp_path / "real/a.py")


def test_python_files_are_those_below_the_root_that_are_no_environment(tmp_path: Path) -> None:
    make(tmp_path, "p/a.py", "p/b.txt", "p/sub/c.py", "p/.hidden/d.py", "p/env/pyvenv.cfg", "p/env/e.py", "other/f.py")
    root = tmp_path / "p"
    assert python_files(root, [tmp_path]) == [str(root / "a.py"), str(root / "sub/c.py")]
    assert python_files(root, [root / "sub", root / "a.py", tmp_path / "other"]) == [
        str(root / "sub/c.py"),
        str(root / "a.py"),
    ]

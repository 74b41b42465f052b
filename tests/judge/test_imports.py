"""What test files import, by tables of texts."""

from __future__ import annotations

import pytest

from builders import module
from covgate.judge.imports import Imported, find_imports, read_imports

PACKAGE, CART, MONEY = "src/shop/__init__.py", "src/shop/cart.py", "src/shop/money.py"
MODULES = [module(path) for path in (PACKAGE, CART, MONEY, "flat.py")]
PACKAGES = {PACKAGE: "from .cart import Cart\nfrom shop.cart import *\nfrom shop import Loop\nVERSION = 1\n"}


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        pytest.param("import shop.cart", {CART}, id="a module"),
        pytest.param("import shop", {PACKAGE}, id="a package"),
        pytest.param("from shop import cart, money as m", {CART, MONEY}, id="modules of a package"),
        pytest.param("from shop.cart import Cart", {CART}, id="a name of a module"),
        pytest.param("from shop import Cart", {CART}, id="a name that the package takes from a module"),
        pytest.param("from shop import VERSION", {PACKAGE}, id="a name of the package"),
        pytest.param("from shop import *", {PACKAGE}, id="all names"),
        pytest.param("from shop import Loop", {PACKAGE}, id="a name that leads to itself"),
        pytest.param("def test():\n    import flat", {"flat.py"}, id="within a function"),
        pytest.param("pytest.importorskip('shop.money')", {MONEY}, id="a call"),
        pytest.param("import_module(name)\nimport_module()", set(), id="a call of a variable"),
        pytest.param("from ..src.shop import cart", {CART}, id="relative, by folders"),
        pytest.param("from .... import far", set(), id="relative, out of the root"),
        pytest.param("import os, json", set(), id="others"),
        pytest.param("def (", set(), id="no Python"),
        pytest.param("'\\d'\nimport flat\n\0", set(), id="a null byte"),
        pytest.param("import flat; '\\d'", {"flat.py"}, id="a text that Python warns of"),
    ],
)
def test_imports_lead_to_modules(text: str, paths: set[str]) -> None:
    assert find_imports({"tests/test_a.py": text}, MODULES, PACKAGES) == {"tests/test_a.py": paths}


def test_relative_imports_are_read_from_the_folder_of_the_file() -> None:
    assert list(read_imports("from . import a\nfrom .b import c", "x/y/test_z.py")) == [
        Imported("x.y", "a"),
        Imported("x.y.b", "c"),
    ]

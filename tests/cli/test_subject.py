"""The module and the lines that an argument names."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import function, module, snapshot
from covgate.cli.subject import find_module, named_function, named_module, names_of, parse_lines, split_lines
from covgate.errors import UsageError
from covgate.model.lines import LineRange

SHOP = snapshot(module("src/shop/cart.py", 1, 2), module("src/shop/pay.py", 1, 2), unmeasured=(module("src/new.py"),))


@pytest.mark.parametrize(
    ("subject", "name", "lines"),
    [
        ("shop.cart", "shop.cart", ()),
        ("src/a.py:12", "src/a.py", ((12, 12),)),
        ("src/a.py:20, 12-15", "src/a.py", ((12, 15), (20, 20))),
        ("C:/a.py", "C:/a.py", ()),
        ("C:/a.py:3", "C:/a.py", ((3, 3),)),
        (":3", ":3", ()),
        ("a.py:", "a.py:", ()),
    ],
)
def test_lines_stand_behind_the_last_colon(subject: str, name: str, lines: tuple[LineRange, ...]) -> None:
    assert split_lines(subject) == (name, lines)


@pytest.mark.parametrize("subject", ["a.py:15-12", "a.py:0", "a.py:1-", "a.py:1 2"])
def test_lines_that_there_cannot_be_are_wrong_use(subject: str) -> None:
    with pytest.raises(UsageError, match=r"^a\.py:.*: found the lines "):
        split_lines(subject)


def test_the_argument_with_wrong_lines_is_named() -> None:
    assert parse_lines("3-5", "--lines") == ((3, 5),)
    with pytest.raises(UsageError, match="--lines: found the lines 'x'"):
        parse_lines("x", "--lines")


def test_a_path_may_be_one_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    assert names_of("./a.py", tmp_path) == ("a.py", "src/a.py")
    assert names_of("../b.py", tmp_path) == ("../b.py", "b.py")


@pytest.mark.parametrize(
    ("names", "path"),
    [(["src/shop/cart.py"], "src/shop/cart.py"), (["x", "shop.pay"], "src/shop/pay.py"), (["new"], "src/new.py")],
)
def test_a_module_is_found_by_path_or_import_name(names: list[str], path: str) -> None:
    assert named_module(names[0], names, SHOP).path == path


@pytest.mark.parametrize(
    ("subject", "others", "remedy"),
    [
        ("shop.crt", (), "did you mean shop.cart"),
        ("chekout", ("checkout",), "did you mean checkout?"),
        ("zzz", (), "give the path or the import name of a measured module"),
    ],
)
def test_a_module_that_is_not_there_is_wrong_use_with_the_nearest(
    subject: str, others: tuple[str, ...], remedy: str
) -> None:
    with pytest.raises(UsageError, match="there is no measured module") as raised:
        named_module(subject, [subject], SHOP, others)
    assert raised.value.remedy.startswith(remedy)


FUNCTIONS = snapshot(
    module("src/shop/__init__.py", 0, 9, functions=(function("setup", 1, 2),)),
    module("src/shop/cart.py", 0, 9, functions=(function("Cart.total", 1, 2), function("Cart.add", 4, 5))),
    module("src/shop/pay.py", 0, 9, functions=(function("total", 1, 2), function("Bank.add", 4, 5))),
)


@pytest.mark.parametrize(
    ("subject", "path", "name"),
    [
        ("Cart.total", "src/shop/cart.py", "Cart.total"),
        ("shop.cart.Cart.total", "src/shop/cart.py", "Cart.total"),
        ("shop.cart:Cart.total", "src/shop/cart.py", "Cart.total"),
        ("src/shop/cart.py:total", "src/shop/cart.py", "Cart.total"),
        ("total", "src/shop/pay.py", "total"),
        ("shop.setup", "src/shop/__init__.py", "setup"),
        ("Bank.add", "src/shop/pay.py", "Bank.add"),
    ],
)
def test_a_function_is_found_by_its_name_with_or_without_its_module(
    tmp_path: Path, subject: str, path: str, name: str
) -> None:
    module, found = named_function(subject, tmp_path, FUNCTIONS)
    assert (module.path, found) == (path, name)


@pytest.mark.parametrize(
    ("subject", "message", "remedy"),
    [
        ("add", "2 functions are called 'add'", "name one: src/shop/cart.py:Cart.add, src/shop/pay.py:Bank.add"),
        ("shop.cart:Cart.totl", "there is no function 'Cart.totl' in src/shop/cart.py", "did you mean Cart.total"),
        ("shop.cart:zzz", "there is no function 'zzz' in src/shop/cart.py", "name it as the source does"),
        (
            "shop.cart.Cart.ad",
            "there is no measured module or function 'shop.cart.Cart.ad'",
            "did you mean shop.cart.Cart.add",
        ),
        ("Cart.totl", "there is no measured module or function 'Cart.totl'", "did you mean Cart.total"),
        ("zzz", "there is no measured module or function 'zzz'", "give a path, an import name, or a function"),
        ("shop.crt:total", "there is no measured module 'shop.crt'", "did you mean shop.cart"),
    ],
)
def test_a_function_that_is_none_or_several_is_wrong_use(
    tmp_path: Path, subject: str, message: str, remedy: str
) -> None:
    with pytest.raises(UsageError) as raised:
        named_function(subject, tmp_path, FUNCTIONS)
    assert raised.value.message == message
    assert raised.value.remedy.startswith(remedy)


def test_a_module_that_is_measured_is_found_by_any_of_its_names() -> None:
    assert find_module(["x", "shop.pay"], FUNCTIONS) == FUNCTIONS.modules[2]
    assert find_module(["x"], FUNCTIONS) is None

"""Which test is nearest, by tables."""

from __future__ import annotations

import pytest

from builders import map_of
from covgate.judge.nearest import Nearness, bears_name, rank_files
from covgate.model.known_tests import Subject

CART, MONEY, TAX = "src/shop/cart.py", "src/shop/money.py", "src/shop/tax.py"
BY_NAME, BY_IMPORT, BY_FUNCTION, NARROW, WIDE = (
    "tests/test_cart.py::test_it",
    "tests/test_a.py::test_it",
    "tests/test_b.py::test_the_total_of_two",
    "tests/test_d.py::test_it",
    "tests/test_c.py::test_it",
)
KNOWN = map_of(
    {
        CART: [("Cart.total", 1, 9, (BY_NAME, BY_IMPORT, BY_FUNCTION, NARROW, WIDE))],
        MONEY: [("rounded", 1, 9, (BY_NAME, BY_IMPORT, BY_FUNCTION, WIDE)), ("make", 11, 19, (BY_NAME, BY_FUNCTION))],
        TAX: [("rate", 1, 9, (BY_NAME,))],
    }
)
IMPORTS = {"tests/test_a.py": frozenset([CART])}


def test_names_come_before_imports_before_the_function_before_specific_tests() -> None:
    nearness = Nearness(KNOWN, IMPORTS)
    ranked = nearness.rank(reversed(KNOWN.tests), Subject(CART, function="Cart.total"))
    assert ranked == (BY_NAME, BY_IMPORT, BY_FUNCTION, NARROW, WIDE)
    assert nearness.rank(KNOWN.tests, Subject(CART))[2:] == (NARROW, WIDE, BY_FUNCTION)
    assert Nearness(KNOWN).rank(KNOWN.tests, Subject(CART)) == (BY_NAME, NARROW, BY_IMPORT, WIDE, BY_FUNCTION)
    assert rank_files((BY_NAME, NARROW, BY_NAME)) == ("tests/test_cart.py", "tests/test_d.py")


def test_a_module_that_the_map_does_not_know_has_no_functions() -> None:
    assert Nearness(KNOWN).rank((WIDE, NARROW), Subject("src/new.py")) == (NARROW, WIDE)


@pytest.mark.parametrize(
    ("test_file", "module", "bears"),
    [
        ("tests/test_cart.py", CART, True),
        ("tests/cart_test.py", CART, True),
        ("tests/cart_tests.py", CART, True),
        ("test_shop_cart.py", CART, True),
        ("tests/cart/test_total.py", CART, True),
        ("tests/test_cart_extra.py", CART, False),
        ("tests/test_carts.py", CART, False),
        ("tests/test_shop.py", CART, False),
        ("tests/test_shop.py", "src/shop/__init__.py", True),
        ("tests/test_cart.py", "src/shop/_cart.py", True),
        ("tests/test.py", "src/shop/test.py", False),
        ("test_a", "a.py", True),
    ],
)
def test_a_file_bears_the_name_of_a_module(test_file: str, module: str, bears: bool) -> None:
    assert bears_name(test_file, module) is bears

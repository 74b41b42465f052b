"""What the text of a test file says of its imports and tests."""

from __future__ import annotations

from covgate.judge.test_files import parse_test_file

TEXT = """\
import shop.cart as cart, json
from shop import money
from shop.pay import *
from . import helpers

@fixture
def basket(): ...

@parametrize("x", [1])
def test_total(basket, x):
    from shop.tax import rate
    assert cart.Cart(x).total == rate

class TestCart(Base):
    async def test_merge(self):
        pass

    class TestDeep:
        def test_it(self): pass
"""


def test_imports_and_tests() -> None:
    file = parse_test_file("tests/test_cart.py", TEXT)
    assert file is not None
    assert file.imports == {
        "shop.cart", "json", "shop", "shop.money", "shop.pay", "shop.tax", "shop.tax.rate",
    }  # fmt: skip
    assert [(test.name, test.line, test.last) for test in file.tests] == [
        ("test_total", 9, 12),
        ("TestCart::test_merge", 15, 16),
        ("TestCart::TestDeep::test_it", 19, 19),
    ]
    assert file.tests[0].words >= {"basket", "x", "Cart", "total", "cart", "rate"}
    assert file.node_id(file.tests[1]) == "tests/test_cart.py::TestCart::test_merge"


def test_a_text_that_is_not_python() -> None:
    for text in ("def (", "x = '\0'", "(" * 10_000):
        assert parse_test_file("tests/test_a.py", text) is None

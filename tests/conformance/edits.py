"""The versions of a small project: what each edits, moves, renames, deletes and excludes. None deletes a file."""

from __future__ import annotations

from collections.abc import Mapping

SETTINGS = """\
[tool.covgate]
source = ["src"]
changed.lines = false
"""
CART = '''\
"""A cart."""

LIMIT = 100


def add(items, price):
    if price > LIMIT:
        raise ValueError("too dear")
    items.append(price)
    return items


def remove(items, price):
    if price not in items:
        return items
    items.remove(price)
    return items


def total(
    items,
    discount=0,
):
    """Sum up."""
    result = 0
    for price in items:
        result += price
    return (
        result
        - discount
    )
'''
STOCK = """\
class Stock:
    def __init__(self):
        self.items = {}

    def put(self, name, count):
        self.items[name] = self.items.get(name, 0) + count

    def take(self, name, count):
        if self.items.get(name, 0) < count:
            return False
        self.items[name] -= count
        return True

    def audit(self):
        wrong = []
        for name, count in self.items.items():
            if count < 0:
                wrong.append(name)
        return wrong
"""
LEGACY = """\
def old_way(price):
    price = price * 2
    return price


def older_way(price):
    return old_way(price) + 1
"""
TAX = """\
RATES = {"de": 19, "fr": 20}


def tax(country, price):
    rate = RATES.get(country)
    if rate is None:
        return 0
    return price * rate // 100
"""
TESTS = """\
from shop import cart, tax
from shop.stock import Stock


def test_cart():
    assert cart.add([], 1) == [1]
    assert cart.total([1, 2]) == 3


def test_stock():
    stock = Stock()
    stock.put("a", 1)
    assert stock.take("a", 1)


def test_tax():
    assert tax.tax("de", 100) == 19
"""
OTHER_TESTS = """\
from shop import cart, tax
from shop.stock import Stock


def test_cart():
    assert cart.remove([1], 1) == []
    assert cart.total([]) == 0


def test_stock():
    stock = Stock()
    stock.put("a", 1)
    assert not stock.take("a", 2)
    assert stock.audit() == []


def test_tax():
    assert tax.tax("it", 100) == 0
"""


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def moved(text: str, start: str, end: str) -> str:
    """The text with the part from `start` up to `end` put behind the rest."""
    first, last = text.index(start), text.index(end)
    return text[:first] + text[last:] + "\n\n" + text[first:last].rstrip("\n") + "\n"


EDITED_CART = replaced(
    CART,
    ('"""A cart."""\n', '"""A cart of goods."""\n\nimport math\n'),
    ("    if price not in items:\n        return items\n", "    # It may be there twice.\n"),
    ("        result += price\n", "        result += math.floor(price)\n        result = max(result, 0)\n"),
    ("        - discount\n", "        - (discount or 0)\n"),
)
MOVED_CART = moved(EDITED_CART, "def add(", "def remove(")
EXCLUDED_CART = replaced(
    MOVED_CART, ("        raise ValueError", "        # pragma: no cover\n        raise ValueError")
)
EXCLUDED_STOCK = replaced(STOCK, ("    def audit(self):", "    def audit(self):  # pragma: no cover"))
EXCLUDED_TAX = replaced(TAX, ("    if rate is None:", "    if rate is None:  # pragma: no cover"))

VERSIONS: Mapping[str, Mapping[str, str | None]] = {
    "first": {
        "pyproject.toml": SETTINGS,
        "src/shop/__init__.py": "",
        "src/shop/cart.py": CART,
        "src/shop/stock.py": STOCK,
        "src/shop/legacy.py": LEGACY,
        "src/shop/tax.py": TAX,
        "tests/test_shop.py": TESTS,
    },
    "tests": {"tests/test_shop.py": OTHER_TESTS},
    "edited": {"src/shop/cart.py": EDITED_CART, "src/shop/legacy.py": "FLAG = 1\n" + LEGACY.partition("\n\n\n")[0]},
    "excluded": {"src/shop/stock.py": EXCLUDED_STOCK, "src/shop/tax.py": EXCLUDED_TAX, "src/shop/cart.py": MOVED_CART},
    "renamed": {
        "src/shop/stock.py": None,
        "src/shop/store.py": replaced(EXCLUDED_STOCK, ("            return False\n", "            return None\n")),
        "src/shop/tax.py": None,
        "src/shop/rates.py": EXCLUDED_TAX,
        "src/shop/legacy.py": None,
        "tests/test_shop.py": replaced(
            TESTS, ("import cart, tax\nfrom shop.stock", "import cart, rates as tax\nfrom shop.store")
        ),
    },
    "new": {
        "src/shop/store.py": STOCK,  # its exclusion is gone
        "src/shop/rates.py": TAX,
        "src/shop/tax.py": "def none():\n    return 0\n\n\nif LATER := 0:\n    NEVER = 1\n",
        "src/shop/one.py": "ONE = 1\n",
        "src/shop/cart.py": replaced(MOVED_CART, ("LIMIT = 100", "LIMIT = 90")).rstrip("\n"),
    },
}

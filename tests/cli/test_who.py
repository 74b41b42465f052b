"""`covgate who`, `explain` and `report --untested --fragile` on one real run."""

from __future__ import annotations

import json
import os
import sys
import time

import pytest

from conftest import Project
from covgate.model.remedies import MAP_TESTS

FILES = {
    "pyproject.toml": '[tool.covgate]\nsource = ["shop"]\n[tool.pytest.ini_options]\npythonpath = ["."]\n',
    "shop/__init__.py": "from .cart import Cart\n",
    "shop/cart.py": """
        from shop import money

        LIMIT = money.make(3)

        class Cart:
            def __init__(self):
                self.prices = []

            def add(self, price):
                self.prices.append(
                    price,
                )

            def total(self):
                if not self.prices:
                    return 0
                return money.rounded(sum(self.prices))
        """,
    "shop/money.py": """
        def make(x):
            return x * 2

        def rounded(x):
            return round(x, 2)

        def unused():
            return 1
        """,
    "shop/never.py": "def f():\n    return 1\n",
    "shop/lazy.py": "def f():\n    return 1\n",
    "tests/test_cart.py": """
        import pytest
        import shop.lazy
        from shop import Cart

        @pytest.mark.parametrize("price", [1, 2])
        def test_total(price):
            cart = Cart()
            cart.add(price)
            assert cart.total() == price

        def test_add():
            cart = Cart()
            cart.add(2)
            assert cart.prices
        """,
    "tests/test_other.py": """
        from shop.cart import Cart

        def test_empty():
            assert Cart().total() == 0
        """,
}
ADD, TOTAL, EMPTY = "tests/test_cart.py::test_add", "tests/test_cart.py::test_total", "tests/test_other.py::test_empty"
has_functions = sys.version_info >= (3, 12)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("who")).write(FILES)
    assert project.pytest("--covgate", "--covgate-report=html").code == 0
    return project


def who(project: Project, subject: str, *options: str) -> list[str]:
    run = project.covgate("who", subject, *options, env={"COLUMNS": "200"})
    assert (run.code, run.err) == (0, "")
    return run.out.splitlines()


@pytest.mark.skipif(not has_functions, reason="functions are recorded on Python 3.12 and later")
def test_t3_the_tests_of_modules_functions_and_lines(measured: Project) -> None:
    known = "known from the functions that each test calls"
    assert who(measured, "shop.cart") == [
        "shop/cart.py (shop.cart)",
        f"run by     {ADD}",
        f"           {TOTAL}",
        f"           {EMPTY}",
        known,
    ]
    total = ["shop/cart.py Cart.total(), line 14", f"run by     {TOTAL}", f"           {EMPTY}", known]
    for subject in ("Cart.total", "total", "shop.cart.Cart.total", "shop.cart:total"):
        assert who(measured, subject) == total
    for subject in ("Cart", "shop.cart.Cart", "shop.cart:Cart"):
        assert who(measured, subject) == [
            "shop/cart.py Cart", f"run by     {ADD}", f"           {TOTAL}", f"           {EMPTY}", known,
        ]  # fmt: skip
    assert who(measured, "shop/cart.py:16")[:3] == ["shop/cart.py:16", f"run by     {TOTAL}", f"           {EMPTY}"]
    assert who(measured, "shop/cart.py:11")[1:3] == [f"run by     {ADD}", f"           {TOTAL}"]
    assert who(measured, "shop/cart.py:3")[1] == "run by     no test: runs only at import"
    assert who(measured, "shop.money.make")[1] == "run by     no test: runs only at import"
    assert who(measured, "shop.money.rounded")[1] == f"run by     {TOTAL} (only this test runs it)"
    assert who(measured, "shop.money.unused")[1] == "run by     never ran"
    document = json.loads("\n".join(who(measured, "shop/money.py:5", "--json")))
    assert (document["tests"], document["basis"], document["reached"]) == ([TOTAL], "functions", "tests")
    explained = measured.covgate("explain", "shop/money.py:5").out
    assert f"run by     {TOTAL} (only this test runs it)\n" in explained


@pytest.mark.skipif(not has_functions, reason="functions are recorded on Python 3.12 and later")
def test_t6_t7_modules_without_tests_and_fragile_functions(measured: Project) -> None:
    run = measured.covgate("report", "--untested", "--fragile")
    assert (run.code, run.err) == (0, "")
    for line in (
        "         2        2  shop/never.py",
        "         2        1  shop/lazy.py",
        "shop/money.py  tests/test_cart.py",
        f"shop/money.py:4 rounded()  {TOTAL}",
    ):
        assert f"{line}\n" in run.out
    page = (measured.root / "covgate.html").read_text(encoding="utf-8")
    assert "functions that only one test runs: 1 function<" in page
    assert "never imported: 1 module" in page
    tests = json.loads(measured.covgate("report", "--json").out)["tests"]
    assert [row["path"] for row in tests["untested"]["only_by_others"]] == ["shop/money.py"]


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        ((), 2, "SUBJECT is missing"),
        (("f",), 2, "2 functions are called 'f'  [ambiguous-name]\n  name one: shop/lazy.py:f, shop/never.py:f"),
        (("shop.crt",), 2, "did you mean shop.cart"),
        (("shop/cart.py:99",), 2, "has no line 99"),
        (("shop.cart", "--data", "nowhere"), 3, "no coverage data at"),
    ],
)
def test_wrong_use(measured: Project, args: tuple[str, ...], code: int, message: str) -> None:
    run = measured.covgate("who", *args)
    assert (run.code, run.out) == (code, "")
    assert message in run.err


def test_without_a_map_there_is_one_line_and_edited_modules_are_said(shop: Project) -> None:
    assert shop.pytest("--covgate", "-k", "add").code == 0
    assert "partial    only a part of the tests ran: -k add\n" in shop.covgate("who", "shop.cart").out
    shop.write({"shop/cart.py": "def add(a, b):\n    return b + a\n"})
    assert "run by     not known: edited since the tests ran" in shop.covgate("who", "shop/cart.py:2").out
    assert shop.pytest("--covgate", "--no-covgate-map").code == 0
    for args in (("who", "shop.cart"), ("report", "--untested"), ("report", "--fragile")):
        run = shop.covgate(*args)
        assert (run.code, run.out) == (3, "")
        assert run.err == f"covgate: no map of tests in the data  [no-test-map]\n  {MAP_TESTS}\n"


def test_contexts_of_pytest_cov_alone(project: Project) -> None:
    """No run was recorded: the times of files tell what was edited since."""
    project.write(FILES)
    options = ("--cov=shop", "--cov-context=test", "--cov-report=", "-p", "no:covgate")
    assert project.pytest(*options).code == 0
    answer = who(project, "shop/cart.py:11")
    assert answer[1:] == [
        f"run by     {ADD}",
        f"           {TOTAL}",
        "known from coverage.py's contexts: the lines that each test runs",
    ]
    later = time.time() + 10
    os.utime(project.root / "shop/cart.py", (later, later))
    assert who(project, "shop/cart.py:11")[1].startswith("run by     not known: edited since the tests ran")

"""The questions that a map of tests answers, by tables."""

from __future__ import annotations

import pytest

from covgate.model.lines import Lines
from covgate.model.test_map import Basis, FunctionTests, ModuleTests, TestMap

CART = "src/shop/cart.py"
TESTS = ("tests/test_cart.py::test_add", "tests/test_cart.py::test_total", "tests/test_pay.py::test_pay")
ADD, TOTAL, PAY = TESTS


def map_with(basis: Basis = "functions") -> TestMap:
    """Return the map of a module: lines 1 to 3 at its top, `Cart.total` (4 to 20) around a function and a lambda."""
    functions = (
        FunctionTests("Cart.total", first=4, body=6, last=20, tests=(1, 2)),
        FunctionTests("Cart.total.discount", first=10, body=11, last=12, tests=(2,), is_capped=True),
        FunctionTests("Cart.total.<lambda>", first=15, body=15, last=15, tests=(0,)),
        FunctionTests("_registry", first=22, body=23, last=24, tests=()),
    )
    lines = {3: (0,), 7: (1,), 11: (2,)}
    module = ModuleTests(functions, lines, imported=Lines.of([1, 2, 4, 5, 7, 22, 23]), digest="a1")
    return TestMap(basis, TESTS, {CART: module})


@pytest.mark.parametrize(
    ("line", "functions", "contexts"),
    [
        pytest.param(1, (), (), id="at the top of the module, at import"),
        pytest.param(3, (ADD,), (ADD,), id="at the top of the module, imported by a test"),
        pytest.param(5, (TOTAL, PAY), (), id="the head of a function"),
        pytest.param(7, (TOTAL, PAY), (TOTAL,), id="its body"),
        pytest.param(11, (PAY,), (PAY,), id="a function within it"),
        pytest.param(15, (ADD, TOTAL, PAY), (), id="a lambda on the line as well"),
        pytest.param(23, (), (), id="a function that ran at import"),
    ],
)
def test_the_tests_of_a_line_are_those_of_its_function_or_of_its_own_contexts(
    line: int, functions: tuple[str, ...], contexts: tuple[str, ...]
) -> None:
    assert map_with("functions").tests_of_line(CART, line) == functions
    assert map_with("contexts").tests_of_line(CART, line) == contexts


def test_it_knows_the_first_test_of_a_line_and_where_more_may_reach_it() -> None:
    known = map_with()
    assert known.first_tests(CART, 7) == (TOTAL,)
    assert known.first_tests(CART, 8) == ()
    assert known.is_capped(CART, 11)
    assert not known.is_capped(CART, 7)
    assert map_with("first").is_capped(CART, 7)


def test_it_answers_for_functions_and_modules() -> None:
    known = map_with()
    assert known.tests_of_function(CART, "Cart.total", line=None) == (TOTAL, PAY)
    assert known.tests_of_function(CART, "Cart.total", line=5) == (TOTAL, PAY)
    assert known.tests_of_function(CART, "Cart.total", line=21) == ()
    assert known.tests_of_module(CART) == TESTS
    assert known.tests_of_module("src/shop/other.py") == ()


@pytest.mark.parametrize(
    ("basis", "lines"),
    [
        pytest.param("functions", [1, 2, 4, 5, 22, 23], id="a function that a test runs hides its body"),
        pytest.param("first", [1, 2, 4, 5, 22], id="any function hides its body"),
        pytest.param("contexts", [1, 2, 4, 5, 22, 23], id="every line is known"),
    ],
)
def test_import_only_is_what_is_known_to_run_in_no_test(basis: Basis, lines: list[int]) -> None:
    assert list(map_with(basis).import_only(CART)) == lines


def test_one_test_holds_up_the_fragile_functions() -> None:
    fragile = [(found.path, found.function.name, found.test) for found in map_with().fragile()]
    assert fragile == [(CART, "Cart.total.discount", PAY)]
    assert list(map_with("first").fragile()) == []


def test_modules_whose_source_changed_are_left_out() -> None:
    known = map_with()
    assert known.fit({CART: "a1"}) == known
    changed = known.fit({CART: "b2"})
    assert not changed.modules
    assert changed.outdated == {CART}

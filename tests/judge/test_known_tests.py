"""Which tests run what, from maps made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from builders import TODAY, function, map_of, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.known_tests import answer_change, answer_function, answer_lines, answer_module
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile
from covgate.model.known_tests import SingleTest
from covgate.model.run_context import RunContext
from covgate.model.snapshot import SourceText
from covgate.model.test_map import TestMap

CART = "src/shop/cart.py"
ADD, TOTAL, PAY = "tests/test_cart.py::test_add", "tests/test_cart.py::test_total", "tests/test_pay.py::test_pay"
MODULE = module(
    CART,
    statements=(1, 2, 3, 4, 5, 6, 8, 9, 11, 12, 14, 15),
    missing=(6, 15),
    functions=(
        function("Cart.total", 2, 3, 4, 5, 6),
        function("Cart.add", 8, 9),
        function("_registry", 11, 12),
        function("never", 14, 15),
    ),
)
TEXT = SourceText(lines=("",) * 15, extents=((4, 5),))


def known(**parts: Any) -> TestMap:
    functions = {CART: [("Cart.total", 2, 6, (TOTAL, PAY)), ("Cart.add", 8, 9, (ADD,)), ("_registry", 11, 12, ())]}
    lines = {CART: {3: (TOTAL,), 5: (PAY,), 9: (ADD,)}}
    made: dict[str, Any] = {"functions": functions, "lines": lines, "imported": {CART: (1, 2, 8, 11, 12, 14)}, **parts}
    return map_of(made.pop("functions"), made.pop("lines"), **made)


@pytest.mark.parametrize(
    ("lines", "reached", "tests"),
    [
        pytest.param((1, 1), "import", (), id="at import"),
        pytest.param((2, 2), "tests", (TOTAL, PAY), id="the head of a function"),
        pytest.param((3, 3), "tests", (TOTAL, PAY), id="its body"),
        pytest.param((5, 5), "tests", (PAY, TOTAL), id="the test that certainly reached it comes first"),
        pytest.param((6, 6), "never", (), id="missing"),
        pytest.param((7, 7), "nothing", (), id="no statement"),
        pytest.param((9, 9), "tests", (ADD,), id="one test"),
        pytest.param((12, 12), "import", (), id="a function that ran at import"),
    ],
)
def test_lines(lines: tuple[int, int], reached: str, tests: tuple[str, ...]) -> None:
    answer = answer_lines(known(), MODULE, (lines,), TEXT)
    assert (answer.reached, answer.tests) == (reached, tests)
    assert answer.is_single == (tests == (ADD,))


def test_a_range_names_what_each_of_its_lines_is() -> None:
    answer = answer_lines(known(), MODULE, ((1, 15),), TEXT)
    assert answer.tests == (ADD, TOTAL, PAY)
    assert answer.import_only == ((1, 1), (11, 14))
    assert answer.never == ((6, 6), (15, 15))
    assert answer.singles == (SingleTest(ADD, lines=((8, 9),)),)
    assert not answer.may_be_more


def test_t1_covered_by_nobody_known_is_unknown_never_import_only() -> None:
    bare = known(functions={}, lines={CART: {}}, imported={CART: (1,)})
    assert answer_lines(bare, MODULE, ((3, 3),)).reached == "unknown"
    assert answer_lines(bare, MODULE, ((1, 6),)).unknown == ((2, 5),)
    assert answer_function(bare, MODULE, "Cart.total").reached == "unknown"
    assert answer_module(bare, MODULE).reached == "unknown"


def test_functions() -> None:
    total = answer_function(known(), MODULE, "Cart.total")
    assert (total.tests, total.subject.line, total.never) == ((TOTAL, PAY), 2, ((6, 6),))
    assert answer_function(known(), MODULE, "Cart.add").is_single
    assert answer_function(known(), MODULE, "_registry").reached == "import"
    assert answer_function(known(), MODULE, "never").reached == "never"


def test_a_module() -> None:
    answer = answer_module(known(), MODULE)
    assert answer.tests == (ADD, TOTAL, PAY)
    assert answer.singles == (SingleTest(ADD, name="Cart.add"),)
    only = known(functions={CART: [("_registry", 11, 12, ())]}, lines={CART: {}}, imported={CART: range(1, 15)})
    assert answer_module(only, MODULE).reached == "import"
    assert answer_module(only, module("a.py", 0, 3)).reached == "never"
    assert answer_module(only, module("a.py")).reached == "nothing"


def test_capped_functions_and_first_tests_may_have_more() -> None:
    capped = known(capped=["Cart.add"])
    assert answer_lines(capped, MODULE, ((9, 9),)).may_be_more
    assert answer_lines(capped, MODULE, ((9, 9),)).singles == ()
    assert not answer_lines(capped, MODULE, ((3, 3),)).may_be_more
    assert answer_function(capped, MODULE, "Cart.add").may_be_more
    assert answer_module(capped, MODULE).may_be_more
    first = answer_lines(known(basis="first"), MODULE, ((9, 9),))
    assert first.may_be_more
    assert first.singles == ()


def test_nothing_is_known_of_edited_modules() -> None:
    outdated = known(outdated=frozenset([CART]), functions={}, lines={}, imported={})
    assert answer_lines(outdated, MODULE, ((3, 3),)).reached == "outdated"
    assert answer_function(outdated, MODULE, "Cart.total").reached == "outdated"
    assert answer_module(outdated, MODULE).reached == "outdated"


def test_the_change_has_the_tests_of_its_covered_lines() -> None:
    files = (
        ChangedFile(CART, "modified", lines=((3, 6),)),
        ChangedFile("b.py", "modified", lines=((1, 9),)),
        ChangedFile("c.md", "modified", lines=((1, 9),)),
    )
    made = snapshot(MODULE, module("b.py", 0, 3))
    outcome = judge(made, parse_settings({}), RunContext(today=TODAY), Change("c", "main", files)).change
    assert outcome is not None
    (answer,) = answer_change(outcome, {one.path: one for one in made.modules}, {}, known())
    assert (answer.subject.path, answer.tests) == (CART, (TOTAL, PAY))

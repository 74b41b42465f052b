"""The tests to write next, as text."""

from __future__ import annotations

import json
from decimal import Decimal

from covgate.model.lines import Lines
from covgate.model.next_test import NextTest, Reach
from covgate.model.scenario import Scenario
from covgate.model.share import Share
from covgate.model.skeleton import Skeleton
from covgate.reports.next import next_json, next_text, reach_text

PAY = NextTest(
    path="src/shop/pay.py",
    module="shop.pay",
    function="Bank.pay",
    line=30,
    missing=((31, 33),),
    scenarios=(
        Scenario("`amount < 0`", "raises `Declined`", Lines.of([31]), "Declined"),
        *(Scenario(f"`kind == {number}`", f"returns `{number}`") for number in range(7)),
    ),
    gain=3,
    module_share=Share(7, 10),
    total_share=Share(70, 100),
    test_file="tests/test_pay.py",
    nearest_test="tests/test_pay.py::TestBank::test_pay",
    basis="map",
    skeleton=Skeleton("    def test_x(self):\n        pytest.fail()\n", "class", "TestBank", 12, ("test_x",)),
    command="pytest --covgate --cov-append tests/test_pay.py && covgate explain src/shop/pay.py:31-33",
    advice="Mock the\x1b terminal.",
)


def test_in_full() -> None:
    assert next_text([PAY], 80, branches=False) == (
        "src/shop/pay.py:30 Bank.pay()\n"
        "brings     3 statements: the module 70.0 -> 100.0 %, the total 70.0 -> 73.0 %\n"
        "untested   `amount < 0` -> raises `Declined`  (line 31)\n"
        + "".join(f"           `kind == {number}` -> returns `{number}`\n" for number in range(5))
        + "           and 2 more\n"
        "test file  tests/test_pay.py (its tests run the code around the function)\n"
        "nearest    tests/test_pay.py::TestBank::test_pay\n"
        "advice     Mock the\\x1b terminal.\n"
        "check      pytest --covgate --cov-append tests/test_pay.py && covgate explain src/shop/pay.py:31-33\n"
        "\n"
        "add to class TestBank in tests/test_pay.py:\n"
        "\n"
        "    def test_x(self):\n"
        "        pytest.fail()\n"
    )


def test_a_new_file_without_a_skeleton() -> None:
    new = PAY._replace(skeleton=None, basis=None, nearest_test=None, advice="", scenarios=())
    assert next_text([new], 100, branches=True).splitlines()[2:] == [
        "test file  tests/test_pay.py (a new file)",
        f"check      {PAY.command}",
    ]
    assert next_text([], 80, branches=False).startswith("nothing to test next")


def test_the_list_to_a_percentage() -> None:
    reach = Reach((), Share(70, 100), Decimal(80), left=7)
    assert reach_text(reach, [PAY], 100, branches=False) == (
        "1 function to test, to get from 70.0 to 80 % (10 more statements needed)\n"
        "     3 ->  73.0 %  src/shop/pay.py:30 Bank.pay()  in tests/test_pay.py\n"
        "7 more statements needed, outside of functions\n"
    )
    assert reach_text(reach._replace(target=Decimal(70)), [], 80, branches=False) == (
        "70.0 % is 70 % or more: nothing is needed\n"
    )


def test_json() -> None:
    (answer,) = json.loads(next_json([PAY]))
    assert answer["scenarios"][0] == {"when": "`amount < 0`", "then": "raises `Declined`", "lines": [[31, 31]]}
    assert answer["gain"] == {
        "units": 3,
        "module": {"before": "70.0", "now": "100.0", "points": "30.00"},
        "total": {"before": "70.0", "now": "73.0", "points": "3.00"},
    }
    assert answer["place"] == {"in": "class", "class": "TestBank", "after": 12}
    assert list(answer) == [
        *("path", "module", "function", "line", "missing", "scenarios", "gain", "test_file", "nearest_test"),
        *("basis", "skeleton", "place", "command", "advice"),
    ]

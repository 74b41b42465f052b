"""`covgate next`: from the answer to the test, and to the gap that it closes."""

from __future__ import annotations

import ast
import json
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from conftest import Project

ASSERTIONS = {
    "test_loyalty_called": "assert loyalty(Decimal(100), 0) == 100",
    "test_loyalty_years_10": "assert loyalty(Decimal(100), 10) == 92",
    "test_loyalty_years_5": "assert loyalty(Decimal(100), 5) == 96",
}


@pytest.fixture
def shop(example: Callable[[str], Project]) -> Project:
    """The example shop, measured: discounts.py misses its target."""
    shop = example("shop")
    assert shop.pytest("--covgate").code == 0
    return shop


def test_the_test_that_the_answer_describes_closes_the_gap_by_its_gain(shop: Project) -> None:
    before = json.loads(shop.covgate("check", "--report=json:-", "-q").out)["measured"]["covered"]
    (answer,) = json.loads(shop.covgate("next", "--json").out)
    assert (answer["module"], answer["function"], answer["line"]) == ("shop.discounts", "loyalty", 23)
    assert (answer["test_file"], answer["place"]["in"]) == ("tests/test_shop.py", "file")
    assert answer["nearest_test"].startswith("tests/test_shop.py::test_")
    tests = shop.root / answer["test_file"]
    tests.write_text(tests.read_text() + "\n\n" + answer["skeleton"])
    failing = shop.pytest(answer["test_file"])
    assert "3 failed, 10 passed" in failing.out
    assert failing.out.count("- Failed: write the assertion") == 3
    text = tests.read_text()
    for name, assertion in ASSERTIONS.items():
        head, found, rest = text.partition(f"def {name}(")
        assert found
        text = head + found + rest.replace('pytest.fail("write the assertion")', assertion, 1)
    tests.write_text(text)
    assert ast.parse(text)
    measuring, _, explaining = answer["command"].partition(" && ")
    run = shop.pytest(*shlex.split(measuring)[1:])
    assert "failed" not in run.out
    assert "never ran" not in shop.covgate(*shlex.split(explaining)[1:]).out
    after = json.loads(shop.covgate("check", "--report=json:-", "-q").out)["measured"]["covered"]
    assert after - before == answer["gain"]["units"] == 9


def test_the_answer_in_words(shop: Project) -> None:
    out = shop.covgate("next", env={"COLUMNS": "80"}, cwd="src").out
    assert out.startswith(
        "src/shop/discounts.py:23 loyalty()\n"
        "brings     9 statements and branches: the module 37.9 -> 68.9 %, the total 76.0\n"
        "           -> 85.4 %\n"
        "untested   called -> returns `total`  (lines 24, 26, 28)\n"
        "           `years >= 10` -> returns `percentage(total, 8)`  (line 25)\n"
    )
    assert "\ntest file  tests/test_shop.py (" in out
    assert "\nadd to tests/test_shop.py:\n\ndef test_loyalty_called():\n" in out


def test_the_fewest_functions_to_a_percentage(shop: Project) -> None:
    out = shop.covgate("next", "--until", "90").out
    assert "2 functions to test, to get from 76.0 to 90 % (14 more statements and branches needed)\n" in out
    assert "  9 ->  85.4 %  src/shop/discounts.py:23 loyalty()  in tests/test_shop.py\n" in out
    assert out.endswith("covgate next shop.discounts says how to test the first\n")
    assert shop.covgate("next", "--until=50").out == "76.0 % is 50 % or more: nothing is needed\n"
    assert [one["function"] for one in answers(shop, "--until=90")] == ["loyalty", "voucher"]


def test_only_of_a_module_or_a_component(shop: Project) -> None:
    assert {one["path"] for one in answers(shop, "9", "src/shop/discounts.py")} == {"src/shop/discounts.py"}
    assert len(answers(shop, "--count=2")) == 2
    run = shop.covgate("next", "--component=checkout")
    assert run.out == "nothing to test next: no function has code that is missing and required\n"


def answers(shop: Project, *args: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(shop.covgate("next", "--json", *args).out)
    return found


def test_a_project_without_tests_gets_a_new_file(project: Project) -> None:
    project.write(
        {"src/shop/__init__.py": "", "src/shop/cart.py": "def add(a):\n    if a:\n        raise KeyError(a)\n"}
    )
    project.settings('[tool.coverage.run]\nsource = ["src"]\n')
    assert project.python("-m", "coverage", "run", "-c", "import shop", env={"PYTHONPATH": "src"}).code in (0, 1)
    project.python("-m", "coverage", "run", "src/shop/__init__.py")
    (answer,) = answers(project)
    assert (answer["test_file"], answer["basis"], answer["nearest_test"]) == ("tests/test_cart.py", None, None)
    assert answer["place"] == {"in": "new file", "class": None, "after": 0}
    assert answer["skeleton"].startswith("import pytest\nfrom shop.cart import add\n")


def test_a_module_that_this_python_cannot_parse(shop: Project) -> None:
    discounts = shop.root / "src/shop/discounts.py"
    discounts.write_text(discounts.read_text() + "\ndef broken(:\n")
    run = shop.covgate("next")
    assert run.code == 0
    assert "src/shop/discounts.py" in run.err.splitlines()[0]
    assert "; no test of it can be named\n" in run.err
    assert shop.covgate("next", "shop.discounts").code == 2


def test_wrong_use(shop: Project) -> None:
    wrong = [
        (("1", "2"), "found 1 2: more than a number and a module  [option-value]\n  covgate next 5 shop.cart"),
        (("0",), "0 functions cannot be named  [option-value]\n  give a number from 1 on"),
        (("2", "--count=3"), "found both 2 and --count 3  [option-conflict]\n  give one of them"),
        (("2", "--until=90"), "--until names as many functions as it takes  [option-conflict]\n  leave out the number"),
        (("--until=101",), "'101' is not a percentage from 0 to 100"),
        (("--until=nan",), "'nan' is not a percentage from 0 to 100"),
        (("shop.discounts", "--component=checkout"), "found both shop.discounts and --component checkout"),
        (("--component=chekout",), "there is no component 'chekout'  [unknown-module]\n  known components: checkout"),
        (
            ("shop.discount",),
            "there is no measured module 'shop.discount'  [unknown-module]\n  did you mean shop.discounts",
        ),
    ]
    for args, message in wrong:
        run = shop.covgate("next", *args)
        assert run.code == 2
        assert message in run.err


def test_without_data(project: Project) -> None:
    run = project.covgate("next")
    assert run.code == 3
    assert "no coverage data at" in run.err

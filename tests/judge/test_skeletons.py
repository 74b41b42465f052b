"""New tests that fail until somebody writes their assertions: whole texts, a table of cases, and real sources."""

from __future__ import annotations

import ast
import random
import sysconfig
import textwrap
from pathlib import Path
from typing import Any

import pytest

from covgate.judge.scenarios import find_scenarios
from covgate.judge.scenarios.code import Code, read_code
from covgate.judge.skeletons import MESSAGE, write_skeleton
from covgate.judge.skeletons.target import read_target
from covgate.measurement.parsing.outline import outline
from covgate.model.lines import Lines
from covgate.model.scenario import Scenario
from covgate.model.skeleton import NearestTest, Skeleton, Target
from covgate.model.snapshot import Function

PAY = Target("shop.payments", "pay", parameters=("bank", "amount"))
DECLINED = Scenario("`payment is None`", "raises `Declined`", Lines.of((3,)), "Declined")
TEST_PAY = """
import pytest
from shop.payments import Declined


@pytest.fixture
def amount():
    return 1


def test_pay(bank, amount):
    assert pay(bank, amount)
"""


def skeleton(test: str, name: str, target: Target = PAY, **parts: Any) -> Skeleton:
    source = textwrap.dedent(test).lstrip("\n")
    made = write_skeleton(target, [DECLINED], NearestTest(source, name, **parts))
    ast.parse(made.insert_into(source))
    return made


def test_a_test_is_added_to_a_file() -> None:
    made = skeleton(TEST_PAY, "test_pay")
    assert (made.place, made.within, made.names) == ("file", "", ("test_pay_payment_is_none",))
    assert made.text == textwrap.dedent("""\
        def test_pay_payment_is_none(bank, amount):
            from shop.payments import pay
            # `payment is None` -> raises `Declined`
            # with pytest.raises(Declined):
            #     pay(bank, amount)
            pytest.fail("write the assertion")
        """)
    whole = made.insert_into(TEST_PAY)
    assert whole.startswith(TEST_PAY)
    assert whole.removeprefix(TEST_PAY) == f"\n\n{made.text}"


def test_a_test_for_a_new_file_imports_what_the_nearest_needs_and_leaves_its_own_fixtures() -> None:
    test = TEST_PAY.replace("assert pay", "with pytest.raises(Declined):\n        pay")
    made = skeleton(test, "test_pay", extend=False)
    assert made.place == "new file"
    assert made.text.startswith(
        "import pytest\nfrom shop.payments import Declined\nfrom shop.payments import pay\n\n\n"
        "def test_pay_payment_is_none(bank):\n"
    )


def test_without_a_test_to_take_after_there_is_a_new_file() -> None:
    made = write_skeleton(PAY, [])
    assert made.text == (
        "import pytest\nfrom shop.payments import pay\n\n\n"
        'def test_pay():\n    # result = pay(bank, amount)\n    pytest.fail("write the assertion")\n'
    )
    assert write_skeleton(PAY, [], NearestTest("def broken(", "test_pay")) == made
    assert made.insert_into("whatever") == made.text


def test_a_method_is_added_behind_its_class() -> None:
    test = """
        class TestPay:
            def test_pay(self, bank):
                pass

        def test_other():
            pass
        """
    made = skeleton(test, "TestPay::test_pay")
    assert (made.place, made.within, made.after) == ("class", "TestPay", 3)
    assert made.text.startswith("    def test_pay_payment_is_none(self, bank):\n        import pytest\n")
    whole = ast.parse(made.insert_into(textwrap.dedent(test).lstrip("\n")))
    first, second = whole.body
    assert isinstance(first, ast.ClassDef)
    assert [getattr(node, "name", None) for node in (*first.body, second)] == ["test_pay", *made.names, "test_other"]


@pytest.mark.parametrize(
    ("test", "name", "head"),
    [
        ("def test_pay(bank, x=1): ...", "test_pay", "(bank)"),
        ("@pytest.mark.parametrize('a, b', [])\ndef test_pay(a, bank, b): ...", "test_pay[1-2]", "(bank)"),
        ("@pytest.mark.parametrize(argnames=['a', 'b'], argvalues=[])\ndef test_pay(a, bank, b): ...", "test_pay", "(bank)"),
        ("@mock.patch('a.b')\n@mock.patch.object(A, 'b')\ndef test_pay(one, two, bank): ...", "test_pay", "(bank)"),
        ("@mock.patch('a.b', 1)\n@mock.patch.dict(A)\n@patch('c', new=1)\ndef test_pay(bank): ...", "test_pay", "(bank)"),
        ("@given(st.integers())\ndef test_pay(bank, number): ...", "test_pay", "(bank)"),
        ("@given(number=st.integers())\ndef test_pay(number, bank): ...", "test_pay", "(bank)"),
        ("pytestmark = [pytest.mark.parametrize('x', [1])]\ndef test_pay(bank): ...", "test_pay", "(bank, x)"),
        ("@pytest.mark.parametrize('x', [1])\nclass TestPay:\n  def test_pay(self, bank): ...", "TestPay.test_pay", "(self, bank, x)"),
        ("class TestPay(unittest.TestCase):\n  def test_pay(self): ...", "TestPay::test_pay", "(self)"),
        ("class A:\n  class B:\n    def test_pay(self, bank): ...", "A::B::test_pay", "(self, bank)"),
        ("@pytest.mark.skipif(True)\nclass T:\n  def test_pay(self, bank): ...", "T::test_pay", "(bank)"),
        ("pytestmark = pytest.mark.skip\ndef test_pay(bank): ...", "test_pay", "(bank)"),
        ("make_tests()", "test_pay", "()"),
    ],
)  # fmt: skip
def test_fixtures_are_parameters(test: str, name: str, head: str) -> None:
    assert f"def test_pay_payment_is_none{head}:" in skeleton(test, name).text


def test_unittest_fails_by_its_own_means() -> None:
    test = "class Base(TestCase): pass\nclass TestPay(Base):\n\tdef test_pay(self): ...\n"
    made = skeleton(test, "TestPay::test_pay")
    assert made.text.startswith("\tdef test_pay_payment_is_none(self):\n\t\tfrom shop.payments import pay\n")
    assert made.text.endswith(f'\t\tself.fail("{MESSAGE}")\n')
    assert "        # with self.assertRaises(Declined):\n" in made.text.expandtabs(4)
    assert "pytest" not in made.text


def test_outside_of_the_class_pytest_is_imported_and_used() -> None:
    test = "class TestPay(TestCase):\n    def test_pay(self): ...\n"
    made = skeleton(test, "TestPay::test_pay", extend=False)
    assert made.text.startswith("import pytest\n")
    assert "    # with pytest.raises(Declined):\n" in made.text


RAISING = """
import json
import os.path as paths
from http import client, HTTPStatus as Status
from .. import errors
if WINDOWS:
    from winerror import Windows
class Declined(Exception): ...
class TestError(Exception): ...
def pay(card): ...
"""


@pytest.mark.parametrize(
    ("raises", "statement"),
    [
        ("Declined", "from shop.pay import Declined"),
        ("errors.NoDocker", "from shop.pay import errors"),
        ("client.HTTPException", "from http import client"),
        ("Status", "from http import HTTPStatus as Status"),
        ("json.JSONDecodeError", "import json"),
        ("paths.Missing", "import os.path as paths"),
        ("ValueError", ""),
        ("Windows", ""),
        ("TestError", ""),
    ],
)
def test_an_exception_comes_with_its_import(raises: str, statement: str) -> None:
    code = Code(RAISING)
    region = next(one for one in outline(code.tree)[0] if one.name == "pay")
    target = read_target(code, Function("pay", region.line, region.last, region.lines), "shop.pay")
    scenario = Scenario("called", f"raises `{raises}`", raises=raises)
    inside = write_skeleton(target, [scenario], NearestTest("import pytest\ndef test_pay(): ...\n", "test_pay")).text
    above = write_skeleton(target, [scenario]).text
    expected = {"from shop.pay import pay", *filter(None, [statement])}
    assert {line.strip() for line in inside.splitlines() if "import " in line} == expected
    assert {line for line in above.splitlines() if "import " in line} == {"import pytest", *expected}
    name = raises.partition(".")[0]
    bound = f"import pytest\nimport x as {name}\ndef test_pay(): ...\n"
    assert statement not in write_skeleton(target, [scenario], NearestTest(bound, "test_pay")).text or not statement


@pytest.mark.parametrize(
    ("test", "head"),
    [
        ("@pytest.mark.asyncio\nasync def test_pay(): ...", "@pytest.mark.asyncio\nasync def"),
        ("@pytest.mark.anyio\n@pytest.mark.slow\nasync def test_pay(): ...", "@pytest.mark.anyio\nasync def"),
        ("async def test_pay(): ...", "async def"),
        (
            "@pytest.mark.django_db(transaction=True)\ndef test_pay(): ...",
            "@pytest.mark.django_db(transaction=True)\ndef",
        ),
    ],
)
def test_an_async_target(test: str, head: str) -> None:
    made = skeleton(test, "test_pay", PAY._replace(is_async=True))
    assert made.text.startswith(f"{head} test_pay_payment_is_none():")
    call = "await pay(bank, amount)" if "async" in head else "asyncio.run(pay(bank, amount))"
    assert call in made.text


def test_names_do_not_collide() -> None:
    source = "def test_pay_called(): ...\ndef test_pay_called_2(): ...\n"
    called = Scenario("called", "returns `1`")
    long = Scenario("`amount is None` and " * 9, "returns `2`")
    made = write_skeleton(PAY, [called, called, long], NearestTest(source, "test_pay_called"))
    assert made.names[:2] == ("test_pay_called_3", "test_pay_called_4")
    assert made.names[2] == "test_pay_amount_is_none_and_amount_is_none_and_amount_is"


SOURCE = """
class Cart:
    def __init__(self, owner, *, limit, note=""): ...
    @classmethod
    def of(cls, text): ...
    @staticmethod
    def parse(text): ...
    @functools.cached_property
    def total(self): ...
    def items(self, first, last=None): yield first
    async def stream(self): yield 1
def outer(x):
    def inner(y): ...
if WINDOWS:
    def only_there(): ...
def test_client(app): ...
def __private(): ...
"""


@pytest.mark.parametrize(
    ("name", "statement", "call"),
    [
        ("Cart.__init__", "from shop import Cart", "result = Cart(owner, limit=limit)"),
        ("Cart.of", "from shop import Cart", "result = Cart.of(text)"),
        ("Cart.parse", "from shop import Cart", "result = Cart.parse(text)"),
        ("Cart.total", "from shop import Cart", "result = Cart(...).total"),
        ("Cart.items", "from shop import Cart", "result = list(Cart(...).items(first))"),
        ("Cart.stream", "from shop import Cart", "result = [item async for item in Cart(...).stream()]"),
        ("outer", "from shop import outer", "result = outer(x)"),
        ("outer.inner", "from shop import outer", "result = outer(...)"),
        ("only_there", "import shop", "result = shop.only_there()"),
        ("test_client", "import shop", "result = shop.test_client(app)"),
        ("__private", "import shop", "result = shop.__private()"),
    ],
)
def test_a_call_is_sketched(name: str, statement: str, call: str) -> None:
    code = Code(SOURCE)
    region = next(one for one in outline(code.tree)[0] if one.name == name)
    target = read_target(code, Function(name, region.line, region.last, region.lines), "shop")
    text = write_skeleton(target, []).text
    assert statement in text.split("\n")
    assert f"    # {call}" in text.split("\n")


def test_what_cannot_be_imported_is_not() -> None:
    assert "shop" not in write_skeleton(PAY._replace(module=None), []).text


def test_an_import_that_is_there_is_used() -> None:
    test = "import pytest\nfrom shop.payments import pay as pay_now\ndef test_pay(): ...\n"
    text = skeleton(test, "test_pay").text
    assert "import" not in text
    assert "pay_now(bank, amount)" in text


def test_skeletons_of_real_functions_are_python() -> None:
    """Functions of the standard library, beside tests of this project; `benchmarks/advice/skeletons.py` runs them."""
    chance = random.Random(11)
    tests = [(file, node) for file in chance.sample(sorted(Path(__file__).parent.glob("test_*.py")), 6)
             for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]  # fmt: skip
    for file in chance.sample(sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py")), 12):
        code = read_code(file.read_text(encoding="utf-8"))
        assert code is not None
        for region in chance.sample(outline(code.tree)[0], min(10, len(outline(code.tree)[0]))):
            function = Function(region.name, region.line, region.last, region.lines)
            scenarios = find_scenarios(code, function, function.statements)
            beside, test = chance.choice(tests)
            source = beside.read_text(encoding="utf-8")
            nearest = NearestTest(source, test.name, extend=chance.random() < 0.8)
            made = write_skeleton(read_target(code, function, file.stem), scenarios, nearest)
            assert made.text.count(f'pytest.fail("{MESSAGE}")') == max(1, len(scenarios)) == len(made.names)
            compile(made.insert_into(source), "<skeleton>", "exec", dont_inherit=True)

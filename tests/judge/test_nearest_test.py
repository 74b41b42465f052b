"""Which test file a new test belongs to: by the map, by imports, by mentions, by names."""

from __future__ import annotations

from covgate.judge.nearest_test import Wanted, rank_test_files
from covgate.judge.test_files import parse_test_file
from covgate.model.test_file import TestFile
from covgate.model.test_map import FunctionTests, ModuleTests, TestMap

TOTAL = Wanted("src/shop/cart.py", "shop.cart", "Cart.total")


def file(path: str, text: str = "def test(): pass") -> TestFile:
    parsed = parse_test_file(path, text)
    assert parsed is not None
    return parsed


def map_of(**functions: str) -> TestMap:
    """A map of src/shop/cart.py: the tests of each function, by node id."""
    tests = sorted({test for named in functions.values() for test in named.split()})
    known = tuple(
        FunctionTests(
            name.replace("__", "."), 10 * at, 10 * at, 10 * at + 9, tuple(tests.index(t) for t in named.split())
        )
        for at, (name, named) in enumerate(functions.items(), 1)
    )
    return TestMap("functions", tuple(tests), {"src/shop/cart.py": ModuleTests(known)})


def ranked(wanted: Wanted, *files: TestFile, tests: TestMap | None = None) -> list[tuple[str, str]]:
    return [(nearest.file.path, nearest.basis) for nearest in rank_test_files(wanted, files, tests)]


def test_the_map_names_the_file_that_tests_the_neighbours() -> None:
    tests = map_of(
        Cart__merge="tests/test_basket.py::test_merge",
        helper="tests/test_all.py::test_all tests/test_basket.py::test_merge tests/test_x.py::test_x",
    )
    files = [file("tests/test_all.py"), file("tests/test_basket.py"), file("tests/test_x.py"), file("tests/test_y.py")]
    assert ranked(TOTAL, *files, tests=tests)[0] == ("tests/test_basket.py", "map")
    assert "tests/test_y.py" not in dict(ranked(TOTAL, *files, tests=tests))


def test_the_tests_of_a_part_of_the_function_are_nearest() -> None:
    tests = map_of(
        Cart__total="tests/test_b.py::test_sum",
        Cart__merge="tests/test_a.py::test_a",
        Cart__add="tests/test_a.py::test_a",
    )
    text = "def test_other(): pass\ndef test_sum(): pass"
    (nearest, *_) = rank_test_files(TOTAL, [file("tests/test_a.py"), file("tests/test_b.py", text)], tests)
    assert nearest.file.path == "tests/test_b.py"
    assert [test.name for test in nearest.tests] == ["test_sum", "test_other"]


def test_imports_and_names_decide_without_a_map() -> None:
    imports = file("tests/test_basket.py", "from shop.cart import Cart\ndef test(): pass")
    from_package = file("tests/test_p.py", "from shop import Cart\ndef test(): pass")
    by_name = file("tests/test_cart.py")
    other = file("tests/test_other.py", "import shop\ndef test(): pass")
    assert ranked(TOTAL, other, from_package, by_name, imports) == [
        ("tests/test_cart.py", "names"),
        ("tests/test_basket.py", "imports"),
        ("tests/test_p.py", "imports"),
        ("tests/test_other.py", "imports"),
    ]


def test_a_mention_of_the_function_counts() -> None:
    mentions = file("tests/test_a.py", "import shop\ndef test(cart): cart.total()")
    silent = file("tests/test_b.py", "import shop\ndef test(cart): cart.merge()")
    assert ranked(TOTAL, silent, mentions)[0][0] == "tests/test_a.py"


def test_the_test_that_is_named_like_the_function_is_nearest() -> None:
    text = "import shop.cart\nclass TestCart:\n    def test_merge(self): pass\n    def test_total_of_none(self): pass\n"
    (nearest,) = rank_test_files(TOTAL, [file("tests/test_cart.py", text)], None)
    assert nearest.tests[0].name == "TestCart::test_total_of_none"


def test_nothing_speaks_for_a_file() -> None:
    assert ranked(TOTAL, file("tests/test_x.py")) == []
    assert ranked(Wanted("x.py", None, ""), file("tests/test_y.py")) == []

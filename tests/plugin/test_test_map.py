"""T1, T2: real runs record what coverage.py's own contexts say of the same run, alone and from workers."""

from __future__ import annotations

import sys
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.map import differing_functions, differing_lines, read_oracle
from conftest import Project
from covgate.judge.test_maps import merge_maps
from covgate.measurement.run_table import read_map
from covgate.model.lines import Lines
from covgate.model.run_context import RunContext
from covgate.model.test_map import TestMap
from covgate.plugin.functions import why_not
from covgate.plugin.test_map import MapRecorder, join_maps
from covgate.project import open_measured_project
from covgate.run import read_modules, read_tests

HAS_RECORDER = why_not(getattr(sys, "monitoring", None)) is None
SUITE = {
    "pyproject.toml": '[tool.covgate]\nsource = ["shop"]\n[tool.pytest.ini_options]\naddopts = ["-p", "no:randomly"]\n',
    "shop/__init__.py": "",
    "shop/lazy.py": """
        RATE = 2

        def rate():
            return RATE
        """,
    "shop/core.py": """
        import functools

        def register(function):
            @functools.wraps(function)
            def wrapper(*args):
                return function(*args)
            return wrapper

        class Cart:
            def __init__(self):
                self.items = []

            @property
            def total(self):
                return sum(price for price in self.items)

            @register
            def add(self, price):
                def check():
                    return price > 0
                if check():
                    self.items.append(price)

        def steps():
            yield 1
            yield 2

        async def fetch():
            return await answer()

        async def answer():
            return 42

        def work(out):
            out.append(1)

        @functools.lru_cache
        def dear():
            return 3

        def open_shop():
            return Cart()

        def close_shop(cart):
            cart.items.clear()

        def everywhere():
            return 1

        def lazily():
            from shop.lazy import rate
            return rate()
        """,
    "tests/conftest.py": """
        import pytest
        from shop.core import close_shop, everywhere, open_shop

        @pytest.fixture
        def cart():
            cart = open_shop()
            yield cart
            close_shop(cart)

        @pytest.fixture(autouse=True)
        def all_tests():
            everywhere()
        """,
    "tests/test_a.py": """
        import asyncio
        import threading
        import pytest
        from shop import core

        @pytest.mark.parametrize("price", [1, 2, 3, -1])
        def test_add(cart, price):
            cart.add(price)

        class TestTotal:
            def test_empty(self, cart):
                assert cart.total == 0

            def test_one(self, cart):
                cart.add(1)
                assert cart.total == 1

        def test_steps():
            assert list(core.steps()) == [1, 2]

        def test_fetch():
            assert asyncio.run(core.fetch()) == 42

        def test_threads():
            out = []
            threads = [threading.Thread(target=core.work, args=(out,)) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert out == [1, 1, 1]
        """,
    "tests/test_b.py": """
        import unittest
        from shop import core

        class TestOthers(unittest.TestCase):
            def test_dear(self):
                for number in range(3):
                    with self.subTest(number=number):
                        assert core.dear() == 3

            def test_dear_again(self):
                assert core.dear() == 3

            def test_lazily(self):
                assert core.lazily() == 2
        """,
}
OPTIONS = ("-p", "no:cacheprovider", "--covgate", "--covgate-mode=measure", "-v")
PRICE = "tests/test_a.py::test_add"
DEAR = "tests/test_b.py::TestOthers::test_dear"


def recorded(project: Project) -> TestMap:
    known = read_map(project.root / ".coverage")
    assert known is not None
    return known


def read_back(project: Project) -> TestMap:
    """Return the map as a command reads it."""
    opened = open_measured_project(project.root, {})
    snapshot = read_modules(opened, RunContext(today=date(2026, 1, 1)))
    known = read_tests(opened, snapshot)
    assert known is not None
    return known


def test_t1_t2_it_says_what_the_contexts_of_the_same_run_say(project: Project) -> None:
    project.write(SUITE)
    run = project.pytest(*OPTIONS, "--cov-context=test", "--cov-branch")
    oracle = read_oracle(project.root / ".coverage", project.root)
    core = "shop/core.py"
    if HAS_RECORDER:
        assert "records which test runs which function" in run.out
        known = recorded(project)
        assert known.basis == "functions"
        assert list(differing_functions(known, oracle)) == []
        assert known.tests_of_function(core, "dear", None) == (DEAR,), "a cached result runs nothing"
        assert known.tests_of_function(core, "close_shop", None) == known.tests_of_function(core, "open_shop", None)
        assert known.tests_of_function(core, "Cart.add.check", None) == ("tests/test_a.py::TestTotal::test_one", PRICE)
    by_context = read_back(project)
    assert by_context.basis == "contexts"
    assert {f.function.name for f in by_context.fragile()} >= {"dear", "work", "answer"}
    assert set(by_context.tests_of_module(core)) == set(by_context.tests)

    workers = project.pytest(*OPTIONS, "-n", "2", "--dist=loadfile")
    assert workers.code == 0, workers.out
    known = recorded(project)
    assert list(differing_lines(known, oracle)) == []
    assert known.tests == tuple(sorted(known.tests))
    assert len(known.tests) == 9
    if HAS_RECORDER:
        assert list(differing_functions(known, oracle)) == []
        assert known.is_capped("shop/core.py", 48), "every test runs this function"
    project.write({"shop/lazy.py": "RATE = 3\n"})
    read = read_back(project)
    assert read.outdated == {"shop/lazy.py"}
    assert read.basis == ("functions" if HAS_RECORDER else "first")
    assert read.tests_of_line("shop/core.py", 39) == (DEAR,)


def test_t1_it_stands_back_for_other_tools_and_is_switched_off(project: Project) -> None:
    project.write(SUITE).write(
        {
            "taker.py": """
                import sys
                if hasattr(sys, "monitoring"):
                    sys.monitoring.use_tool_id(5, "another")
                """,
        }
    )
    run = project.pytest(*OPTIONS, "-p", "taker")
    reason = "other tools use sys.monitoring" if HAS_RECORDER else "it needs Python 3.12 or later"
    assert f"records only the first test of each line: {reason}" in run.out
    assert recorded(project).basis == "first"
    read = read_back(project)
    assert read.tests_of_line("shop/core.py", 39) == (DEAR,)
    assert read.tests_of_function("shop/core.py", "dear", None) == (DEAR,)
    assert 1 in read.import_only("shop/core.py")
    assert 39 not in read.import_only("shop/core.py")

    off = project.pytest(*OPTIONS, "--no-covgate-map")
    assert "does not record which test runs what" in off.out
    assert read_map(project.root / ".coverage") is None


class NoFunctions:
    """A recorder of functions that stands back."""

    stood_back = "sys.monitoring is taken"

    def __init__(self, _: object) -> None:
        pass

    def start(self) -> None:
        pass

    def enter(self, number: int, file: str) -> None:
        pass

    stop = start


def test_the_first_tests_and_the_outcomes_where_functions_are_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("covgate.plugin.test_map.FunctionRecorder", NoFunctions)
    recorder = MapRecorder()
    assert recorder.description == "records only the first test of each line: coverage.py does not measure"
    assert recorder.result() is None
    recorder.start(None)
    assert recorder.encoded() is None
    data: dict[str, set[int]] = {"a.py": {1}}
    recorder.start(SimpleNamespace(_collector=SimpleNamespace(data=data, branch=False), _should_trace=None))
    assert recorder.description == "records only the first test of each line: sys.monitoring is taken"
    reports = {
        "t.py::one[1]": [("setup", "passed"), ("call", "passed")],
        "t.py::one[2]": [("setup", "skipped")],
        "t.py::two": [("setup", "skipped"), ("teardown", "passed")],
        "t.py::three": [("setup", "passed"), ("call", "failed")],
        "t.py::four": [("setup", "passed"), ("call", "passed"), ("teardown", "failed")],
        "t.py::five": [("setup", "passed"), ("call", "xfailed")],
        "t.py::six": [("setup", "xfailed")],  # xfail(run=False)
    }
    recorder.pytest_runtest_logreport(report("setup", "skipped"))  # of no test that is known
    for line, (nodeid, of_test) in enumerate(reports.items(), 2):
        recorder.pytest_runtest_protocol(SimpleNamespace(nodeid=nodeid))  # type: ignore[arg-type]
        for when, outcome in of_test:
            recorder.pytest_runtest_logreport(report(when, outcome))
        data["a.py"].add(line)
    recorder.stop()
    encoded = recorder.encoded()
    assert encoded is not None
    known = join_maps([encoded, encoded])
    assert known == recorder.result()
    assert (known.basis, known.skipped, known.failed) == (
        "first",
        frozenset(["t.py::two", "t.py::six"]),
        frozenset(["t.py::three", "t.py::four"]),
    )
    assert known.first_tests("a.py", 2) == known.first_tests("a.py", 3) == ("t.py::one",)
    assert known.first_tests("a.py", 7) == ("t.py::five",)
    assert known.import_only("a.py") == Lines.of([1])


def report(when: str, outcome: str) -> Any:
    if outcome == "xfailed":
        return SimpleNamespace(when=when, outcome="skipped", wasxfail="")
    return SimpleNamespace(when=when, outcome=outcome)


def test_t4_a_test_counts_as_skipped_where_no_worker_ran_any_of_it() -> None:
    here = TestMap("first", ("t.py::a", "t.py::b"), {}, skipped=frozenset(["t.py::a", "t.py::b"]))
    there = TestMap("first", ("t.py::a",), {}, failed=frozenset(["t.py::a"]))
    merged = merge_maps([here, there])
    assert (merged.skipped, merged.failed) == (frozenset(["t.py::b"]), frozenset(["t.py::a"]))


def test_a_test_may_take_away_what_the_recorder_uses(project: Project) -> None:
    """The tests of attrs remove sys._getframe, to see what they do without it."""
    project.write(
        {
            "pyproject.toml": '[tool.covgate]\nsource = ["shop"]\n',
            "shop/__init__.py": "",
            "shop/late.py": "def late():\n    return 1\n",
            "tests/test_late.py": """
                import sys

                def test_late(monkeypatch):
                    monkeypatch.delattr(sys, "_getframe")
                    from shop.late import late
                    assert late() == 1
                """,
        }
    )
    run = project.pytest("--covgate")
    assert run.code == 0, run.out
    known = read_map(project.root / ".coverage")
    assert known is not None
    assert known.tests_of_line("shop/late.py", 2) == ("tests/test_late.py::test_late",)

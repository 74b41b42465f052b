"""Maps of workers, shards and runs as one."""

from __future__ import annotations

from covgate.judge.test_maps import merge_maps
from covgate.model.lines import Lines
from covgate.model.test_map import Basis, FunctionTests, ModuleTests, TestMap


def known(tests: str, functions: dict[str, tuple[int, ...]], basis: Basis = "functions", digest: str = "d") -> TestMap:
    """Return a map of one module; the first test reached line 1 first, and line 9 ran at import."""
    found = tuple(FunctionTests(name, 5, 6, 8, numbers) for name, numbers in sorted(functions.items()))
    module = ModuleTests(found, {1: (0,)}, Lines.of([9]), digest)
    return TestMap(basis, tuple(tests.split()), {"a.py": module})


def test_tests_are_numbered_anew_and_functions_joined() -> None:
    merged = merge_maps([known("b d", {"f": (0, 1), "g": (1,)}), known("a c", {"f": (1,), "h": (0,)})])
    assert merged.tests == ("a", "b", "c", "d")
    assert [(f.name, merged.named(f.tests)) for f in merged.modules["a.py"].functions] == [
        ("f", ("b", "c", "d")),
        ("g", ("d",)),
        ("h", ("a",)),
    ]
    assert merged.first_tests("a.py", 1) == ("a",), "of two first tests one is kept"
    assert list(merged.modules["a.py"].imported) == [9]


def test_contexts_keep_every_test_of_a_line() -> None:
    merged = merge_maps([known("b", {}, "contexts"), known("a", {}, "contexts")])
    assert merged.first_tests("a.py", 1) == ("a", "b")


def test_a_capped_function_stays_capped() -> None:
    one = known("a", {"f": (0,)})
    (function,) = one.modules["a.py"].functions
    module = one.modules["a.py"]._replace(functions=(function._replace(is_capped=True),))
    merged = merge_maps([known("b", {"f": (0,)}), one._replace(modules={"a.py": module})])
    assert merged.modules["a.py"].functions[0].is_capped


def test_it_rests_on_the_weakest_basis() -> None:
    assert merge_maps([known("a", {}), known("b", {}, "first")]).basis == "first"


def test_of_a_module_that_was_another_source_elsewhere_nothing_is_known() -> None:
    merged = merge_maps([known("a", {}), known("b", {}, digest="other"), known("c", {})])
    assert not merged.modules
    assert merged.outdated == {"a.py"}


def test_why_they_are_partial_is_said_once() -> None:
    partial = known("a", {})._replace(partial="-k retry")
    assert merge_maps([partial, partial, known("b", {})]).partial == "-k retry"
    assert merge_maps([partial]) == partial

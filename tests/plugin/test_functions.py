"""The recorder of functions by itself, with functions of a source of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType, SimpleNamespace
from typing import Any

import pytest

from covgate.plugin import functions
from covgate.plugin.functions import CAP, TOOL_IDS, FunctionRecorder, why_not

monitoring: Any = getattr(sys, "monitoring", None)
needs_monitoring = pytest.mark.skipif(why_not(monitoring) is not None, reason="nothing is recorded on this Python")
SOURCE = """
def one(): return 1
def two(): return one()
def steps():
    yield one()
    yield two()
class Cart:
    def total(self): return two()
"""


def should_trace(filename: str, _frame: FrameType) -> SimpleNamespace:
    """Measure one file; fail on another."""
    if filename == "broken.py":
        raise RuntimeError(filename)
    return SimpleNamespace(trace=filename == "shop.py", source_filename=f"/{filename}", file_tracer=None)


@pytest.fixture
def code() -> SimpleNamespace:
    names: dict[str, Any] = {}
    exec(compile(SOURCE, "shop.py", "exec"), names)
    return SimpleNamespace(**names)


@pytest.fixture
def recorder() -> Iterator[FunctionRecorder]:
    """A recorder that has started; where another one records this very run there is no place for it."""
    if monitoring is not None and any(monitoring.get_tool(tool) is not None for tool in TOOL_IDS):
        pytest.skip("something else uses sys.monitoring")
    recorder = FunctionRecorder(should_trace)
    recorder.start()
    yield recorder
    recorder.stop()
    assert monitoring is None or [monitoring.get_tool(tool) for tool in TOOL_IDS] == [None, None]


def found(recorder: FunctionRecorder, *, functions: bool = True) -> dict[str, list[int]]:
    """Return the tests of each function, or of each module and class."""
    assert {source for source, _ in recorder.functions()} <= {"/shop.py"}
    seen = [function for _, function in recorder.functions() if function.is_function is functions]
    return {function.code.co_qualname: function.tests for function in seen}  # type: ignore[attr-defined,unused-ignore]


def run(recorder: FunctionRecorder, steps: list[tuple[int, str, Callable[[], object]]]) -> None:
    for test, file, step in steps:
        recorder.enter(test, file)
        step()
        step()
    recorder.stop()


@needs_monitoring
def test_every_function_is_given_to_each_test_that_starts_it(recorder: FunctionRecorder, code: SimpleNamespace) -> None:
    code.one()
    assert recorder.stood_back is None
    run(recorder, [(0, "a", code.two), (1, "a", code.one), (2, "b", code.Cart().total)])
    assert found(recorder) == {"one": [0, 1, 2], "two": [0, 2], "Cart.total": [2]}


@needs_monitoring
def test_what_ran_before_the_first_test_has_no_test(recorder: FunctionRecorder, code: SimpleNamespace) -> None:
    code.two()
    run(recorder, [(0, "a", code.one)])
    assert found(recorder) == {"two": [], "one": [0]}


@needs_monitoring
def test_after_the_cap_a_function_sleeps_until_the_next_test_file(
    recorder: FunctionRecorder, code: SimpleNamespace
) -> None:
    run(recorder, [(test, "a" if test < 9 else "b", code.one) for test in range(11)])
    assert found(recorder) == {"one": [*range(CAP), 9, 10]}
    assert [seen.is_capped for _, seen in recorder.functions() if seen.is_function] == [True]


@needs_monitoring
def test_a_generator_counts_where_it_starts(recorder: FunctionRecorder, code: SimpleNamespace) -> None:
    running = code.steps()
    run(recorder, [(0, "a", lambda: next(running)), (1, "a", lambda: None)])
    assert found(recorder) == {"steps": [0], "one": [0], "two": [0]}


@needs_monitoring
def test_a_module_that_a_test_imports_is_seen_once(recorder: FunctionRecorder) -> None:
    module = compile("class A:\n    pass\n", "shop.py", "exec")
    run(recorder, [(3, "a", lambda: exec(module, {})), (4, "a", lambda: exec(module, {}))])
    assert found(recorder, functions=False) == {"<module>": [3], "A": [3]}


@needs_monitoring
def test_a_restart_of_all_events_changes_nothing(recorder: FunctionRecorder, code: SimpleNamespace) -> None:
    def restart() -> None:
        code.one()
        monitoring.restart_events()

    run(recorder, [(test, "a", restart) for test in range(CAP)])
    assert found(recorder) == {"one": list(range(CAP))}


@needs_monitoring
def test_a_file_on_which_coverage_py_fails_is_left_out(recorder: FunctionRecorder) -> None:
    names: dict[str, Any] = {}
    exec(compile("def f(): pass", "broken.py", "exec"), names)
    run(recorder, [(0, "a", names["f"])])
    assert found(recorder) == {}


@needs_monitoring
def test_it_stands_back_where_others_hold_the_tools(recorder: FunctionRecorder) -> None:
    second = FunctionRecorder(should_trace)
    second.start()
    assert second.stood_back == "other tools use sys.monitoring"
    second.enter(0, "a")
    second.stop()
    assert list(second.functions()) == []
    assert recorder.stood_back is None


@needs_monitoring
@pytest.mark.parametrize("takes", [False, True])
def test_it_stands_back_once_its_tools_are_taken(
    recorder: FunctionRecorder, code: SimpleNamespace, takes: bool
) -> None:
    recorder.enter(0, "a")
    code.one()
    for tool in TOOL_IDS:
        monitoring.free_tool_id(tool)
        if takes:
            monitoring.use_tool_id(tool, "another")
    code.two()
    recorder.enter(1, "a")
    recorder.stop()
    assert recorder.stood_back == "another tool has taken its place in sys.monitoring"
    for tool in TOOL_IDS if takes else ():
        assert monitoring.get_tool(tool) == "another"
        monitoring.free_tool_id(tool)


@needs_monitoring
def test_it_stands_back_where_events_are_not_armed_again(
    recorder: FunctionRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.stop()
    broken = FunctionRecorder(should_trace)
    fake = SimpleNamespace(**{name: getattr(monitoring, name) for name in dir(monitoring) if name[0] != "_"})
    fake.set_local_events = lambda *_: None
    monkeypatch.setattr(broken, "_monitoring", fake)
    broken.start()
    assert broken.stood_back == "this Python does not arm events again"


def test_it_needs_a_python_that_has_sys_monitoring() -> None:
    assert why_not(None) == "it needs Python 3.12 or later"


def test_a_free_threaded_python_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "abiflags", "t", raising=False)
    assert why_not(object()) == "it would slow down a free-threaded Python"


@needs_monitoring
def test_while_python_ends_and_names_are_gone_it_says_nothing(
    recorder: FunctionRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that an error in a conftest file ends is not stopped: callbacks of weak references still run then."""
    recorder.enter(1, "a")
    for name in [name for name in vars(functions) if not name.startswith("__")]:
        monkeypatch.setattr(functions, name, None)
    for file in ("late.py", "broken.py"):
        exec(compile("1", file, "exec"))
    monkeypatch.undo()
    assert {source for source, _ in recorder.functions()} <= {"/shop.py"}

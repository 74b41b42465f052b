"""The hooks that record which test runs what, in the process that runs the tests."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any

import pytest

from covgate.model.node_ids import file_of, strip_parameters
from covgate.plugin.first_tests import FirstTests
from covgate.plugin.functions import FunctionRecorder, SeenFunction

if TYPE_CHECKING:
    from covgate.model.test_map import FunctionTests, TestMap


class MapRecorder:
    """Tells the two recorders which test runs, and makes a map of what they found."""

    def __init__(self, *, watches_lines: bool = True) -> None:
        """Without `watches_lines` only functions: where coverage.py moves the data aside for its own contexts."""
        self._watches_lines = watches_lines
        self._functions: FunctionRecorder | None = None
        self._lines: FirstTests | None = None
        self._numbers: dict[str, int] = {}
        self._test: int | None = None
        self._nodeid = ""
        self._ran: set[int] = set()
        self._skipped: set[int] = set()
        self._failed: set[int] = set()
        self._is_over = True

    @property
    def stood_back(self) -> str | None:
        """Why functions are not recorded; None where they are."""
        return "coverage.py does not measure" if self._functions is None else self._functions.stood_back

    @property
    def description(self) -> str:
        """What is recorded, to be said of the gate."""
        if self.stood_back is None:
            return "records which test runs which function"
        return f"records only the first test of each line: {self.stood_back}"

    def start(self, cov: Any) -> None:  # pragma: no cover - paused
        """Record from now on; `cov` is coverage.py's object, which measures already.

        A worker of pytest-xdist starts again, with the object that it measures with.
        """
        self.stop()
        if cov is None or cov._collector is None:
            return
        collector = cov._collector
        data = collector.data if self._watches_lines else {}
        self._lines = FirstTests(data, has_arcs=bool(collector.branch))
        self._functions = FunctionRecorder(cov._should_trace)
        self._functions.start()
        self._is_over = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:  # pragma: no cover - paused
        nodeid = strip_parameters(item.nodeid)
        if nodeid != self._nodeid:
            self._nodeid = nodeid
            self._enter(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:  # pragma: no cover - paused
        if self._test is None or self._is_over:  # a controller of pytest-xdist runs no test
            return
        if report.outcome == "failed":
            self._failed.add(self._test)
        elif report.outcome == "skipped" and (report.when == "setup" or not hasattr(report, "wasxfail")):
            self._skipped.add(self._test)
        elif report.when == "call":
            self._ran.add(self._test)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:  # pragma: no cover - paused
        """Stop before pytest-cov does, which saves the data after the loop."""
        try:
            return (yield)
        finally:
            self.stop()

    def pytest_unconfigure(self) -> None:
        self.stop()

    def _enter(self, nodeid: str) -> None:  # pragma: no cover - paused
        number = self._numbers.setdefault(nodeid, len(self._numbers))
        if self._functions is not None and self._lines is not None:
            had_functions = self._functions.stood_back is None
            if not had_functions or self._test is None:  # watching lines would double the cost of functions
                self._lines.attribute(self._test)
            self._functions.enter(number, file_of(nodeid))
            if had_functions and self._functions.stood_back is not None:
                self._lines.skip()
        self._test = number

    def stop(self) -> None:
        """Attribute what is left to the last test; a second call does nothing."""
        if self._is_over:
            return
        self._is_over = True
        if self._functions is not None:
            self._functions.stop()
        if self._lines is not None and (self._test is None or self.stood_back is not None):
            self._lines.attribute(self._test)

    def result(self) -> TestMap | None:
        """Return the map, by the names that source files have for coverage.py; None where nothing was measured."""
        from covgate.model.lines import Lines
        from covgate.model.test_map import ModuleTests, TestMap

        if self._functions is None or self._lines is None or not self._numbers:
            return None
        tests = sorted(self._numbers)
        order = {self._numbers[test]: number for number, test in enumerate(tests)}
        functions: dict[str, dict[tuple[int, str], FunctionTests]] = {}
        lines = {source: dict(of_source) for source, of_source in self._lines.lines().items()}
        for source, seen in self._functions.functions() if self.stood_back is None else ():
            if seen.is_function:
                _add_function(functions.setdefault(source, {}), seen, order)
            elif seen.tests:
                of_source = lines.setdefault(source, {})
                for _, _, line in seen.code.co_lines():
                    if line:
                        of_source.setdefault(line, seen.tests[0])
        modules = {}
        for source in sorted({*functions, *lines}):
            of_module, first = functions.get(source, {}), lines.get(source, {})
            modules[source] = ModuleTests(
                functions=tuple(of_module[key] for key in sorted(of_module)),
                lines={line: (order[test],) for line, test in sorted(first.items()) if test is not None},
                imported=Lines.of(line for line, test in first.items() if test is None),
            )
        return TestMap(
            basis="functions" if self.stood_back is None else "first",
            tests=tuple(tests),
            modules=modules,
            skipped=frozenset(tests[order[number]] for number in self._skipped - self._ran - self._failed),
            failed=frozenset(tests[order[number]] for number in self._failed),
        )

    def encoded(self) -> tuple[bytes, bytes] | None:  # pragma: no cover - paused
        """Return the same as bytes, which a worker of pytest-xdist sends."""
        from covgate.measurement.map_codec import encode_map

        known = self.result()
        return None if known is None else (*encode_map(known),)


def join_maps(encoded: Iterable[tuple[bytes, bytes]]) -> TestMap:
    """Return what the workers of pytest-xdist sent as one map."""
    from covgate.judge.test_maps import merge_maps
    from covgate.measurement.map_codec import EncodedMap, decode_map

    return merge_maps([decode_map(EncodedMap(*parts)) for parts in encoded])


def _add_function(functions: dict[tuple[int, str], FunctionTests], seen: SeenFunction, order: dict[int, int]) -> None:
    """Add a function, once for all code objects that it had; annotations are none."""
    from covgate.model.test_map import FunctionTests

    code = seen.code
    if code.co_name == "__annotate__" or code.co_name.startswith("<generic parameters"):
        return
    name: str = code.co_qualname.replace(".<locals>", "")  # type: ignore[attr-defined,unused-ignore]
    first = code.co_firstlineno
    lines = [line for _, _, line in code.co_lines() if line is not None and line > first]
    key = (first, name)
    tests = {order[test] for test in seen.tests}
    is_capped = seen.is_capped
    if key in functions:
        tests.update(functions[key].tests)
        is_capped |= functions[key].is_capped
    functions[key] = FunctionTests(
        name=name,
        first=first,
        body=min(lines, default=first),
        last=max(lines, default=first),
        tests=tuple(sorted(tests)),
        is_capped=is_capped,
    )

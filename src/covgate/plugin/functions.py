"""Records which test runs which function, through `sys.monitoring` (Python 3.12 and up).

One tool discovers the functions of the measured source as they start for the first time, a second one
tracks each of them: an event fires once and is then disabled, until the next test arms it again. Setting
the local events of a function to none and back does that for one tool alone, which Python does not
document: `start` tries it. Two tools are needed because it does nothing while the same tool has the
event for all code.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, TypeAlias

CAP = 4
"""After so many tests of one test file a function is no longer tracked, until the next file."""
TOOL_IDS = (4, 5)
"""Those without a purpose in the documentation: debuggers, coverage.py, profilers and hypothesis take the others."""
PROBE = "<covgate>"
IS_FUNCTION = 0x3
"""`CO_OPTIMIZED` and `CO_NEWLOCALS`."""

ShouldTrace: TypeAlias = Callable[[str, FrameType], Any]
"""`Coverage._should_trace`: from a file name to a disposition with `trace`, `source_filename`, `file_tracer`."""


class SeenFunction:
    """A function that ran: the numbers of its tests, and how many of them are of the present test file."""

    __slots__ = ("code", "is_capped", "is_function", "seen", "tests")

    def __init__(self, code: CodeType) -> None:
        self.code = code
        self.is_function = code.co_flags & IS_FUNCTION == IS_FUNCTION
        """False for the code of a module or of a class, which runs once."""
        self.tests: list[int] = []
        self.seen = 0
        self.is_capped = False


class FunctionRecorder:
    """Records from `start` to `stop`; `stood_back` says why it does not, or no longer."""

    def __init__(self, should_trace: ShouldTrace) -> None:
        self.stood_back: str | None = None
        self._should_trace = should_trace
        self._monitoring: Any = getattr(sys, "monitoring", None)
        self._tools: tuple[int, ...] = ()
        self._name = f"covgate {id(self)}"
        self._sources: dict[str, str | None] = {}
        self._fresh: list[CodeType] = []
        self._hits: list[CodeType] = []
        self._seen: dict[int, SeenFunction] = {}  # by the id of the code, whose hash would read all of it
        self._of_file: list[SeenFunction] = []
        self._file: str | None = None
        self._test: int | None = None

    def start(self) -> None:
        """Take two tools, try them, and discover."""
        self.stood_back = why_not(self._monitoring)
        if self.stood_back is None:
            free = [tool for tool in TOOL_IDS if self._monitoring.get_tool(tool) is None]
            if len(free) < 2:
                self.stood_back = "other tools use sys.monitoring"
                return
            self._tools = tuple(free[:2])
            for tool in self._tools:
                self._monitoring.use_tool_id(tool, self._name)
            self._register()
            if not self._rearms():
                self.stop()
                self.stood_back = "this Python does not arm events again"
                return
            self._monitoring.set_events(self._tools[0], self._monitoring.events.PY_START)

    def enter(self, test: int, file: str) -> None:
        """What runs from now on runs for this test, of this test file."""
        if self._holds_tools():
            try:
                self._attribute()
                if file != self._file:
                    self._wake()
            except ValueError:  # a test of another thread has freed them
                self._lose()
        self._test, self._file = test, file

    def stop(self) -> None:
        """Attribute what is left, and free the tools; a second call does nothing."""
        if not self._holds_tools():
            return
        monitoring, (finder, tracker) = self._monitoring, self._tools
        try:
            self._attribute()
            monitoring.set_events(finder, 0)
            for function in self._seen.values():
                monitoring.set_local_events(tracker, function.code, 0)
        except ValueError:
            self._lose()
            return
        for tool in self._tools:
            monitoring.register_callback(tool, monitoring.events.PY_START, None)
            monitoring.free_tool_id(tool)
        self._tools = ()

    def functions(self) -> Iterator[tuple[str, SeenFunction]]:
        """Yield every function, module and class that ran, with its source file; without tests: before the first."""
        for function in self._seen.values():
            source = self._sources[function.code.co_filename]
            if source is not None:
                yield source, function

    def _register(self) -> None:
        """Two callbacks, which never raise."""
        monitoring = self._monitoring
        disable, finder, tracker = monitoring.DISABLE, *self._tools
        sources, add_fresh, add_hit, decide = self._sources, self._fresh.append, self._hits.append, self._decide
        undecided = object()
        frame_above = sys._getframe  # a test may take it away

        def discover(code: CodeType, _offset: int) -> object:
            source = sources.get(code.co_filename, undecided)
            if source is undecided:
                source = decide(code.co_filename, frame_above(1))
            if source is not None:
                add_fresh(code)
            return disable

        def track(code: CodeType, _offset: int) -> object:
            add_hit(code)
            return disable

        monitoring.register_callback(finder, monitoring.events.PY_START, discover)
        monitoring.register_callback(tracker, monitoring.events.PY_START, track)

    def _decide(self, filename: str, frame: FrameType) -> str | None:
        """Return the name of the measured source file; None for other files, and for those of plugins."""
        source = None
        try:  # while Python ends, the names of modules are gone: those of coverage.py, and of contextlib
            disposition = self._should_trace(filename, frame)
            if disposition.trace and not disposition.file_tracer:
                source = disposition.source_filename
        except Exception:
            pass
        self._sources[filename] = source
        return source

    def _rearms(self) -> bool:
        """Whether events of a function fire once each time they are set again."""
        monitoring, (finder, tracker) = self._monitoring, self._tools
        start = monitoring.events.PY_START
        names: dict[str, Any] = {}
        exec(compile("def probe(): pass", PROBE, "exec"), names)
        probe, code = names["probe"], names["probe"].__code__
        self._sources[PROBE] = PROBE
        counts = []
        monitoring.set_events(finder, start)
        for events in ((), (start,), (0, start)):
            for value in events:
                monitoring.set_local_events(tracker, code, value)
            probe()
            probe()
            counts.append((self._fresh.count(code), self._hits.count(code)))
        monitoring.set_events(finder, 0)
        monitoring.set_local_events(tracker, code, 0)
        self._fresh.clear()
        self._hits.clear()
        self._sources[PROBE] = None
        return counts == [(1, 0), (1, 1), (1, 2)]

    def _attribute(self) -> None:
        """Give what ran since the last call to the present test, and arm it again up to the cap."""
        test, set_events, tracker = self._test, self._monitoring.set_local_events, self._tools[1]
        start = self._monitoring.events.PY_START
        seen, add = self._seen, self._add
        for code in _take(self._hits):
            if add(seen[id(code)], test):
                set_events(tracker, code, 0)
                set_events(tracker, code, start)
        for code in _take(self._fresh):
            known = seen.get(id(code))
            if known is None:  # else somebody restarted the events of all tools
                known = seen[id(code)] = SeenFunction(code)
                if known.is_function:
                    set_events(tracker, code, start)
            add(known, test)

    def _add(self, function: SeenFunction, test: int | None) -> bool:
        """Note the test, and return whether the function is to be tracked on."""
        if test is None:
            return True
        if not function.tests or function.tests[-1] != test:
            function.tests.append(test)
            if not function.seen:
                self._of_file.append(function)
            function.seen += 1
        if function.seen < CAP:
            return True
        function.is_capped = True
        return False

    def _wake(self) -> None:
        """Track on, in the next test file, what reached the cap in this one."""
        for function in self._of_file:
            if function.seen >= CAP:  # code that is no function never gets there
                self._monitoring.set_local_events(self._tools[1], function.code, 0)
                self._monitoring.set_local_events(self._tools[1], function.code, self._monitoring.events.PY_START)
            function.seen = 0
        self._of_file.clear()

    def _holds_tools(self) -> bool:
        """Whether the tools are ours: a test may free those of everybody, and take them."""
        if all(self._monitoring.get_tool(tool) == self._name for tool in self._tools):
            return bool(self._tools)
        self._lose()
        return False

    def _lose(self) -> None:
        self._tools = ()
        self.stood_back = "another tool has taken its place in sys.monitoring"


def why_not(monitoring: object) -> str | None:
    """Return why functions cannot be recorded on this Python; None where they can."""
    if monitoring is None:
        return "it needs Python 3.12 or later"
    if "t" in getattr(sys, "abiflags", "") or "free-threading" in sys.version:
        return "it would slow down a free-threaded Python"
    return None


def _take(codes: list[CodeType]) -> list[CodeType]:
    """Empty the list, to which other threads may add, and return what was in it."""
    taken = codes[:]
    del codes[: len(taken)]
    return taken

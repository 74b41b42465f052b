"""What is timed: a function a row, each giving the lines of its table."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import environments
from environments import HERE, WORK
from timing import Action, Times, in_turn, peak_memory, processor_time, ratio, run

Line = tuple[str, str, str, str, str]
"""What, ours, theirs, reached, to reach."""

QUIET = ["-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
PLAIN = [*QUIET, "-p", "no:covgate", "-p", "no:cov"]
PEER = [*QUIET, "-p", "no:covgate"]
BUSY = """
import time

def test_busy():
    end = time.monotonic() + 60
    while time.monotonic() < end:
        pass
"""
# Without those that need packages which sqlglot itself does not.
SQLGLOT_TESTS = ["tests", *(f"--ignore=tests/test_{name}.py" for name in ("executor", "optimizer", "sqlglotc"))]
SYMPY_TESTS = "sympy/core/tests/test_symbol.py"


def idle(rounds: int) -> Iterator[Line]:
    python = environments.ours() / "python"
    folder = WORK / "empty"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "pytest.ini").write_text("[pytest]\n")
    base: list[str | Path] = [python, "-m", "pytest", *QUIET]
    times = in_turn(
        {
            "with": lambda: processor_time(base, folder),
            "without": lambda: processor_time([*base, "-p", "no:covgate"], folder),
        },
        rounds * 8,
    )
    installed, without = times["with"], times["without"]
    yield (
        "processor time in an empty folder, plugin installed, `--covgate` not given",
        installed.shown(),
        f"without: {without.shown()}",
        f"{1000 * (min(installed.seconds) - min(without.seconds)):+.1f} ms at the lowest, "
        f"{1000 * (installed.median - without.median):+.1f} ms at the median",
        "at most +3 ms",
    )


def lines(rounds: int) -> Iterator[Line]:
    folder, python = _marshmallow()
    times = in_turn(
        {
            "plain": lambda: run([python, "-m", "pytest", *PLAIN], folder, PYTHONPATH="src"),
            "covgate": lambda: run([python, "-m", "pytest", *QUIET, "--covgate"], folder, PYTHONPATH="src"),
            "pytest-cov": lambda: run([python, "-m", "pytest", *PEER, "--cov=marshmallow"], folder, PYTHONPATH="src"),
        },
        rounds,
    )
    ours, plain = times["covgate"], times["plain"]
    yield (
        "marshmallow's tests (1,200, in two seconds), line mode",
        ours.shown(),
        f"pytest alone: {plain.shown()}",
        _times_as_long(ours, plain),
        "at most 1.10 x",
    )
    yield (
        "the same, pytest-cov against pytest alone",
        times["pytest-cov"].shown(),
        f"pytest alone: {plain.shown()}",
        _times_as_long(times["pytest-cov"], plain),
        "-",
    )


def long(rounds: int) -> Iterator[Line]:
    folder, python = environments.project("sqlglot"), environments.ours() / "python"
    times = in_turn(
        {
            "plain": lambda: run([python, "-m", "pytest", *PLAIN, *SQLGLOT_TESTS], folder, PYTHONPATH="."),
            "covgate": lambda: run(
                [python, "-m", "pytest", *QUIET, "--covgate", *SQLGLOT_TESTS], folder, PYTHONPATH="."
            ),
        },
        max(2, rounds // 2),
        uncounted=0,
    )
    yield (
        "sqlglot's tests (1,279), line mode",
        times["covgate"].shown(),
        f"pytest alone: {times['plain'].shown()}",
        _times_as_long(times["covgate"], times["plain"]),
        "at most 1.10 x",
    )


def branches(rounds: int) -> Iterator[Line]:
    folder, python = _marshmallow()
    peer = [*PEER, "--cov=marshmallow", "--cov-branch", "--cov-report="]
    ours = [*QUIET, "--covgate", "--cov-branch"]
    times = in_turn(
        {
            "pytest-cov": lambda: run([python, "-m", "pytest", *peer], folder, PYTHONPATH="src"),
            "covgate": lambda: run([python, "-m", "pytest", *ours], folder, PYTHONPATH="src"),
        },
        rounds,
    )
    yield (
        "marshmallow's tests, branch mode",
        times["covgate"].shown(),
        f"`--cov --cov-branch --cov-report=`: {times['pytest-cov'].shown()}",
        _times_as_long(times["covgate"], times["pytest-cov"]),
        "at most 1.05 x",
    )


def verdict(rounds: int) -> Iterator[Line]:
    folder, bin_folder = environments.project("sympy"), environments.ours()
    cache = folder / ".covgate"
    edited = folder / "sympy" / "core" / "symbol.py"
    ours = _from_last_test(bin_folder, folder)

    def first() -> float:
        shutil.rmtree(cache, ignore_errors=True)
        return ours()

    def after_an_edit() -> float:
        text = edited.read_text(encoding="utf-8")
        edited.write_text(text + "\nEDITED = 1\n", encoding="utf-8")
        try:
            return ours()
        finally:
            edited.write_text(text, encoding="utf-8")

    times = in_turn(
        {
            "first": first,
            "second": ours,
            "edit": after_an_edit,
            "coverage report": lambda: run([bin_folder / "coverage", "report"], folder),
        },
        max(2, rounds // 2),
        uncounted=0,
    )
    report = times["coverage report"]
    theirs = f"`coverage report`: {report.shown()}"
    second, whole = times["second"], times["first"]
    times_faster = 1 / ratio(second, report)
    yield (
        "sympy, from the last test to the end, later runs",
        second.shown(),
        theirs,
        f"{times_faster:.0f} x faster",
        "1 s; 40 x faster",
    )
    yield (
        "sympy, the same, first run, nothing hidden behind tests",
        whole.shown(),
        theirs,
        _times_as_long(whole, report),
        "at most 0.5 x",
    )
    yield "sympy, the same, one file edited", times["edit"].shown(), theirs, _times_as_long(times["edit"], second), "-"
    yield _hidden(bin_folder, folder, cache)


def _hidden(bin_folder: Path, folder: Path, cache: Path) -> Line:
    """A first run whose tests take longer than parsing: a loop of a minute on one core of several."""
    busy = folder / "test_busy.py"
    busy.write_text(BUSY)
    shutil.rmtree(cache, ignore_errors=True)
    try:
        took = _from_last_test(bin_folder, folder, busy.name)()
    finally:
        busy.unlink()
    shown = Times((took,)).shown().split(" (")[0]
    return "sympy, first run, behind a test that keeps one core busy for 60 s", shown, "-", shown, "hidden"


def chain(rounds: int) -> Iterator[Line]:
    folder, bin_folder, peers = environments.project("sympy"), environments.ours(), environments.peers()
    reports = [f"--cov-report={report}" for report in ("term", "xml:coverage.xml", "json:coverage.json")]
    peer_run = _from_last_test(peers, folder, peer=["--cov=sympy", *reports])

    def theirs() -> float:
        seconds = peer_run()
        diff: list[str | Path] = [peers / "diff-cover", "coverage.xml", "--compare-branch=main", "--fail-under=80"]
        seconds += run(diff, folder, codes=(0, 1))
        threshold: list[str | Path] = [peers / "coverage-threshold", "--line-coverage-min", "5"]
        return seconds + run(threshold, folder, codes=(0, 1))

    times = in_turn({"ours": _from_last_test(bin_folder, folder), "theirs": theirs}, max(2, rounds // 3), uncounted=0)
    yield (
        "sympy, from the last test to the answer, later runs",
        times["ours"].shown(),
        f"three reports, diff-cover, coverage-threshold: {times['theirs'].shown()}",
        f"{1 / ratio(times['ours'], times['theirs']):.0f} x faster",
        "100 x faster",
    )


def size(rounds: int) -> Iterator[Line]:
    del rounds
    bin_folder = environments.ours()
    floor = peak_memory([bin_folder / "covgate", "check"], environments.generated(10))[1]
    for modules in (1_000, 10_000, 50_000):
        folder = environments.generated(modules)
        shutil.rmtree(folder / ".covgate", ignore_errors=True)
        for what in ("first", "later"):
            seconds, memory = peak_memory([bin_folder / "covgate", "check"], folder)
            yield (
                f"`covgate check`, {modules:,} modules, {what} run",
                f"{seconds:.2f} s, {1e6 * seconds / modules:.0f} us a module",
                "-",
                f"{memory / 2**20:.0f} MiB, {(memory - floor) / modules / 1024:.1f} KiB a module",
                "linear, under 20 KB",
            )


def _marshmallow() -> tuple[Path, Path]:
    return environments.project("marshmallow"), environments.ours() / "python"


def _from_last_test(bin_folder: Path, folder: Path, *tests: str, peer: list[str] | None = None) -> Action:
    """Seconds from the end of the last test to the end of the run, of a run of few tests."""
    options = ["--covgate", "--covgate-partial=fail"] if peer is None else peer
    command: list[str | Path] = [bin_folder / "python", "-m", "pytest", *QUIET, "-p", "last_test", *options]
    written = WORK / "last-test.txt"

    def action() -> float:
        run([*command, SYMPY_TESTS, *tests], folder, PYTHONPATH=str(HERE), LAST_TEST_FILE=str(written))
        return float(written.read_text())

    return action


def _times_as_long(ours: Times, theirs: Times) -> str:
    return f"{ratio(ours, theirs):.2f} x"


ROWS: dict[str, Callable[[int], Iterator[Line]]] = {
    "idle": idle,
    "lines": lines,
    "long": long,
    "branches": branches,
    "verdict": verdict,
    "chain": chain,
    "size": size,
}

"""Why coverage was lost: the tests of the baseline that ran the lines, and what became of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from covgate.model.change import ChangedFile
from covgate.model.comparison import Comparison, ModuleMovement
from covgate.model.lines import Lines
from covgate.model.lost_tests import Fate, LostTest, LostTests
from covgate.model.node_ids import file_of
from covgate.model.test_map import TestMap


class TestTexts(NamedTuple):
    """The text of test files by path, in the baseline and now; those that cannot be read are left out."""

    before: Mapping[str, str]
    now: Mapping[str, str]


TestTexts.__test__ = False  # type: ignore[attr-defined]  # for pytest: no class of tests, whatever its name


def wanted_texts(
    comparison: Comparison, before: TestMap, now: TestMap, files: Iterable[ChangedFile] | None
) -> frozenset[str]:
    """Return the files to read before `find_lost_tests`: of tests that did not run, and of those that changed.

    A test may have moved to any file of those that differ; None where nobody knows which.
    """
    lost = {test for module in comparison.modules for *_, tests in _lost_lines(module, before) for test in tests}
    if not lost:
        return frozenset()
    gone = {file_of(test) for test in lost.difference(now.tests)}
    return frozenset(gone | {file.path for file in files or () if file.path.endswith(".py")})


def find_lost_tests(comparison: Comparison, before: TestMap, now: TestMap, texts: TestTexts) -> tuple[LostTests, ...]:
    """Return the tests that used to run what is no longer covered, by module and line.

    Left out are lines of which the baseline knows no test, and those of a function that more tests run than it names,
    where all that it names still run. `before` has the paths and lines of the baseline. Nothing is said of a run that
    saw only a part of the tests.
    """
    if now.partial is not None:
        return ()
    fates = _Fates(now, texts)
    return tuple(found for module in comparison.modules for found in _of_module(module, before, now, fates))


def _of_module(module: ModuleMovement, before: TestMap, now: TestMap, fates: _Fates) -> Iterator[LostTests]:
    by_tests: dict[tuple[LostTest, ...], list[int]] = {}
    old_path = module.old_path or module.path
    for line, old_line, tests in _lost_lines(module, before):
        still_running = now.tests_of_line(module.path, line)
        told = [fates.tell(test) for test in tests]
        # A test of another name that still runs the function is no reason.
        told = [one for one in told if one.renamed_to is None or one.renamed_to not in still_running]
        blamed = [one for one in told if one.fate != "not reaching"]
        # Of a capped function the tests that are named may be innocent; other bases know the line itself.
        if not blamed and not (before.basis == "functions" and before.is_capped(old_path, old_line)):
            elsewhere = [one for one in told if (one.renamed_to or one.test) not in still_running]
            blamed = elsewhere or [one for one in told if fates.has_changed(one.test)] or told
        if blamed:
            by_tests.setdefault(tuple(blamed), []).append(line)
    for found, lines in by_tests.items():
        yield LostTests(module.path, Lines.of(lines), found)


def _lost_lines(module: ModuleMovement, before: TestMap) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield each lost line of which tests are known: its number now and in the baseline, and these tests."""
    for line, old_line in zip(module.lost, module.lost_before, strict=True):
        tests = before.tests_of_line(module.old_path or module.path, old_line)
        if tests:
            yield line, old_line, tests


class _Fates:
    """Tells what became of tests; each file is parsed once."""

    def __init__(self, now: TestMap, texts: TestTexts) -> None:
        self._now = now
        self._run = frozenset(now.tests)
        self._before = {path: _bodies(text) for path, text in texts.before.items()}
        self._after = {path: _bodies(text) for path, text in texts.now.items()}
        self._told: dict[str, LostTest] = {}
        self._renamed: set[str] = set()
        """Node ids of now that have been found under another name."""

    def tell(self, test: str) -> LostTest:
        if test not in self._told:
            self._told[test] = self._tell(test)
        return self._told[test]

    def has_changed(self, test: str) -> bool:
        """Whether the body of a test is another one than in the baseline, as far as both are known."""
        path, _, name = test.partition("::")
        before = (self._before.get(path) or {}).get(name)
        return before is not None and before != (self._after.get(path) or {}).get(name)

    def _tell(self, test: str) -> LostTest:
        outcome = self._outcome(test)
        if outcome is not None:
            return LostTest(test, outcome)
        path, _, name = test.partition("::")
        after = self._after.get(path, {})
        body = (self._before.get(path) or {}).get(name)
        if body is None or after is None or name in after:
            # Inherited or made by code, in a file that cannot be parsed, or still there.
            return LostTest(test, "not run")
        renamed_to = self._renamed_to(path, body)
        if renamed_to is None:
            return LostTest(test, "deleted")
        return LostTest(test, self._outcome(renamed_to) or "renamed", renamed_to)

    def _outcome(self, test: str) -> Fate | None:
        """Return how a test ended that ran, None for one that did not."""
        if test in self._now.failed:
            return "failed"
        if test in self._now.skipped:
            return "skipped"
        return "not reaching" if test in self._run else None

    def _renamed_to(self, path: str, body: str) -> str | None:
        """Return the node id of a function with this body that the baseline did not have; the test's own file first.

        Each is the new name of one test only. None where there is none.
        """
        for file in sorted(self._after, key=lambda file: (file != path, file)):
            known = self._before.get(file) or {}
            for name, other in (self._after[file] or {}).items():
                renamed_to = f"{file}::{name}"
                if other == body and name not in known and renamed_to not in self._renamed:
                    self._renamed.add(renamed_to)
                    return renamed_to
        return None


def _bodies(text: str) -> dict[str, str] | None:
    """Return what each function does, by its name as in a node id; None for a text that cannot be parsed."""
    try:
        tree = ast.parse(text)
        return dict(_functions(tree.body, ""))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _functions(block: Iterable[ast.stmt], prefix: str) -> Iterator[tuple[str, str]]:
    for node in block:
        if isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{prefix}{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", "\n".join([ast.dump(node.args), *map(ast.dump, node.body)])
        else:  # an if, a try or a with may hold some
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.stmt):
                    yield from _functions([child], prefix)
                elif isinstance(child, ast.ExceptHandler | ast.match_case):
                    yield from _functions(child.body, prefix)

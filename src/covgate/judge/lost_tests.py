"""Why coverage was lost: the tests of the baseline that ran the lines, and what became of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from covgate.model.change import ChangedFile
from covgate.model.comparison import Comparison, ModuleMovement
from covgate.model.lines import Lines
from covgate.model.lost_tests import LostTest, LostTests
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
    """Return the files to read before `find_lost_tests`: none where all tests that are concerned ran.

    A test may have moved to any file of those that differ; None where nobody knows which.
    """
    lost = {test for module in comparison.modules for _, tests in _lost_lines(module, before) for test in tests}
    gone = {file_of(test) for test in lost.difference(now.tests)}
    if not gone:
        return frozenset()
    changed = {file.path for file in files or () if file.path.endswith(".py")}
    return frozenset(gone | changed)


def find_lost_tests(comparison: Comparison, before: TestMap, now: TestMap, texts: TestTexts) -> tuple[LostTests, ...]:
    """Return the tests that used to run what is no longer covered, by module and line.

    Lines of which the baseline knows no test are left out. `before` has the paths and lines of the baseline. Nothing
    is said of a run that saw only a part of the tests.
    """
    if now.partial is not None:
        return ()
    fates = _Fates(now, texts)
    return tuple(found for module in comparison.modules for found in _of_module(module, before, now, fates.tell))


def _of_module(
    module: ModuleMovement, before: TestMap, now: TestMap, fate: Callable[[str], LostTest]
) -> Iterator[LostTests]:
    by_tests: dict[tuple[LostTest, ...], list[int]] = {}
    for line, tests in _lost_lines(module, before):
        told = [fate(test) for test in tests]
        gone = [one for one in told if one.fate != "not reaching"]
        if not gone:
            still_running = now.tests_of_line(module.path, line)
            gone = [one for one in told if one.test not in still_running] or told
        by_tests.setdefault(tuple(gone), []).append(line)
    for blamed, lines in by_tests.items():
        yield LostTests(module.path, Lines.of(lines), blamed)


def _lost_lines(module: ModuleMovement, before: TestMap) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each lost line, as it is numbered now, of which tests are known."""
    for line, old_line in zip(module.lost, module.lost_before, strict=True):
        tests = before.tests_of_line(module.old_path or module.path, old_line)
        if tests:
            yield line, tests


class _Fates:
    """Tells what became of tests; each file is parsed once."""

    def __init__(self, now: TestMap, texts: TestTexts) -> None:
        self._now = now
        self._run = frozenset(now.tests)
        self._texts = texts
        self._before: dict[str, dict[str, str]] = {}
        self._after: dict[str, dict[str, str]] | None = None
        self._told: dict[str, LostTest] = {}

    def tell(self, test: str) -> LostTest:
        if test not in self._told:
            self._told[test] = self._tell(test)
        return self._told[test]

    def _tell(self, test: str) -> LostTest:
        if test in self._now.failed:
            return LostTest(test, "failed")
        if test in self._now.skipped:
            return LostTest(test, "skipped")
        if test in self._run:
            return LostTest(test, "not reaching")
        if self._after is None:
            self._after = {path: _bodies(text) for path, text in self._texts.now.items()}
        path, _, name = test.partition("::")
        if name in self._after.get(path, ()):
            return LostTest(test, "not run")
        renamed_to = self._renamed(path, name, self._after)
        return LostTest(test, "deleted") if renamed_to is None else LostTest(test, "renamed", renamed_to)

    def _renamed(self, path: str, name: str, after: Mapping[str, Mapping[str, str]]) -> str | None:
        """Return the node id of the function with this test's body that the baseline did not have; its own file first.

        None where there is none.
        """
        body = self._bodies_before(path).get(name)
        if body is None:
            return None
        for file in sorted(after, key=lambda file: (file != path, file)):
            known = self._bodies_before(file)
            for other, other_body in after[file].items():
                if other_body == body and other not in known:
                    return f"{file}::{other}"
        return None

    def _bodies_before(self, path: str) -> Mapping[str, str]:
        if path not in self._before:
            self._before[path] = _bodies(self._texts.before.get(path, ""))
        return self._before[path]


def _bodies(text: str) -> dict[str, str]:
    """Return what each function does, by its name as in a node id; nothing for a text that cannot be parsed."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return dict(_functions(tree, ""))


def _functions(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, str]]:
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}::")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{child.name}", "\n".join([ast.dump(child.args), *map(ast.dump, child.body)])

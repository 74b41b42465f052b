"""Files that start Python processes, judged by their syntax."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

from covgate.config.lenient import text_of
from covgate.doctor.facts import Processes

STARTERS = frozenset(["run", "Popen", "call", "check_call", "check_output", "create_subprocess_exec"])
WORKERS = frozenset(["Process", "Pool", "ProcessPoolExecutor"])
WORKER_MODULES = frozenset(["multiprocessing", "concurrent.futures", "concurrent"])


def started_processes(files: Mapping[str, Path], others: Iterable[str]) -> Processes:
    """`files` are tests and sources by their shown path, `others` texts that may start the measurement."""
    children, workers = [], []
    texts = {path: text_of(file) for path, file in files.items()}
    for path, text in texts.items():
        if ("sys" in text and "executable" in text) or "multiprocessing" in text or "ProcessPoolExecutor" in text:
            starts = _Starts(text)
            children += [path] if starts.children else []
            workers += [path] if starts.workers else []
    by_hand = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "process_startup")
    return Processes(
        children=tuple(children),
        workers=tuple(workers),
        started_by_hand=any(word in text for text in (*texts.values(), *others) for word in by_hand),
    )


class _Starts(ast.NodeVisitor):
    """What one file starts; nothing where it cannot be parsed."""

    def __init__(self, text: str) -> None:
        self._uses: set[str] = set()
        self._imported: set[str] = set()
        self._named_interpreter = False
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.visit(ast.parse(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self._uses.clear()

    @property
    def children(self) -> bool:
        return (
            self._named_interpreter and bool({"subprocess", "asyncio"} & self._imported) and bool(STARTERS & self._uses)
        )

    @property
    def workers(self) -> bool:
        return any(use in WORKERS for use in self._uses) and bool(WORKER_MODULES & self._imported)

    def visit_Import(self, node: ast.Import) -> None:
        self._imported.update(alias.name.split(".")[0] for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._imported.add(node.module or "")
        self._imported.add((node.module or "").split(".")[0])
        if node.module == "sys" and any(alias.name == "executable" for alias in node.names):
            self._named_interpreter = True

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name) and node.value.id == "sys" and node.attr == "executable":
            self._named_interpreter = True
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func
        self._uses.add(called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", ""))
        self.generic_visit(node)

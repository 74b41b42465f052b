"""Which modules test files import, read from their text."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from covgate.model.snapshot import Module

PACKAGE = "/__init__.py"
CALLS = frozenset(["import_module", "__import__", "importorskip"])
"""Functions that import what their first argument names."""
DEPTH = 8
"""How often a name is looked up in a further package that takes it from elsewhere."""


class Imported(NamedTuple):
    """`import module`, or `from module import name`; the module by its import name, or by folders from the root."""

    module: str
    name: str = ""


def find_imports(
    tests: Mapping[str, str], modules: Iterable[Module], packages: Mapping[str, str]
) -> dict[str, frozenset[str]]:
    """Return, by the path of each test file, the paths of the modules that it imports.

    `tests` and `packages` are texts by path. A name that a package takes from another module counts as that
    module: `from shop import Cart` imports `shop/cart.py` where `shop/__init__.py` has `from .cart import Cart`.
    """
    known = _Modules(modules, packages)
    return {
        path: frozenset(found for one in read_imports(text, path) for found in known.resolve(one))
        for path, text in tests.items()
    }


def read_imports(text: str, path: str) -> Iterator[Imported]:
    """Yield what the text of the file at `path` imports, anywhere in it; nothing where it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python has to say of the file is not said here
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Imported(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, path)
            yield from (Imported(module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and _is_import_call(node):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield Imported(first.value)


def _absolute(node: ast.ImportFrom, path: str) -> str:
    if not node.level:
        return node.module or ""
    folders = path.split("/")[:-1]
    kept = folders[: len(folders) - node.level + 1]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _is_import_call(node: ast.Call) -> bool:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in CALLS


def _dotted_folders(path: str) -> str:
    return path.removesuffix(PACKAGE).removesuffix(".py").replace("/", ".")


class _Modules:
    """Finds the paths of modules by import name, or by folders from the root."""

    def __init__(self, modules: Iterable[Module], packages: Mapping[str, str]) -> None:
        self._packages = packages
        modules = tuple(modules)
        self._paths = {_dotted_folders(module.path): module.path for module in modules}
        self._paths |= {module.name: module.path for module in modules if module.name}

    def resolve(self, imported: Imported, depth: int = DEPTH) -> Iterator[str]:
        module, name = imported
        if name and f"{module}.{name}" in self._paths:
            yield self._paths[f"{module}.{name}"]
        elif module in self._paths:
            path = self._paths[module]
            source = self._taken.get(path, {}).get(name)
            if source is None or not depth:
                yield path
            else:
                yield from self.resolve(source, depth - 1)

    @cached_property
    def _taken(self) -> dict[str, dict[str, Imported]]:
        """The names that each package takes from elsewhere."""
        taken: dict[str, dict[str, Imported]] = {}
        for path, text in self._packages.items():
            names = taken.setdefault(path, {})
            for one in read_imports(text, path):
                if one.name and one.name != "*":
                    names[one.name] = one
        return taken

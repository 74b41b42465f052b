"""What a new test takes over from the existing test that is nearest to it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from covgate.judge.scenarios.code import Code, FunctionNode, read_code
from covgate.model.skeleton import NearestTest

KEPT_MARKS = ("anyio", "asyncio", "django_db", "trio", "usefixtures")
"""The marks that a test needs in order to run; others, such as `skip` or `parametrize`, are about its own cases."""


class Pattern:
    """The file of the nearest test, and what there is of the test in it: it may be made elsewhere."""

    def __init__(self, nearest: NearestTest | None) -> None:
        code = read_code(nearest.source) if nearest else None
        self.code = code or Code("")
        self.exists = code is not None
        self.classes: list[ast.ClassDef] = []
        self.test: FunctionNode | None = None
        if nearest is not None:
            self._find(nearest.name.replace("::", ".").partition("[")[0].split("."))

    def _find(self, parts: list[str]) -> None:
        body: Iterable[ast.stmt] = self.code.tree.body
        for name in parts:
            found = next((one for one in body if getattr(one, "name", None) == name), None)
            if isinstance(found, ast.ClassDef):
                self.classes.append(found)
                body = found.body
            elif isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
                self.test = found
        if self.test is None:
            self.classes = []

    @property
    def is_unittest(self) -> bool:
        return bool(self.classes) and self._is_test_case(self.classes[-1])

    def _is_test_case(self, node: ast.ClassDef, seen: tuple[str, ...] = ()) -> bool:
        """Whether a class is one of unittest's, as far as the file shows: by its bases, or by what its tests call."""
        bases = [ast.unparse(base) for base in node.bases]
        here = {one.name: one for one in self.code.tree.body if isinstance(one, ast.ClassDef)}
        return (
            any(base.endswith("TestCase") for base in bases)
            or any(self._is_test_case(here[base], (*seen, base)) for base in bases if base in here and base not in seen)
            or (self.test is not None and "self.assert" in ast.unparse(self.test))
        )

    @property
    def is_async(self) -> bool:
        return isinstance(self.test, ast.AsyncFunctionDef)

    @property
    def indent(self) -> str:
        """The white space before the test's own lines."""
        if self.test is None:
            return ""
        line = self.code.lines[self.test.lineno - 1]
        return line[: len(line) - len(line.lstrip())]

    def marks(self) -> list[str]:
        """Return the decorators that a test like it needs."""
        texts = [ast.unparse(one) for one in self.test.decorator_list] if self.test else []
        return [text for text in texts if text.partition("(")[0].removeprefix("pytest.mark.") in KEPT_MARKS]

    @property
    def is_skipped(self) -> bool:
        """Whether a mark on the whole file may skip its tests, or expects them to fail."""
        return any(_may_skip(mark) for mark in self._module_marks())

    @property
    def is_class_skipped(self) -> bool:
        return any(_may_skip(mark) for node in self.classes for mark in node.decorator_list)

    def fixtures(self, *, in_file: bool, in_class: bool) -> list[str]:
        """Return the test's parameters that fixtures fill, as far as a new test in that place has these fixtures."""
        if self.test is None or self.is_unittest:
            return []
        arguments = self.test.args
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        names = names[: len(names) - len(arguments.defaults)][bool(self.classes) and not self._is_static() :]
        mocked = sum(map(_is_patch, self.test.decorator_list))
        given, count = self._given()
        names = names[mocked : len(names) - count]
        own = {one for node in self.test.decorator_list for one in _parametrized(node)} | given
        away: Sequence[ast.AST] = [self.code.tree] if not in_file else [] if in_class else self.classes
        local = {name for node in away for name in _definitions(node)}
        return [name for name in names if name not in own and name not in local]

    def _is_static(self) -> bool:
        return self.test is not None and any(ast.unparse(one) == "staticmethod" for one in self.test.decorator_list)

    def _given(self) -> tuple[set[str], int]:
        """Return the parameters that hypothesis fills: by name, and how many from the right."""
        names, count = set(), 0
        for node in self.test.decorator_list if self.test else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "given":
                names |= {one.arg for one in node.keywords if one.arg}
                count += len(node.args)
        return names, count

    def required(self, *, in_class: bool) -> list[str]:
        """Return the parameters that marks on the module, or on the class, ask every test to have."""
        marks = self._module_marks()
        if in_class:
            marks += [one for node in self.classes for one in node.decorator_list]
        return [name for mark in marks for one in _elements(mark) for name in _parametrized(one)]

    def _module_marks(self) -> list[ast.expr]:
        return [
            node.value
            for node in self.code.tree.body
            if isinstance(node, ast.Assign) and any(ast.unparse(one) == "pytestmark" for one in node.targets)
        ]

    def names(self) -> set[str]:
        """Return every name that the file binds, at any depth."""
        found = {*_definitions(self.code.tree)}
        for node in ast.walk(self.code.tree):
            if isinstance(node, ast.alias):
                found.add(node.asname or node.name.partition(".")[0])
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
        return found

    def names_at_top(self) -> set[str]:
        """Return the names that imports, functions, classes and assignments bind at the top of the file."""
        found = {one.asname or one.name.partition(".")[0] for node in self.imports() for one in node.names}
        for node in self.code.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.Assign):
                found |= {one.id for one in node.targets if isinstance(one, ast.Name)}
        return found

    def imports(self) -> Iterator[ast.Import | ast.ImportFrom]:
        """Yield the imports at the top of the file."""
        return (node for node in self.code.tree.body if isinstance(node, ast.Import | ast.ImportFrom))

    def used_imports(self) -> list[str]:
        """Return the imports that the test needs, for a file of its own; relative ones depend on where that is."""
        used = {node.id for node in ast.walk(self.test) if isinstance(node, ast.Name)} if self.test else set()
        found = []
        for node in self.imports():
            kept = [one for one in node.names if (one.asname or one.name.partition(".")[0]) in used]
            if isinstance(node, ast.ImportFrom):
                if node.module and not node.level and kept and node.module != "__future__":
                    found.append(ast.unparse(ast.ImportFrom(node.module, kept, 0)))
            elif kept:
                found.append(ast.unparse(ast.Import(kept)))
        return found


def _definitions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def _is_patch(node: ast.expr) -> bool:
    """Whether a decorator of `unittest.mock` adds an argument: it does so where it is not told what to put in place."""
    if not isinstance(node, ast.Call):
        return False
    parts = ast.unparse(node.func).split(".")
    patches = {"patch": 2, "object": 3}  # from how many arguments on the replacement is given
    if "patch" not in parts or parts[-1] not in patches:
        return False
    return len(node.args) < patches[parts[-1]] and not any(one.arg == "new" for one in node.keywords)


def _may_skip(mark: ast.expr) -> bool:
    text = ast.unparse(mark)
    return "skip" in text or "xfail" in text


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.List | ast.Tuple) else [node]


def _parametrized(node: ast.expr) -> Iterator[str]:
    """Yield the parameters that a `parametrize` mark fills."""
    if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("parametrize"):
        return
    argument = next((one.value for one in node.keywords if one.arg == "argnames"), node.args[0] if node.args else None)
    for one in _elements(argument) if argument is not None else ():
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield from (name.strip() for name in one.value.split(","))

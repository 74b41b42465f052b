"""What has to be known of a function in order to call it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from covgate.judge.scenarios.code import Code, FunctionNode
from covgate.judge.scenarios.flow import has_yield
from covgate.model.skeleton import FunctionKind, Target
from covgate.model.snapshot import Function

_PROPERTIES = ("property", "cached_property")


def read_target(code: Code, function: Function, module: str | None) -> Target:
    """Describe a function of a source; where it is not found, as one without parameters."""
    node = code.function_at(function.line)
    outermost = function.name.partition(".")[0]
    target = Target(
        module,
        function.name,
        is_at_top=any(_defines(one, outermost) for one in code.tree.body),
        imports=tuple(_imports(code, module)) if module is not None else (),
    )
    if node is None:
        return target
    kind = _kind(code, node, function.name)
    return target._replace(
        kind=kind,
        is_async=isinstance(node, ast.AsyncFunctionDef),
        is_generator=any(has_yield(one) for one in node.body),
        parameters=tuple(_required(node.args, skip=kind in ("method", "classmethod", "property"))),
    )


def _defines(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name


def _imports(code: Code, module: str) -> Iterator[tuple[str, str]]:
    """Yield each name that a class or an import binds at the top of the module, with the statement that imports it.

    A relative import depends on where it stands, so its name is imported from the module itself.
    """
    for node in code.tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name, f"from {module} import {node.name}"
        elif isinstance(node, ast.Import):
            for one in node.names:
                yield one.asname or one.name.partition(".")[0], ast.unparse(ast.Import([one]))
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                name = one.asname or one.name
                is_relative = node.module is None or node.level
                absolute = ast.unparse(ast.ImportFrom(node.module, [one], 0))
                yield name, f"from {module} import {name}" if is_relative else absolute


def _kind(code: Code, node: FunctionNode, name: str) -> FunctionKind:
    decorators = {ast.unparse(one).rpartition(".")[2] for one in node.decorator_list}
    if not _is_in_classes(code.tree, name):
        return "nested" if "." in name else "function"
    if decorators & {"classmethod", "staticmethod"}:
        return "classmethod" if "classmethod" in decorators else "staticmethod"
    return "property" if decorators & {*_PROPERTIES, "setter", "deleter"} else "method"


def _is_in_classes(tree: ast.Module, name: str) -> bool:
    """Whether all that a qualified name passes through are classes, at least one."""
    *around, _ = name.split(".")
    body: list[ast.stmt] = tree.body
    for part in around:
        found = next((one for one in _statements(body) if isinstance(one, ast.ClassDef) and one.name == part), None)
        if found is None:
            return False
        body = found.body
    return bool(around)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a block, and those below conditions in it."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            yield from _statements([*node.body, *getattr(node, "orelse", ())])


def _required(arguments: ast.arguments, *, skip: bool) -> Iterator[str]:
    """Yield the arguments that a call must have; `skip` leaves out the first, which is the object or the class."""
    positional = [*arguments.posonlyargs, *arguments.args]
    for argument in positional[skip : len(positional) - len(arguments.defaults)]:
        yield argument.arg
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is None:
            yield f"{argument.arg}={argument.arg}"

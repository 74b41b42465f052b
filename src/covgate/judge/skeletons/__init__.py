"""New tests that fail until somebody writes their assertions, in the manner of the nearest existing test."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from covgate.judge.skeletons.nearest import Pattern
from covgate.model.scenario import Scenario
from covgate.model.skeleton import NearestTest, Skeleton, Target

MESSAGE = "write the assertion"
MOST_OF_NAME = 60
STEP = "    "


class Reference(NamedTuple):
    """How a test names its target: the statement that imports it (empty: the file has it), and the expression."""

    statement: str
    expression: str


def write_skeleton(target: Target, scenarios: Sequence[Scenario], nearest: NearestTest | None = None) -> Skeleton:
    """Write one test for each scenario (or a single one where there is none), to stand beside the nearest test.

    In a file that exists, a test imports its target itself: a module that cannot be imported here (it is for
    another system, or needs a package that is not there) then fails one test, not the whole file.
    """
    pattern = Pattern(nearest)
    is_new = not pattern.exists or pattern.is_skipped or (nearest is not None and not nearest.extend)
    in_class = bool(pattern.classes) and not is_new and not pattern.is_class_skipped
    parameters = _parameters(pattern, is_new=is_new, in_class=in_class)
    reference = _refer_to(target, pattern, parameters, is_new=is_new)
    imports = [reference.statement] if reference.statement else []
    if not (in_class and pattern.is_unittest) and (is_new or not _has_pytest(pattern)):
        imports.insert(0, "import pytest")
    names = list(_name_tests(target, scenarios, set() if is_new else pattern.names()))
    above = pattern.used_imports() if is_new else []
    known = {*parameters, *(() if is_new else pattern.names_at_top())}
    case = "self" if in_class and pattern.is_unittest else "pytest"
    tests = []
    for name, scenario in zip(names, scenarios or (None,), strict=True):
        sketch = _sketch(target, reference.expression, scenario, case, is_async=pattern.is_async)
        needed = [*imports, *_imports_of_exception(target, scenario, known)]
        above += needed if is_new else ()
        body = [*(() if is_new else needed), *_comment(scenario), *(f"# {line}" for line in sketch)]
        head = f"{'async ' if target.is_async and pattern.is_async else ''}def {name}({', '.join(parameters)}):"
        marks = _marks(target, pattern) if not (in_class and pattern.is_unittest) else []
        tests.append([*marks, head, *(STEP + line for line in [*body, f'{case}.fail("{MESSAGE}")'])])
    if in_class:
        text = "\n\n".join(_indented(test, pattern.indent) for test in tests) + "\n"
        within = ".".join(one.name for one in pattern.classes)
        return Skeleton(text, "class", within, pattern.classes[-1].end_lineno or 0, tuple(names))
    text = "\n\n\n".join("\n".join(part) for part in [_sorted_imports(above), *tests] if part) + "\n"
    return Skeleton(text, "new file" if is_new else "file", "", 0 if is_new else len(pattern.code.lines), tuple(names))


def _parameters(pattern: Pattern, *, is_new: bool, in_class: bool) -> list[str]:
    """Return the parameters of a new test: `self`, and the fixtures of the nearest test."""
    fixtures = pattern.fixtures(in_file=not is_new, in_class=in_class)
    asked = [] if is_new else pattern.required(in_class=in_class)
    is_case = in_class and pattern.is_unittest
    return list(dict.fromkeys([*(["self"] if in_class else ()), *(() if is_case else (*fixtures, *asked))]))


def _marks(target: Target, pattern: Pattern) -> list[str]:
    """Return the decorators of a new test; the marks of async libraries only where it is async."""
    is_async = target.is_async and pattern.is_async
    libraries = ("pytest.mark.asyncio", "pytest.mark.anyio", "pytest.mark.trio")
    return [f"@{mark}" for mark in pattern.marks() if is_async or not mark.startswith(libraries)]


def _has_pytest(pattern: Pattern) -> bool:
    return any(one.name == "pytest" and not one.asname for node in pattern.imports() for one in node.names)


def _refer_to(target: Target, pattern: Pattern, parameters: Sequence[str], *, is_new: bool) -> Reference:
    """Import the target by name where this is safe, else its module: a name may be taken, or be collected as a test."""
    if target.module is None:
        return Reference("", target.name)
    name = target.outermost
    for node in () if is_new else pattern.imports():
        for one in node.names:
            if getattr(node, "module", None) == target.module and one.name == name:
                return Reference("", (one.asname or name) + target.name[len(name) :])
    if target.is_at_top and name not in parameters and not re.match("__|[Tt]est", name):
        return Reference(f"from {target.module} import {name}", target.name)
    return Reference(f"import {target.module}", f"{target.module}.{target.name}")


def _imports_of_exception(target: Target, scenario: Scenario | None, known: Collection[str]) -> list[str]:
    """Import the exception that a scenario raises, where its module binds it at its top and the test does not."""
    name = scenario.raises.partition(".")[0] if scenario else ""
    if not name or name in known or re.match("__|[Tt]est", name):
        return []
    return [statement for bound, statement in target.imports if bound == name][-1:]


def _name_tests(target: Target, scenarios: Sequence[Scenario], taken: set[str]) -> Iterator[str]:
    """Yield a name for each scenario that no other test has."""
    *around, last = target.name.split(".")
    of = around[-1].lower() if around and last in ("__init__", "__new__") else last.strip("_")
    for scenario in scenarios or (None,):
        words = re.findall(r"[a-z0-9]+", scenario.when.lower()) if scenario else []
        name = f"test_{of}"
        for word in words:
            if len(name) + len(word) >= MOST_OF_NAME:
                break
            name += f"_{word}"
        unique, number = name, 1
        while unique in taken:
            number += 1
            unique = f"{name}_{number}"
        taken.add(unique)
        yield unique


def _comment(scenario: Scenario | None) -> list[str]:
    return [f"# {scenario.when} -> {scenario.then}".replace("…", "...")] if scenario else []


def _sketch(target: Target, expression: str, scenario: Scenario | None, case: str, *, is_async: bool) -> list[str]:
    """Write how the target may be called, as text for comments; `case` is `self` in a test case of unittest."""
    call = _call(target, expression)
    if target.is_async and not target.is_generator:
        call = f"await {call}" if is_async else f"asyncio.run({call})"
    elif target.is_generator:
        call = f"[item async for item in {call}]" if target.is_async else f"list({call})"
    if scenario is not None and scenario.raises:
        raises = "self.assertRaises" if case == "self" else "pytest.raises"
        return [f"with {raises}({scenario.raises}):", f"{STEP}{call}"]
    return [f"result = {call}"]


def _call(target: Target, expression: str) -> str:
    arguments = f"({', '.join(target.parameters)})"
    owner, _, name = expression.rpartition(".")
    if target.kind == "nested":
        outer = expression.removesuffix(target.name) + target.outermost
        return f"{outer}(...)"
    if target.kind in ("method", "property") and name not in ("__init__", "__new__"):
        return f"{owner}(...).{name}{'' if target.kind == 'property' else arguments}"
    return f"{owner}{arguments}" if name in ("__init__", "__new__") else f"{expression}{arguments}"


def _sorted_imports(statements: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(sorted(statements, key=lambda text: (text.startswith("from "), text))))


def _indented(lines: Iterable[str], indent: str) -> str:
    """Indent the lines of a method; a file that is indented by tabs gets tabs."""
    step = "\t" if "\t" in indent else STEP
    return "\n".join(indent + line.replace(STEP, step, 1) if line.startswith(STEP) else indent + line for line in lines)

"""Values of the model in one short call, for tests of the pure rooms."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.judged import JudgedModule, judge_module
from covgate.model.line_map import Hunk
from covgate.model.lines import Lines
from covgate.model.run_context import RunContext
from covgate.model.snapshot import NO_TEXT, Branch, Function, Module, Snapshot, SourceText
from covgate.model.test_map import Basis, FunctionTests, ModuleTests, TestMap
from covgate.model.verdict import Verdict

TODAY = date(2026, 11, 21)


class ModuleWithText(Module):
    """A module with the text that `snapshot` puts beside it."""

    text = NO_TEXT


def module(path: str, covered: int = 0, units: int = 0, **parts: Any) -> Module:
    """A module whose first `covered` of `units` statements ran, one statement a line.

    `source` are its lines of text, `extents` its statements on several lines.
    """
    name = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    statements = tuple(range(1, units + 1))
    packed = ("excluded", "error_lines")
    parts |= {key: Lines.of(parts[key]) for key in packed if key in parts}
    source, extents = parts.pop("source", ()), parts.pop("extents", ())
    made = ModuleWithText(
        path=path,
        name=parts.pop("name", name if path.endswith(".py") else None),
        statements=Lines.of(parts.pop("statements", statements)),
        missing=Lines.of(parts.pop("missing", statements[covered:])),
        **parts,
    )
    made.text = SourceText(lines=source, extents=extents)
    return made


def branch(line: int, total: int, *missing: int) -> Branch:
    return Branch(line=line, total=total, missing=missing)


def function(name: str, line: int, *statements: int) -> Function:
    return Function(name=name, line=line, last=max(statements, default=line), statements=Lines.of(statements))


def snapshot(*modules: Module, branches: bool = False, **parts: Any) -> Snapshot:
    texts = {m.path: m.text for m in (*modules, *parts.get("unmeasured", ())) if isinstance(m, ModuleWithText)}
    ordered = tuple(sorted(modules, key=lambda m: m.path))
    return Snapshot(modules=ordered, has_branches=branches, **{"texts": texts, **parts})


def judged(one: Module, *accepted: int) -> JudgedModule:
    """A module of which these statements are accepted."""
    return judge_module(one, Lines.of(accepted))


def text_of(one: Module) -> SourceText:
    return one.text if isinstance(one, ModuleWithText) else NO_TEXT


def verdict(snapshot: Snapshot, settings: Mapping[str, object] | None = None, **circumstances: Any) -> Verdict:
    return judge(snapshot, parse_settings(settings or {}), RunContext(**{"today": TODAY, **circumstances}))


def hunks_of(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """The hunks between two texts, as difflib sees them, counted as git counts."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        Hunk(old_from + (old_to > old_from), old_to - old_from, new_from + (new_to > new_from), new_to - new_from)
        for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes()
        if kind != "equal"
    ]


def map_of(
    functions: Mapping[str, Sequence[tuple[str, int, int, Sequence[str]]]],
    lines: Mapping[str, Mapping[int, Sequence[str]]] | None = None,
    imported: Mapping[str, Sequence[int]] | None = None,
    basis: Basis = "functions",
    capped: Sequence[str] = (),
    **parts: Any,
) -> TestMap:
    """A map by path: functions as name, first and last line, and tests; `capped` are names of functions."""
    lines, imported = lines or {}, imported or {}
    named = {test for rows in functions.values() for *_, tests in rows for test in tests}
    named.update(test for of_path in lines.values() for tests in of_path.values() for test in tests)
    order = sorted({*named, *parts.pop("others", ())})
    number = {test: at for at, test in enumerate(order)}
    modules = {
        path: ModuleTests(
            functions=tuple(
                FunctionTests(name, first, first + 1, last, tuple(sorted(number[t] for t in tests)), name in capped)
                for name, first, last, tests in functions.get(path, ())
            ),
            lines={line: tuple(sorted(number[t] for t in tests)) for line, tests in lines.get(path, {}).items()},
            imported=Lines.of(imported.get(path, ())),
        )
        for path in {*functions, *lines, *imported}
    }
    return TestMap(basis, tuple(order), modules, **parts)

"""Values of the model in one short call, for tests of the pure rooms."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from covgate.config.settings import parse_settings
from covgate.judge.verdict import Circumstances, judge
from covgate.model.line_map import Hunk
from covgate.model.lines import Lines
from covgate.model.snapshot import Branch, Function, Module, Snapshot
from covgate.model.verdict import Verdict

TODAY = date(2026, 11, 21)


def module(path: str, covered: int = 0, units: int = 0, **parts: Any) -> Module:
    """A module whose first `covered` of `units` statements ran, one statement a line."""
    name = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    statements = tuple(range(1, units + 1))
    packed = ("excluded", "error_lines")
    parts |= {key: Lines.of(parts[key]) for key in packed if key in parts}
    return Module(
        path=path,
        name=parts.pop("name", name if path.endswith(".py") else None),
        statements=Lines.of(parts.pop("statements", statements)),
        missing=Lines.of(parts.pop("missing", statements[covered:])),
        **parts,
    )


def branch(line: int, total: int, *missing: int) -> Branch:
    return Branch(line=line, total=total, missing=missing)


def function(name: str, line: int, *statements: int) -> Function:
    return Function(name=name, line=line, last=max(statements, default=line), statements=Lines.of(statements))


def snapshot(*modules: Module, branches: bool = False, **parts: Any) -> Snapshot:
    return Snapshot(modules=tuple(sorted(modules, key=lambda m: m.path)), has_branches=branches, **parts)


def verdict(snapshot: Snapshot, settings: Mapping[str, object] | None = None, **circumstances: Any) -> Verdict:
    return judge(snapshot, parse_settings(settings or {}), Circumstances(**{"today": TODAY, **circumstances}))


def hunks_of(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """The hunks between two texts, as difflib sees them, counted as git counts."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        Hunk(old_from + (old_to > old_from), old_to - old_from, new_from + (new_to > new_from), new_to - new_from)
        for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes()
        if kind != "equal"
    ]

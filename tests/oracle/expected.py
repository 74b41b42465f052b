"""The verdict that the law asks for, calculated from `coverage json`, git and the settings alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import ceil, floor
from pathlib import Path
from typing import Any

from .change import Change, FileChange
from .extents import Extent, read_extents
from .patterns import Module, governing, matches, module_of

Key = tuple[str, str]


@dataclass(frozen=True)
class Sum:
    """Covered units of all units."""

    covered: int = 0
    units: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.covered + other.covered, self.units + other.units)

    def needed(self, target: Fraction) -> int:
        return max(0, ceil(target * self.units / 100) - self.covered)

    @property
    def percent(self) -> str | None:
        """Floored to one decimal, as reports show it."""
        if not self.units:
            return None
        tenths = floor(Fraction(1000 * self.covered, self.units))
        return f"{tenths // 10}.{tenths % 10}"


def add(sums: Iterable[Sum]) -> Sum:
    return sum(sums, Sum())


@dataclass(frozen=True)
class File:
    """What coverage.py knows of a file: per line of a statement its units."""

    module: Module
    whole: Sum
    branches: Sum
    lines: dict[int, Sum] = field(repr=False)
    extents: list[Extent] = field(repr=False)

    def held(self, changed: Iterable[int]) -> list[int]:
        """The statements that hold changed lines, each by its line in coverage.py's count."""
        wanted = set(changed)
        held = []
        for line in self.lines:
            first, last = next(((a, b) for a, b in self.extents if a <= line <= b), (line, line))
            if not wanted.isdisjoint(range(first, last + 1)):
                held.append(line)
        return held


@dataclass
class Verdict:
    """Everything that a report must agree with."""

    measured: dict[str, Any]
    change: dict[str, Any] | None
    checks: dict[Key, dict[str, Any]]

    @property
    def status(self) -> str:
        states = {check["status"] for check in self.checks.values()}
        return "error" if "error" in states else "failed" if "failed" in states else "passed"


def read_file(name: str, data: dict[str, Any], root: Path, layout: str) -> File:
    summary = data["summary"]
    branches = Sum(summary.get("covered_branches", 0), summary.get("num_branches", 0))
    lines = {line: Sum(1, 1) for line in data["executed_lines"]} | {line: Sum(0, 1) for line in data["missing_lines"]}
    # Universal newlines, as Python and coverage.py read a source.
    text = (root / name).read_text(encoding="utf-8")
    extents = read_extents(text)
    per_line = branches_by_line(data)
    not_listed = branches.units - sum(each.units for each in per_line.values())
    if not_listed:
        per_line |= optional_branches(text, extents, lines, per_line, not_listed, set(data["excluded_lines"]))
    lines |= {line: lines[line] + each for line, each in per_line.items()}
    whole = Sum(summary["covered_lines"], summary["num_statements"]) + branches
    if add(lines.values()) != whole:
        raise ArithmeticError(f"{name}: coverage json's lists and sums differ: {add(lines.values())}, {whole}")
    return File(module_of(name, layout), whole, branches, lines, extents)


def branches_by_line(data: dict[str, Any]) -> dict[int, Sum]:
    found: dict[int, Sum] = {}
    for key, covered in (("executed_branches", 1), ("missing_branches", 0)):
        for line, _ in data.get(key, []):
            found[line] = found.get(line, Sum()) + Sum(covered, 1)
    return found


def optional_branches(
    text: str, extents: list[Extent], lines: dict[int, Sum], listed: dict[int, Sum], wanted: int, excluded: set[int]
) -> dict[int, Sum]:
    """The branches of lines with `pragma: no branch`: the sums count both as covered, the lists only what was taken."""
    source = text.split("\n")
    starts = sorted(first for first, _ in extents)
    candidates = []
    for first, last in extents:
        is_optional = any("pragma: no branch" in line for line in source[first - 1 : last])
        # A way into excluded code is no branch.
        leads_out = next((start for start in starts if start > last), 0) in excluded
        if is_optional and not leads_out and first in lines and listed.get(first, Sum()).units < 2:
            candidates.append(first)
    fitting = [
        chosen
        for count in range(1, len(candidates) + 1)
        for chosen in combinations(candidates, count)
        if sum(2 - listed.get(line, Sum()).units for line in chosen) == wanted
    ]
    if len(fitting) != 1:
        raise ArithmeticError(f"{wanted} branches are not listed, and these may have them: {fitting}")
    return {line: Sum(2, 2) for line in fitting[0]}


def expect(
    report: dict[str, Any], settings: dict[str, Any], change: Change | None, root: Path, below: str, layout: str
) -> Verdict:
    """The verdict of a project.

    `report` is coverage json's; `below` is where the project stands in its repository ("" at the top); `settings` has
    coverage.py's `fail_under` as total where the settings of the gate have none.
    """
    files = {name: read_file(name, data, root, layout) for name, data in report["files"].items()}
    total = add(file.whole for file in files.values())
    summary = report["totals"]
    assert total.units == summary["num_statements"] + summary.get("num_branches", 0)
    judged = {name: file for name, file in files.items() if not is_excluded(file, settings)}
    branch = report["meta"]["branch_coverage"]
    checks = dict(whole_checks(total, judged, settings))
    changed = []
    if change is not None:
        changed = [moved(entry, below) for entry in change.files if entry.path.startswith(below)]
        checks.update(change_checks(changed, judged, settings))
    for file in judged.values():
        checks.update(module_checks(file, settings, branch))
    checks.update(dead_patterns(files.values(), settings))
    if not total.units:  # never a pass on nothing
        checks["data", "the measurement"] = {"status": "error"}
    return Verdict(
        {
            "branches": branch,
            "files": len(files),
            "units": total.units,
            "covered": total.covered,
            "percent": total.percent,
        },
        None if change is None else describe_change(change.base, changed, files),
        checks,
    )


def is_excluded(file: File, settings: dict[str, Any]) -> bool:
    return any(matches(key, file.module) for key in settings.get("exclude", ()))


def moved(entry: FileChange, below: str) -> FileChange:
    """The change of a file with its paths from the project's root."""
    old = entry.old_path.removeprefix(below) if entry.old_path else None
    return FileChange(entry.path.removeprefix(below), entry.status, old, entry.lines)


def check(numbers: Sum, target: Any) -> dict[str, Any]:
    """A check of a percentage."""
    floor = Fraction(str(target))
    needed = numbers.needed(floor)
    return {
        "covered": numbers.covered,
        "units": numbers.units,
        "percent": numbers.percent,
        "target": floor,
        "needed": needed,
        "status": "failed" if needed else "passed",
    }


def is_set(value: Any) -> bool:
    return value is not None and value is not False


def whole_checks(total: Sum, judged: dict[str, File], settings: dict[str, Any]) -> Iterator[tuple[Key, dict[str, Any]]]:
    if is_set(settings.get("total")):
        yield ("total", "total"), check(total, settings["total"])
    for name, component in settings.get("components", {}).items():
        members = [f for f in judged.values() if any(matches(key, f.module) for key in component["modules"])]
        if members and is_set(component.get("target")):
            yield ("component", name), check(add(file.whole for file in members), component["target"])


def entry_of(file: File, settings: dict[str, Any]) -> dict[str, Any]:
    """The entry of `targets` that governs the file, as a table."""
    targets = settings.get("targets", {})
    keys = governing(targets, file.module)
    if not keys:
        return {}
    assert len(keys) == 1, f"a tie: {keys}"
    entry = targets[keys[0]]
    return entry if isinstance(entry, dict) else {"target": entry}


def module_checks(file: File, settings: dict[str, Any], branch: bool) -> Iterator[tuple[Key, dict[str, Any]]]:
    entry = entry_of(file, settings)
    path = file.module.path
    target = entry.get("target", settings.get("module"))
    if is_set(target):
        yield ("module", path), check(file.whole, target)
    if is_set(entry.get("branches")):
        found = check(file.branches, entry["branches"])
        yield ("module-branches", path), found if branch else {**found, "status": "error"}
    if is_set(entry.get("max_missing")):
        over = max(0, file.whole.units - file.whole.covered - entry["max_missing"])
        yield (
            ("module-missing", path),
            {
                "covered": file.whole.covered,
                "units": file.whole.units,
                "percent": file.whole.percent,
                "target": Fraction(entry["max_missing"]),
                "needed": over,
                "status": "failed" if over else "passed",
            },
        )


def change_checks(
    changed: list[FileChange], judged: dict[str, File], settings: dict[str, Any]
) -> Iterator[tuple[Key, dict[str, Any]]]:
    asked = settings.get("changed", {})
    touched = [(entry, judged[entry.path]) for entry in changed if entry.path in judged]
    units = {entry.path: add(file.lines[line] for line in file.held(entry.lines)) for entry, file in touched}
    if is_set(lines := asked.get("lines", 80)):
        yield ("changed-lines", "the change"), check(add(units.values()), lines)
    for entry, file in touched:
        if not units[entry.path].units:
            continue
        own = entry_of(file, settings)
        if "changed" in own:
            rules = [("changed-module", own["changed"])]
        else:
            rules = [("changed-module", asked.get("module"))]
            if entry.status in ("added", "untracked"):
                rules.append(("new-module", asked.get("new_module")))
        for rule, target in rules:
            if is_set(target):
                yield (rule, entry.path), check(file.whole, target)


def dead_patterns(files: Iterable[File], settings: dict[str, Any]) -> Iterator[tuple[Key, dict[str, Any]]]:
    keys = [*settings.get("targets", {}), *settings.get("exclude", ())]
    for component in settings.get("components", {}).values():
        keys += component["modules"]
    modules = [file.module for file in files]
    for key in keys:
        if not any(matches(key, module) for module in modules):
            # Once for each setting that has it.
            yield ("dead-pattern", key), {"status": "failed", "times": keys.count(key)}


def describe_change(base: str, changed: list[FileChange], files: dict[str, File]) -> dict[str, Any]:
    described = {}
    whole = Sum()
    for entry in changed:
        file = files.get(entry.path)
        held = file.held(entry.lines) if file else []
        numbers = add(file.lines[line] for line in held) if file else Sum()
        missing: set[int] = set()
        for line in held:
            assert file
            if file.lines[line].covered < file.lines[line].units:
                missing.add(line)
        whole += numbers
        described[entry.path] = {
            "status": entry.status,
            "old_path": entry.old_path,
            "changed": entry.lines,
            "units": numbers.units,
            "covered": numbers.covered,
            "missing": missing,
            "statements": set(file.lines) if file else set(),
        }
    return {"base": base, "units": whole.units, "covered": whole.covered, "percent": whole.percent, "files": described}

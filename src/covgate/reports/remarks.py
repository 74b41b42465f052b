"""What of a verdict belongs to a place in a file: for annotations, code quality and SARIF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from covgate.model.lines import LineRange, Lines
from covgate.model.missing import range_in_words
from covgate.model.percent import shown_percent, shown_target
from covgate.model.rules import Loosened
from covgate.model.snapshot import Module
from covgate.model.verdict import ChangedModule, Gap, Verdict
from covgate.model.words import counted
from covgate.reports.loosened import in_one_sentence
from covgate.reports.text import printable

Kind: TypeAlias = Literal["uncovered-change", "partial-change", "loosened", "below-target"]
KINDS: dict[Kind, str] = {
    "uncovered-change": "Changed lines that nothing ran",
    "partial-change": "Changed lines that ran, of which a branch was not taken",
    "loosened": "A rule that the change loosens",
    "below-target": "A module below its target",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to say about a place; `lines` are None where it is the whole file."""

    kind: Kind
    path: str
    lines: LineRange | None
    text: str

    def identity(self, path: str) -> str:
        """What stays the same from run to run: its place; several rules can be loosened in one place."""
        return f"{self.kind}\n{path}" + (f"\n{self.text}" if self.kind == "loosened" else "")


def remarks(verdict: Verdict) -> tuple[Remark, ...]:
    """The change first, what it loosens, then the modules below target; within each, what is most urgent.

    Neighbouring lines are one remark, over lines without code.
    """
    modules = {module.path: module for module in (*verdict.snapshot.unmeasured, *verdict.snapshot.modules)}
    rank = {gap.path: gap.rank for gap in verdict.gaps}
    files = [file for file in (verdict.change.files if verdict.change else ()) if file.missing and file.path in modules]
    files.sort(key=lambda file: (rank.get(file.path, len(rank) + 1), file.covered - file.units, file.path))
    change = [remark for file in files for remark in _of_change(file, modules[file.path])]
    change.sort(key=lambda remark: remark.kind == "partial-change")
    below = (gap for gap in verdict.gaps if gap.target is not None)
    return (*change, *map(_of_loosened, verdict.loosened or ()), *map(_of_gap, below))


def _of_change(file: ChangedModule, module: Module) -> Iterator[Remark]:
    touched = Lines()
    for first, last in file.missing:
        touched |= Lines.between(first, last)
    uncovered = touched & module.owed
    for lines in uncovered.runs(module.statements):
        where = "line" if lines[0] == lines[1] else "lines"
        yield _changed("uncovered-change", file, lines, f"No test runs the changed {where} {range_in_words(lines)}")
    for branch in module.branches:
        ends = [end for end in branch.missing if not module.accepts(branch, end)]
        if ends and branch.line in touched and branch.line not in module.missing:
            never = ", ".join("exit" if end < 0 else str(end) for end in ends)
            text = f"No test takes {len(ends)} of {branch.total} branches of the changed line {branch.line}: to {never}"
            yield _changed("partial-change", file, (branch.line, branch.line), text)


def _changed(kind: Kind, file: ChangedModule, lines: LineRange, text: str) -> Remark:
    return Remark(kind=kind, path=file.path, lines=lines, text=text)


def _of_loosened(one: Loosened) -> Remark:
    lines = (one.line, one.line) if one.line else None
    return Remark(kind="loosened", path=one.path, lines=lines, text=in_one_sentence(one))


def _of_gap(gap: Gap) -> Remark:
    target = "" if gap.target is None else shown_target(gap.target)
    reach = counted(gap.to_reach, "unit")
    covered = f"{shown_percent(gap.covered, gap.units)} % covered, target {target} %, {reach} to reach it"
    return Remark(kind="below-target", path=gap.path, lines=None, text=f"{printable(gap.path)}: {covered}")

"""What of a verdict belongs to a place in a file: for annotations, code quality and SARIF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from covgate.model.judged import JudgedModule
from covgate.model.lines import LineRange, Lines
from covgate.model.missing import range_in_words
from covgate.model.snapshot import NO_LINES
from covgate.model.verdict import ChangedModule, Verdict
from covgate.reports.text import printable
from covgate.reports.wording import check_in_words, gap_in_words, join_words, loosened_sentence

Kind: TypeAlias = Literal["failed-check", "uncovered-change", "partial-change", "loosened", "below-target"]
KINDS: dict[Kind, str] = {
    "failed-check": "A check that fails or cannot be judged",
    "uncovered-change": "Changed lines that no test runs",
    "partial-change": "Changed lines with a branch that no test takes",
    "loosened": "A rule that the change loosens",
    "below-target": "A module below a target",
}
Level: TypeAlias = Literal["error", "warning", "note"]
SETTINGS = "pyproject.toml"
"""Where remarks stand that belong to no module: targets of sums, and errors in the settings."""


class Remark(NamedTuple):
    """One thing to say about a place; `lines` are None where it is the whole file.

    `is_failing` where it makes the gate fail. `subject` tells remarks about one place apart, and stays the same
    from run to run, whatever the numbers are.
    """

    kind: Kind
    path: str
    lines: LineRange | None
    text: str
    is_failing: bool = False
    subject: str = ""

    @property
    def level(self) -> Level:
        """How much it matters; a branch less than the line that it leaves."""
        is_less = self.kind == "partial-change" or (self.kind == "below-target" and not self.is_failing)
        if self.is_failing:
            return "warning" if is_less else "error"
        return "note" if is_less else "warning"


def remarks(verdict: Verdict) -> tuple[Remark, ...]:
    """Failing checks that belong to no module, the change, what it loosens, the modules below target.

    Within each, what is most urgent comes first.

    Neighbouring lines are one remark, over lines without code.
    """
    is_red = verdict.status in ("failed", "error")
    modules = {module.path: verdict.judge_module(module) for module in verdict.snapshot.all_modules}
    rank = {gap.path: gap.rank for gap in verdict.gaps}
    files = [file for file in (verdict.change.files if verdict.change else ()) if file.missing and file.path in modules]
    files.sort(key=lambda file: (rank.get(file.path, len(rank) + 1), file.covered - file.units, file.path))
    lines_fail = verdict.fails("changed-lines")
    change = [remark for file in files for remark in _of_change(file, modules[file.path], is_red and lines_fail)]
    change.sort(key=lambda remark: remark.kind == "partial-change")
    loosened = _of_loosened(verdict, is_red=is_red)
    return (*_of_checks(verdict, is_red=is_red), *change, *loosened, *_of_modules(verdict, is_red=is_red))


def _of_checks(verdict: Verdict, *, is_red: bool) -> Iterator[Remark]:
    """Each once, as a pattern may stand in a list twice."""
    seen = set()
    for check in verdict.checks:
        if check.status == "error" or (check.status == "failed" and not check.is_of_a_module):
            # The measurement's own errors differ in their reasons only; those of others hold numbers that change.
            reason = check.reason if check.scope == "measurement" else ""
            subject = printable(f"{check.rule} {check.subject} {check.source} {reason}".rstrip())
            if subject not in seen:
                seen.add(subject)
                text = check_in_words(check, branches=verdict.measured.branches)
                yield Remark(
                    kind="failed-check", path=SETTINGS, lines=None, text=text, is_failing=is_red, subject=subject
                )


def _of_loosened(verdict: Verdict, *, is_red: bool) -> Iterator[Remark]:
    """Each in its own words, as several rules can be loosened in one place."""
    is_failing = is_red and verdict.fails("loosened")
    for one in verdict.loosened or ():
        lines = (one.line, one.line) if one.line else None
        text = loosened_sentence(one)
        yield Remark(kind="loosened", path=one.path, lines=lines, text=text, is_failing=is_failing, subject=text)


def _of_modules(verdict: Verdict, *, is_red: bool) -> Iterator[Remark]:
    branches = verdict.measured.branches
    failing: dict[str, list[str]] = {}
    for check in verdict.checks:
        if check.status == "failed" and check.is_of_a_module:
            failing.setdefault(check.subject, []).append(check_in_words(check, branches=branches))
    for gap in verdict.gaps:
        own = failing.get(gap.path)
        if own or (gap.target is not None and gap.group in ("component", "total")):
            text = "; ".join(own) if own else gap_in_words(gap, branches=branches)
            yield Remark(kind="below-target", path=gap.path, lines=None, text=text, is_failing=is_red and bool(own))


def _of_change(file: ChangedModule, judged: JudgedModule, is_failing: bool) -> Iterator[Remark]:
    module = judged.module
    touched = NO_LINES
    for first, last in file.missing:
        touched |= Lines.between(first, last)
    uncovered = touched & judged.required_missing
    for lines in uncovered.runs(module.statements):
        where = "line" if lines[0] == lines[1] else "lines"
        text = f"No test runs the changed {where} {range_in_words(lines)}"
        yield Remark(kind="uncovered-change", path=file.path, lines=lines, text=text, is_failing=is_failing)
    for branch in module.branches:
        ends = judged.required_ends(branch)
        if ends and branch.line in touched and branch.line not in module.missing:
            never = join_words(["to the exit" if end < 0 else f"to line {end}" for end in ends])
            which = f"{len(ends)} of the {branch.total} branches"
            text = f"No test takes {which} that leave the changed line {branch.line}: {never}"
            line = (branch.line, branch.line)
            yield Remark(kind="partial-change", path=file.path, lines=line, text=text, is_failing=is_failing)

"""The change, statement by statement: what of it ran, and what it is held to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from covgate.judge.checks import Share, percent_check, share_of
from covgate.judge.naming import is_test, named
from covgate.judge.targets import governing_rule, matches_any
from covgate.model.change import WHOLE_FILE, Change, ChangedFile, ChangeUnavailable
from covgate.model.lines import LineRange, Lines
from covgate.model.settings import Level, Settings, is_set
from covgate.model.snapshot import Branch, Module, Snapshot
from covgate.model.verdict import ChangedModule, ChangeOutcome, Check, SourceLine

DEFAULT_LINES = Decimal(80)
CONTEXT = 3
SUBJECT = "the change"


def judged_change(change: Change, snapshot: Snapshot) -> ChangeOutcome:
    """The share of the change that ran, file by file."""
    modules = _by_path(snapshot)
    return ChangeOutcome(
        base=change.base,
        base_source=change.base_source,
        files=tuple(_judged_file(file, modules.get(file.path)) for file in change.files),
        unmeasured=_unmeasured(change, snapshot),
    )


def change_checks(change: ChangeOutcome | ChangeUnavailable, snapshot: Snapshot, settings: Settings) -> Iterator[Check]:
    """`changed-lines` on the sum, then what each touched module has to reach as a whole.

    A module is touched where at least one of its units is in the change: comments, docstrings,
    excluded code, deletions and renames owe nothing.
    """
    level, source = settings.changed.lines, "tool.covgate.changed.lines"
    if level is None:
        level, source = DEFAULT_LINES, "default"
    if isinstance(change, ChangeUnavailable):
        if is_set(level) or change.is_error:
            yield _unjudged(change, level if is_set(level) else None)
        return
    judged = judged_files(change, snapshot, settings)
    if is_set(level):
        share = Share(
            sum(file.covered for file in judged),
            sum(file.units for file in judged),
            sum(file.accepted for file in judged),
        )
        yield percent_check("changed-lines", SUBJECT, share, level, source)
    modules = _by_path(snapshot)
    for file in judged:
        if file.units:
            yield from _module_checks(file, modules[file.path], settings)


def judged_files(change: ChangeOutcome, snapshot: Snapshot, settings: Settings) -> tuple[ChangedModule, ...]:
    """The files of the change without those that `exclude` names."""
    excluded = {path for path, module in _by_path(snapshot).items() if matches_any(settings.exclude, module)}
    return tuple(file for file in change.files if file.path not in excluded)


def change_notes(change: Change, snapshot: Snapshot) -> Iterator[str]:
    """What the numbers do not show: changed Python files nobody measures."""
    outside = _unmeasured(change, snapshot)
    if outside:
        yield f"changed files outside the measured source: {named(outside)}"


def _unmeasured(change: Change, snapshot: Snapshot) -> tuple[str, ...]:
    """Changed Python files that nobody measures, without tests."""
    known = _by_path(snapshot)
    return tuple(
        file.path
        for file in change.files
        if file.path.endswith(".py")
        and file.path not in known
        and file.status != "deleted"
        and file.lines
        and not is_test(file.path)
        and not file.path.startswith("/")  # elsewhere in the repository: another project's
    )


def _by_path(snapshot: Snapshot) -> dict[str, Module]:
    return {module.path: module for module in (*snapshot.unmeasured, *snapshot.modules)}


def _module_checks(file: ChangedModule, module: Module, settings: Settings) -> Iterator[Check]:
    rule = governing_rule(settings.targets, module).rule
    asked: list[tuple[str, Level, str]] = [("changed-module", settings.changed.module, "tool.covgate.changed.module")]
    if file.is_new:
        asked.append(("new-module", settings.changed.new_module, "tool.covgate.changed.new_module"))
    if rule is not None and rule.changed is not None:
        asked = [("changed-module", rule.changed, rule.source)]
    for name, level, source in asked:
        if is_set(level):
            yield percent_check(name, module.path, share_of(module), level, source, module.name)


def _unjudged(change: ChangeUnavailable, target: Decimal | None) -> Check:
    remedy = f"; {change.remedy}" if change.remedy else ""
    return Check(
        rule="changed-lines",
        subject=SUBJECT,
        status="error" if change.is_error else "skipped",
        target=target,
        source="" if change.is_asked_for else "default",
        reason=f"{change.reason}{remedy}",
    )


def _judged_file(file: ChangedFile, module: Module | None) -> ChangedModule:
    touched = touched_statements(module, file.lines) if module else Lines()
    missing_lines = touched & module.missing if module else Lines()
    branches = [branch for branch in module.branches if branch.line in touched] if module else []
    units = len(touched) + sum(branch.total for branch in branches)
    lost = len(missing_lines) + sum(len(branch.missing) for branch in branches)
    accepted = _accepted(module, touched, branches) if module else 0
    open_branches = (b.line for b in branches if module and not all(module.accepts(b, end) for end in b.missing))
    missing = (missing_lines - module.accepted if module else missing_lines) | Lines.of(open_branches)
    return ChangedModule(
        path=file.path,
        module=module.name if module else None,
        status=file.status,
        old_path=file.old_path,
        changed=_clipped(file.lines, module),
        units=units,
        covered=units - lost,
        missing=tuple(missing.runs(module.statements)) if module else (),
        excerpt=_excerpt(module, missing) if module else (),
        accepted=accepted,
    )


def _accepted(module: Module, touched: Lines, branches: Sequence[Branch]) -> int:
    """The missing units of these statements that are not required."""
    ends = sum(module.accepts(branch, end) for branch in branches for end in branch.missing)
    return len(touched & module.missing & module.accepted) + ends


def touched_statements(module: Module, ranges: Sequence[LineRange]) -> Lines:
    """The statements whose extent holds a changed line; of a compound statement that is its header."""
    end = max([module.statements.bits.bit_length(), *(last for _, last in module.extents)])
    changed = Lines()
    for first, last in ranges:
        changed |= Lines.between(first, min(last, end))
    held = Lines.of(first for first, last in module.extents if changed & Lines.between(first, last))
    return (changed | held) & module.statements


def _excerpt(module: Module, missing: Lines) -> tuple[SourceLine, ...]:
    """Each missing statement with all its lines, and up to three lines around."""
    marked = _whole(missing, module)
    shown = {line + offset for line in marked for offset in range(-CONTEXT, CONTEXT + 1)}
    partial = _whole(missing - module.missing, module)
    return tuple(
        SourceLine(
            number=number,
            text=module.source[number - 1],
            is_missing=number in marked,
            is_partial=number in partial,
        )
        for number in sorted(shown)
        if 1 <= number <= len(module.source)
    )


def _whole(statements: Lines, module: Module) -> Lines:
    """All lines of these statements."""
    lines = statements
    for first, last in module.extents:
        if first in statements:
            lines |= Lines.between(first, last)
    return lines


def _clipped(lines: tuple[LineRange, ...], module: Module | None) -> tuple[LineRange, ...]:
    if lines != WHOLE_FILE:
        return lines
    return ((1, len(module.source)),) if module and module.source else ()

"""The change, statement by statement: what of it ran, and what it is held to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from covgate.judge.checks import percent_check
from covgate.judge.naming import is_test, named
from covgate.judge.targets import governing_rule, matches_any
from covgate.model.change import WHOLE_FILE, Change, ChangedFile, ChangeUnavailable
from covgate.model.checks import Check, Rule
from covgate.model.judged import JudgedModule
from covgate.model.lines import LineRange, Lines
from covgate.model.settings import Level, Settings, is_set
from covgate.model.share import NO_UNITS, Share
from covgate.model.snapshot import NO_TEXT, Branch, Module, SourceText
from covgate.model.verdict import ChangedModule, ChangeOutcome, SourceLine

DEFAULT_LINES = Decimal(80)
CONTEXT = 3
SUBJECT = "the change"


def judge_change(change: Change, modules: Mapping[str, JudgedModule], texts: Mapping[str, SourceText]) -> ChangeOutcome:
    """Find the share of the change that ran, file by file; `modules` are all that are known, by path."""
    return ChangeOutcome(
        base=change.base,
        base_source=change.base_source,
        files=tuple(_judge_file(file, modules.get(file.path), texts.get(file.path, NO_TEXT)) for file in change.files),
        unmeasured=_unmeasured(change, modules),
    )


def change_checks(
    change: ChangeOutcome | ChangeUnavailable, modules: Mapping[str, JudgedModule], settings: Settings
) -> Iterator[Check]:
    """Check `changed-lines` on the sum, then what each touched module has to reach as a whole.

    A module is touched where at least one of its units is in the change: nothing is asked of comments,
    docstrings, excluded code, deletions and renames.
    """
    level, source = settings.changed.lines, "tool.covgate.changed.lines"
    if level is None:
        level, source = DEFAULT_LINES, "default"
    if isinstance(change, ChangeUnavailable):
        if is_set(level) or change.is_error:
            yield _unjudged(change, level if is_set(level) else None)
        return
    files = judged_files(change, modules, settings)
    if is_set(level):
        share = sum((file.share for file in files), NO_UNITS)
        yield percent_check("changed-lines", SUBJECT, share, level, source)
    for file in files:
        if file.units:
            yield from _module_checks(file, modules[file.path], settings)


def judged_files(
    change: ChangeOutcome, modules: Mapping[str, JudgedModule], settings: Settings
) -> tuple[ChangedModule, ...]:
    """Return the files of the change without those that `exclude` names."""
    excluded = {path for path, judged in modules.items() if matches_any(settings.exclude, judged.module)}
    return tuple(file for file in change.files if file.path not in excluded)


def change_notes(outcome: ChangeOutcome) -> Iterator[str]:
    """Say what the numbers do not show: changed Python files nobody measures."""
    if outcome.unmeasured:
        yield f"changed files outside the measured source: {named(outcome.unmeasured)}"


def _unmeasured(change: Change, known: Mapping[str, JudgedModule]) -> tuple[str, ...]:
    """Changed Python files that nobody measures, without tests."""
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


def _module_checks(file: ChangedModule, judged: JudgedModule, settings: Settings) -> Iterator[Check]:
    module = judged.module
    rule = governing_rule(settings.targets, module).rule
    asked: list[tuple[Rule, Level, str]] = [("changed-module", settings.changed.module, "tool.covgate.changed.module")]
    if file.is_new:
        asked.append(("new-module", settings.changed.new_module, "tool.covgate.changed.new_module"))
    if rule is not None and rule.changed is not None:
        asked = [("changed-module", rule.changed, rule.source)]
    for asked_rule, level, source in asked:
        if is_set(level):
            yield percent_check(asked_rule, module.path, judged.share, level, source, module.name)


def _unjudged(change: ChangeUnavailable, target: Decimal | None) -> Check:
    return Check(
        rule="changed-lines",
        subject=SUBJECT,
        status="error" if change.is_error else "skipped",
        target=target,
        source="" if change.is_asked_for else "default",
        is_asked_for=change.is_asked_for,
        reason=change.reason,
        remedy=change.remedy,
        error=change.error if change.is_error else None,
    )


def _judge_file(file: ChangedFile, judged: JudgedModule | None, text: SourceText) -> ChangedModule:
    if judged is None:
        return ChangedModule(
            path=file.path,
            module=None,
            status=file.status,
            old_path=file.old_path,
            changed=_shown_ranges(file.lines, text),
            units=0,
            covered=0,
            missing=(),
            excerpt=(),
        )
    module = judged.module
    touched = text.statements_at(file.lines, module.statements)
    branches = [branch for branch in module.branches if branch.line in touched]
    share = _share_of(touched, branches, judged)
    partial = Lines.of(branch.line for branch in branches if judged.required_ends(branch))
    missing = (touched & judged.required_missing) | partial
    return ChangedModule(
        path=file.path,
        module=module.name,
        status=file.status,
        old_path=file.old_path,
        changed=_shown_ranges(file.lines, text),
        units=share.units,
        covered=share.covered,
        missing=tuple(missing.runs(module.statements)),
        excerpt=_excerpt(module, text, missing),
        accepted=share.accepted,
    )


def _share_of(touched: Lines, branches: Iterable[Branch], judged: JudgedModule) -> Share:
    """Count the units of these statements and of the branches that leave them."""
    units, missing, accepted = (
        len(touched),
        len(touched & judged.module.missing),
        len(touched & judged.accepted_missing),
    )
    for branch in branches:
        units += branch.total
        missing += len(branch.missing)
        accepted += len(branch.missing) - len(judged.required_ends(branch))
    return Share(covered=units - missing, units=units, accepted=accepted)


def _excerpt(module: Module, text: SourceText, missing: Lines) -> tuple[SourceLine, ...]:
    """Return each missing statement with all its lines, and up to three lines around."""
    marked = text.all_lines_of(missing)
    shown = {line + offset for line in marked for offset in range(-CONTEXT, CONTEXT + 1)}
    partial = text.all_lines_of(missing - module.missing)
    return tuple(
        SourceLine(
            number=number,
            text=text.lines[number - 1],
            is_missing=number in marked,
            is_partial=number in partial,
        )
        for number in sorted(shown)
        if 1 <= number <= len(text.lines)
    )


def _shown_ranges(lines: Sequence[LineRange], text: SourceText) -> tuple[LineRange, ...]:
    """Return the lines up to the file's last, where the whole file has changed."""
    if lines != WHOLE_FILE:
        return tuple(lines)
    return ((1, len(text.lines)),) if text.lines else ()

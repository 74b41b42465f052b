"""Rules that the change itself loosens: covgate's settings, those of coverage.py and pytest, and exclusions in code."""

from __future__ import annotations

from collections.abc import Iterator

from covgate.judge.loosened_settings import loosened_settings
from covgate.judge.loosened_tools import loosened_coverage, loosened_pytest
from covgate.judge.naming import named
from covgate.model.checks import Check, Rule
from covgate.model.rules import Loosened, RulesChange, UnknownRules
from covgate.model.settings import Settings
from covgate.model.snapshot import Snapshot
from covgate.model.words import counted

RULE: Rule = "loosened"
SUBJECT = "the rules"
SOURCE = "tool.covgate.changed.loosened"
EXCLUSION = "exclusion comment"
TEST_FOLDER_CODE = "code in a folder of tests"


def loosened_rules(change: RulesChange, snapshot: Snapshot) -> tuple[Loosened, ...]:
    """Everything that is looser than at the base, each with what it was. Stricter rules are not listed."""
    found = [
        *loosened_settings(change, snapshot.all_modules),
        *loosened_coverage(change),
        *loosened_pytest(change),
        *_exclusions(change, has_branches=snapshot.has_branches),
        *_test_folder_code(change),
    ]
    return tuple(dict.fromkeys(found))


def loosened_checks(
    rules: RulesChange | UnknownRules, loosened: tuple[Loosened, ...] | None, settings: Settings, *, is_told: bool
) -> Iterator[Check]:
    """Where the settings ask for it: failed by any loosened rule. The base's own setting counts too.

    `is_told` where another check says already why the change is not known.
    """
    asked = settings.changed.loosened == "fail"
    if isinstance(rules, UnknownRules):
        if asked and not is_told:
            why = rules.why
            yield Check(
                rule=RULE,
                subject=SUBJECT,
                status="error" if why.is_error else "skipped",
                reason=why.reason,
                remedy=why.remedy,
                error=why.error if why.is_error else None,
                is_asked_for=True,
            )
    elif asked or rules.before.settings.changed.loosened == "fail":
        rows = named([f"{one.what} ({one.where})" for one in loosened or ()])
        yield Check(
            rule=RULE,
            subject=SUBJECT,
            status="failed" if loosened else "passed",
            source=SOURCE,
            reason=f"this change loosens {counted(len(loosened), 'rule')}: {rows}" if loosened else "",
        )


def exclusion_notes(change: RulesChange | UnknownRules) -> Iterator[str]:
    """Code that is excluded by patterns on which the project had agreed already: no rule is loosened by it.

    Exclusion comments too where the base is not known, as then no loosened rules are listed.
    """
    if isinstance(change, UnknownRules):
        comments = [f"{one.path}:{one.line}" for one in change.exclusions if one.kind == "comment"]
        if comments:
            yield f"the change adds {counted(len(comments), 'exclusion comment')}: {named(comments)}"
    found = [f"{one.path}:{one.line}" for one in change.exclusions if one.kind == "pattern"]
    if found:
        is_one = len(found) == 1
        what = "place that matches" if is_one else "places that match"
        yield f"the change adds {len(found)} {what} a pattern of exclude_lines or exclude_also: {named(found)}"


def _exclusions(change: RulesChange, *, has_branches: bool) -> Iterator[Loosened]:
    for one in change.exclusions:
        if one.kind == "comment" or (one.kind == "branch-comment" and has_branches):
            yield Loosened(what=EXCLUSION, before=None, after=one.text, path=one.path, line=one.line)


def _test_folder_code(change: RulesChange) -> Iterator[Loosened]:
    for path in change.test_folder_code:
        yield Loosened(what=TEST_FOLDER_CODE, before=None, after="not measured, and not collected by pytest", path=path)

"""J15: what is looser is listed, what is stricter is not."""

from __future__ import annotations

import pytest

from builders import TODAY, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.loosened import exclusion_notes, loosened_checks, loosened_rules
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangeUnavailable
from covgate.model.rules import CoverageRules, Exclusion, Loosened, PytestSettings, Rules, RulesChange, UnknownRules
from covgate.model.run_context import RunContext

SNAPSHOT = snapshot(module("src/shop/cart.py", 3, 4), module("src/shop/pay.py", 3, 4))


@pytest.mark.parametrize(("is_error", "status"), [(True, "error"), (False, "passed")])
def test_j15_with_fail_a_base_that_is_not_known_is_no_pass_where_it_must_be_known(is_error: bool, status: str) -> None:
    change = Change(base=None, base_source="the diff x", files=())
    why = ChangeUnavailable(reason="no base", remedy="name one", is_asked_for=True, is_error=is_error)
    settings = parse_settings({"changed": {"loosened": "fail"}})
    verdict = judge(SNAPSHOT, settings, RunContext(today=TODAY), change, UnknownRules(why))
    assert verdict.status == status
    assert verdict.loosened is None
    assert [check.explanation for check in verdict.checks if check.rule == "loosened"] == ["no base; name one"]


def test_j15_all_that_is_loosened_is_listed_once_ours_first() -> None:
    before = Rules(settings=parse_settings({"total": 80}), coverage=CoverageRules())
    after = Rules(coverage=CoverageRules(lists={"run.omit": ("a", "a")}), pytest=PytestSettings(addopts=("-x",)))
    exclusions = (
        Exclusion("a.py", 3, "pragma: no cover", "comment"),
        Exclusion("a.py", 3, "pragma: no cover", "comment"),
        Exclusion("a.py", 4, "pragma: no branch", "branch-comment"),
        Exclusion("a.py", 5, "if TYPE_CHECKING:", "pattern"),
    )
    change = RulesChange(before=before, after=after, exclusions=exclusions, test_folder_code=("tests/app.py",))
    found = [one.what for one in loosened_rules(change, SNAPSHOT)]
    assert found == [
        "tool.covgate.total",
        "tool.coverage.run.omit",
        "pytest's addopts",
        "exclusion comment",
        "code in a folder of tests",
    ]
    with_branches = [one.where for one in loosened_rules(change, SNAPSHOT._replace(has_branches=True))]
    assert with_branches[3:] == ["a.py:3", "a.py:4", "tests/app.py"]


COMMENTS = (
    Exclusion("a.py", 3, "# pragma: no cover", "comment"),
    Exclusion("a.py", 9, "# pragma: no cover", "comment"),
)
PATTERNS = (Exclusion("b.py", 5, "if TYPE_CHECKING:", "pattern"), Exclusion("b.py", 6, "if TYPE_CHECKING:", "pattern"))
ONE_PATTERN = "the change adds 1 place that matches a pattern of exclude_lines or exclude_also: b.py:5"
TWO_PATTERNS = "the change adds 2 places that match a pattern of exclude_lines or exclude_also: b.py:5, b.py:6"


@pytest.mark.parametrize(
    ("exclusions", "known", "unknown"),
    [
        ((), [], []),
        (COMMENTS, [], ["the change adds 2 exclusion comments: a.py:3, a.py:9"]),
        (PATTERNS[:1], [ONE_PATTERN], [ONE_PATTERN]),
        ((*PATTERNS, COMMENTS[0]), [TWO_PATTERNS], ["the change adds 1 exclusion comment: a.py:3", TWO_PATTERNS]),
    ],
)
def test_j15_comments_are_notes_only_where_loosened_rules_cannot_be_listed(
    exclusions: tuple[Exclusion, ...], known: list[str], unknown: list[str]
) -> None:
    assert list(exclusion_notes(RulesChange(before=Rules(), after=Rules(), exclusions=exclusions))) == known
    assert list(exclusion_notes(UnknownRules(ChangeUnavailable("no base"), exclusions))) == unknown


@pytest.mark.parametrize("by", ["now", "the base"])
def test_j15_with_fail_each_loosened_rule_is_named_in_the_reason(by: str) -> None:
    fail = {"changed": {"loosened": "fail"}}
    before, after = (parse_settings(raw) for raw in (({}, fail) if by == "now" else (fail, {})))
    rules = RulesChange(before=Rules(settings=before), after=Rules(settings=after))
    row = Loosened(what="tool.covgate.total", before="80", after="70", path="pyproject.toml", line=3)
    (check,) = loosened_checks(rules, (row,), after, is_told=False)
    assert (check.status, check.reason) == (
        "failed",
        "this change loosens 1 rule: tool.covgate.total (pyproject.toml:3)",
    )
    (met,) = loosened_checks(rules, (), after, is_told=False)
    assert (met.status, met.reason) == ("passed", "")


def test_j15_without_fail_nothing_is_checked() -> None:
    rules = RulesChange(before=Rules(), after=Rules())
    assert list(loosened_checks(rules, (), parse_settings({}), is_told=False)) == []
    assert (
        list(loosened_checks(UnknownRules(ChangeUnavailable("no base")), None, parse_settings({}), is_told=False)) == []
    )


def test_j15_why_the_base_is_not_known_is_told_once() -> None:
    fail = parse_settings({"changed": {"loosened": "fail"}})
    assert list(loosened_checks(UnknownRules(ChangeUnavailable("no base")), None, fail, is_told=True)) == []

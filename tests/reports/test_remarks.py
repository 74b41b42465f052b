"""Which places of a file are told, in which order, and how much each matters."""

from __future__ import annotations

from typing import Any

import pytest

from builders import TODAY, branch, module, snapshot, verdict
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile
from covgate.model.lines import LineRange
from covgate.model.rules import Loosened
from covgate.model.run_context import RunContext
from covgate.model.settings import Mode
from covgate.model.snapshot import Module
from covgate.model.verdict import Verdict
from covgate.reports.remarks import Kind, Level, Remark, remarks


def changed(
    *modules: Module, lines: tuple[LineRange, ...] = ((1, 99),), mode: Mode = "fail", **settings: Any
) -> Verdict:
    """A verdict on a change that edits these lines of every module."""
    files = tuple(ChangedFile(path=one.path, status="modified", lines=lines) for one in modules)
    context = RunContext(today=TODAY, mode=mode)
    change = Change(base=None, base_source="main", files=files)
    return judge(snapshot(*modules, branches=True), parse_settings(settings), context, change)


def told(outcome: Verdict) -> list[tuple[str, str, LineRange | None]]:
    return [(one.kind, one.path, one.lines) for one in remarks(outcome)]


def of_the_change(outcome: Verdict) -> list[tuple[str, str, LineRange | None, str]]:
    """What is told behind the failing check of the change."""
    first, *others = remarks(outcome)
    assert (first.kind, first.path) == ("failed-check", "pyproject.toml")
    return [(one.kind, one.path, one.lines, one.text) for one in others]


@pytest.mark.parametrize(
    ("kind", "is_failing", "level"),
    [
        ("failed-check", True, "error"),
        ("failed-check", False, "warning"),
        ("uncovered-change", True, "error"),
        ("uncovered-change", False, "warning"),
        ("partial-change", True, "warning"),
        ("partial-change", False, "note"),
        ("loosened", False, "warning"),
        ("below-target", True, "error"),
        ("below-target", False, "note"),
    ],
)
def test_what_fails_matters_more_and_a_branch_less_than_a_line(kind: Kind, is_failing: bool, level: Level) -> None:
    assert Remark(kind=kind, path="a.py", lines=None, text="x", is_failing=is_failing).level == level


def test_neighbouring_lines_are_one_remark_over_lines_without_code() -> None:
    one = module("a.py", statements=(1, 2, 4, 5, 7), missing=(2, 4, 7), source=("x",) * 7)
    assert of_the_change(changed(one)) == [
        ("uncovered-change", "a.py", (2, 4), "No test runs the changed lines 2-4"),
        ("uncovered-change", "a.py", (7, 7), "No test runs the changed line 7"),
    ]


def test_only_changed_lines_are_told() -> None:
    one = module("a.py", 0, 9, source=("x",) * 9)
    assert [lines for _, _, lines, _ in of_the_change(changed(one, lines=((3, 4), (8, 8))))] == [(3, 4), (8, 8)]


def test_a_branch_is_told_where_its_line_ran_and_after_all_lines() -> None:
    jumps = (branch(1, 2, -1), branch(2, 3, 3, 4), branch(4, 2, 5, -1))
    one, two = module("a.py", 3, 4, branches=jumps), module("b.py", 0, 1)
    never = "branches that leave the changed line"
    assert of_the_change(changed(one, two)) == [
        ("uncovered-change", "a.py", (4, 4), "No test runs the changed line 4"),
        ("uncovered-change", "b.py", (1, 1), "No test runs the changed line 1"),
        ("partial-change", "a.py", (1, 1), f"No test takes 1 of the 2 {never} 1: to the exit"),
        ("partial-change", "a.py", (2, 2), f"No test takes 2 of the 3 {never} 2: to line 3 and to line 4"),
    ]


def test_accepted_lines_are_not_told() -> None:
    one = module("a.py", 1, 4, source=("x",) * 4)
    outcome = changed(one, accept=[{"module": "a", "lines": "2-3", "reason": "r"}])
    assert [lines for _, _, lines, _ in of_the_change(outcome)] == [(4, 4)]


def test_what_belongs_to_the_change_fails_only_where_its_lines_are_judged() -> None:
    one = module("a.py", 0, 4)
    assert all(remark.is_failing for remark in remarks(changed(one)))
    (left,) = remarks(changed(one, changed={"lines": False}))
    assert (left.kind, left.is_failing) == ("uncovered-change", False)


def test_without_a_change_the_modules_below_their_target_are_told() -> None:
    outcome = verdict(snapshot(module("a.py", 1, 2), module("b.py", 2, 2), module("c.py", 0, 2)), {"module": 80})
    assert {(path, kind) for kind, path, _ in told(outcome)} == {("a.py", "below-target"), ("c.py", "below-target")}
    assert all(remark.is_failing for remark in remarks(outcome))


def test_a_module_that_misses_two_targets_is_one_remark() -> None:
    settings = {"targets": {"a": {"target": 80, "max_missing": 1}}}
    (one,) = remarks(verdict(snapshot(module("a.py", 0, 4)), settings))
    assert one.text.count("; ") == 1


def test_a_check_of_no_module_stands_at_the_settings_once() -> None:
    outcome = verdict(snapshot(module("a.py", 2, 2)), {"exclude": ["nowhere", "nowhere"]})
    (one,) = remarks(outcome)
    assert (one.kind, one.path, one.lines, one.level) == ("failed-check", "pyproject.toml", None, "error")


def test_errors_of_the_measurement_are_told_apart_by_their_reasons() -> None:
    outcome = verdict(snapshot(module("a.py", 2, 2), unreadable=("cannot parse x.py", "cannot parse y.py")))
    subjects = [remark.subject for remark in remarks(outcome)]
    assert len(subjects) == len(set(subjects)) == 2


def test_a_subject_holds_no_number_that_changes_from_run_to_run() -> None:
    one, two = (remarks(verdict(snapshot(module("a.py", covered, 9)), {"total": 80}))[0] for covered in (3, 4))
    assert one.subject == two.subject
    assert one.text != two.text


def test_loosened_rules_stand_where_they_are_written_and_fail_only_where_the_gate_does() -> None:
    rows = tuple(
        Loosened(what="tool.covgate.total", before="80", after="70", path="pyproject.toml", line=line)
        for line in (3, None)
    )
    outcome = verdict(snapshot(module("a.py", 2, 2)))._replace(loosened=rows)
    assert told(outcome) == [("loosened", "pyproject.toml", (3, 3)), ("loosened", "pyproject.toml", None)]
    assert not any(remark.is_failing for remark in remarks(outcome))


@pytest.mark.parametrize("mode", ["fail", "warn"])
def test_the_mode_does_not_change_what_is_told(mode: Mode) -> None:
    one = module("a.py", 0, 4, source=("x",) * 4)
    assert told(changed(one, mode=mode, module=80)) == told(changed(one, module=80))

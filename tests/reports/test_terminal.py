"""Whole screens, as golden text."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from builders import TODAY, branch, function, module, snapshot, verdict
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile, ChangeUnavailable
from covgate.model.known_tests import KnownTests, Subject
from covgate.model.rules import Loosened
from covgate.model.run_context import RunContext
from covgate.model.snapshot import Snapshot
from covgate.model.verdict import Verdict
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary
from covgate.reports.text import cells

SHOP = snapshot(
    module("src/shop/__init__.py"),
    module("src/shop/cart.py", 78, 100, functions=(function("Cart.merge", 80, 81, 82, 83), function("Cart.add", 1, 2))),
    module("src/shop/legacy/soap.py", 0, 120),
    module("src/shop/refunds.py", 60, 80, branches=(branch(4, 2, 9),), error_lines=(79, 80)),
    branches=True,
)
SETTINGS: dict[str, Any] = {
    "total": 85,
    "module": 80,
    "targets": {"shop.legacy.**": 40},
    "components": {"checkout": {"modules": ["shop.cart"], "target": 75}},
}


def screen(modules: Snapshot, settings: dict[str, Any] | None = None, view: View | None = None, **run: Any) -> str:
    return plain(terminal_summary(verdict(modules, settings, **run), view or View()))


def golden(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_a_failing_project_at_80_columns() -> None:
    assert screen(SHOP, SETTINGS) == golden(
        """
        total      46.0 %  target 85 %  FAILED  118 more statements and branches needed
        checkout   78.0 %  target 75 %  passed
        modules   0 of 3 at or above their own target  FAILED

        top gaps                  cover  target    needed
        src/shop/legacy/soap.py     0.0      40        48  high
            never imported
        src/shop/refunds.py        74.3      80         5  medium
            lines 61-78; except/raise lines 79-80; branches 4->9
        src/shop/cart.py           78.0      80         2  low
            never called: Cart.merge(); lines 79-80, 84-100

        FAILED coverage gate: total and 3 of 3 modules are below target
        """
    )


def test_reasons_stand_beside_the_numbers_where_there_is_room() -> None:
    assert screen(SHOP, SETTINGS, View(width=120)).splitlines()[4:6] == [
        "top gaps                  cover  target    needed            what is missing",
        "src/shop/legacy/soap.py     0.0      40        48  high      never imported",
    ]


def test_a_passing_project_is_one_line() -> None:
    assert screen(SHOP, {"module": 0}) == "PASSED coverage gate: total 46.0 %; 3 modules at or above target\n"
    assert screen(SHOP, {"total": 40.5, "exclude": ["shop.cart"]}) == (
        "PASSED coverage gate: total 46.0 % (target 40.5) (1 note, -v shows it)\n"
    )


def test_a_passing_project_with_v_shows_all() -> None:
    assert screen(
        SHOP, SETTINGS | {"total": 40, "module": 70, "targets": {"shop.legacy.**": 0}}, View(verbosity=1)
    ) == golden(
        """
        total      46.0 %  target 40 %  passed
        checkout   78.0 %  target 75 %  passed
        modules   3 of 3 at or above their own target  passed

        PASSED coverage gate: total 46.0 % (target 40); 1 component and 3 modules at or above target
        """
    )


def test_a_partial_run_says_which_option_made_it_so() -> None:
    assert screen(SHOP, {"module": 80}, partial="-k cart").splitlines()[-1] == (
        "ADVISORY coverage gate: not judged, only a part of the tests ran (-k cart); 3 of 3 modules are below target"
    )


def test_an_error_leads_with_what_is_wrong() -> None:
    assert screen(
        SHOP, {"module": 1, "targets": {"shop.cart": {"branches": 3}}}, incomplete="no data from gw1"
    ) == golden(
        """
        total     46.0 %
        modules  2 of 3 at or above their own target  FAILED
        error: no data from gw1  [data-incomplete]

        top gaps                  cover  target    needed            what is missing
        src/shop/legacy/soap.py     0.0       1         2  low       never imported

        ERROR coverage gate: no verdict, no data from gw1  [data-incomplete]
        """
    )


def test_dead_rules_are_told_with_their_key() -> None:
    shown = screen(SHOP, {"targets": {"shop.crat": 80}})
    assert (
        "dead rule: tool.covgate.targets.\"shop.crat\": 'shop.crat' matches no measured module; did you mean shop.cart?"
        in shown
    )
    assert shown.endswith("FAILED coverage gate: 1 pattern in the settings matches no module\n")


def test_ten_rows_by_default_and_the_rest_is_counted() -> None:
    many = snapshot(*(module(f"m{number:02}.py", 0, 20 - number) for number in range(14)))
    lines = screen(many, {"module": 50}).splitlines()
    assert sum("never imported" in line for line in lines) == 10
    assert "... and 4 more modules (--covgate-all shows them)" in lines
    every = screen(many, {"module": 50}, View(all_rows=True))
    assert every.count("never imported") == 14
    assert "more" not in every


def test_groups_are_titled_where_there_are_several() -> None:
    modules = snapshot(module("a.py", 0, 10), module("b.py", 50, 100))
    lines = screen(modules, {"total": 60, "targets": {"a": 20}}, View(width=100)).splitlines()
    assert [line for line in lines if line.startswith("below")] == ["below target", "below the total's target"]


def test_warn_mode_says_that_the_exit_code_is_left_alone() -> None:
    assert "(mode warn: the exit code is left alone)" in screen(SHOP, SETTINGS, mode="warn")
    assert "mode warn" not in screen(SHOP, {"module": 0}, mode="warn")


def test_hostile_names_print_as_text() -> None:
    shown = screen(snapshot(module("a\x1b[31m\n\u202e.py", 0, 2)), {"module": 50})
    assert "a\\x1b[31m\\n\\u202e.py" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("width", [20, 40, 60, 79, 80, 132])
def test_rows_fit_the_terminal(width: int) -> None:
    rows = screen(SHOP, SETTINGS, View(width=width)).splitlines()
    table = rows[rows.index(next(r for r in rows if r.startswith("top gaps"))) :]
    assert all(cells(row) <= max(width, 52) for row in table if not row.startswith(("FAILED", "...")))


REFUND = module(
    "src/shop/refund.py",
    statements=tuple(range(1, 31)),
    missing=tuple(range(4, 31)),
    branches=(branch(2, 2, 9),),
    source=tuple(f"    line({number})" for number in range(1, 31)),
)


def changed_screen(settings: dict[str, Any], change: Change | ChangeUnavailable, view: View | None = None) -> str:
    outcome = judge(snapshot(REFUND, branches=True), parse_settings(settings), RunContext(today=TODAY), change)
    return plain(terminal_summary(outcome, view or View()))


def change_of(*lines: tuple[int, int], path: str = "src/shop/refund.py") -> Change:
    files = (ChangedFile(path=path, status="modified", lines=lines),)
    return Change(base="0123456789abcdef", base_source="main", files=files)


def test_the_change_block_and_its_source() -> None:
    assert changed_screen({"changed": {"lines": 90}}, change_of((2, 4))) == golden(
        """
        total     12.5 %
        change    60.0 %  target 90 %  FAILED  2 of 5 changed statements and branches missing
                 1 file changed, compared with main (0123456)
                  60.0 %  2 of 5 missing  src/shop/refund.py

        top gaps             cover  target    needed
        in the change
        src/shop/refund.py    12.5       -         2  low
            2 of 5 changed statements and branches missing, lines 2, 4

        src/shop/refund.py
              1      line(1)
        ~     2      line(2)
              3      line(3)
        >     4      line(4)
              5      line(5)
              6      line(6)
              7      line(7)

        FAILED coverage gate: the change is below target
        """
    )


def test_a_change_without_anything_to_cover_says_so() -> None:
    shown = changed_screen({"module": 10}, change_of((1, 2), path="readme.md"))
    assert shown == (
        "PASSED coverage gate: total 12.5 %; change: nothing to cover, compared with main (0123456)"
        "; 1 module at or above target\n"
    )
    shown = changed_screen({"module": 10}, change_of((1, 2), path="readme.md"), View(verbosity=1))
    assert "change   nothing to cover\n         1 file changed, compared with main (0123456)\n" in shown


@pytest.mark.parametrize(
    ("base", "source", "words"),
    [
        ("10d5f32a04", "the previous commit", "compared with the previous commit (10d5f32)"),
        ("10d5f32a04", "HEAD (staged files only)", "compared with HEAD (staged files only, 10d5f32)"),
        ("10d5f32a04", "10d5f32a04", "compared with 10d5f32a04"),
        (None, "the diff x.patch", "compared with the diff x.patch"),
    ],
)
def test_a_change_of_no_files_says_so_and_what_it_was_compared_with(base: str | None, source: str, words: str) -> None:
    """Issue F, 9: in the line of a passing verdict too."""
    nothing = Change(base=base, base_source=source, files=())
    shown = changed_screen({"total": 10}, nothing)
    assert shown == f"PASSED coverage gate: total 12.5 % (target 10); change: no changed files, {words}\n"
    shown = changed_screen({"total": 10}, nothing, View(verbosity=1))
    assert f"change   nothing to cover\n         no changed files, {words}\n" in shown
    outcome = judge(snapshot(REFUND), parse_settings({"total": 10}), RunContext(today=TODAY, change_only=True), nothing)
    assert plain(terminal_summary(outcome, View())) == (
        f"PASSED coverage gate: change: no changed files, {words}; nothing else was judged\n"
    )


def test_a_failing_touched_module_has_a_line_of_its_own() -> None:
    """Issue F, 13: the total, the change and the modules' own targets are met, and a row is red all the same."""
    settings = {"total": 10, "module": 10, "changed": {"lines": 50, "module": 90}}
    assert changed_screen(settings, change_of((2, 4))) == golden(
        """
        total     12.5 %  target 10 %  passed
        change    60.0 %  target 50 %  passed  2 of 5 changed statements and branches missing
                 1 file changed, compared with main (0123456)
                  60.0 %  2 of 5 missing  src/shop/refund.py
        touched  0 of 1 at or above the target for touched modules  FAILED
        modules  1 of 1 at or above their own target  passed

        top gaps             cover  target    needed            what is missing
        in the change
        src/shop/refund.py    12.5      90        25  high      lines 4-30

        src/shop/refund.py
              1      line(1)
        ~     2      line(2)
              3      line(3)
        >     4      line(4)
              5      line(5)
              6      line(6)
              7      line(7)

        FAILED coverage gate: 1 touched module is below its target
        """
    )


def test_a_change_whose_lines_are_not_judged_is_shown_all_the_same() -> None:
    shown = changed_screen({"module": 90, "changed": {"lines": False}}, change_of((2, 4)))
    assert "change    60.0 %\n" in shown


@pytest.mark.parametrize(("asked", "shown_at_once"), [(False, False), (True, True)])
def test_a_skipped_change_gives_its_reason_where_it_was_asked_for(asked: bool, shown_at_once: bool) -> None:
    no_change = ChangeUnavailable(reason="no base", remedy="fetch it", is_asked_for=asked)
    shown = changed_screen({"total": 10}, no_change)
    assert ("change   skipped: no base; fetch it" in shown) is shown_at_once
    assert shown.endswith("PASSED coverage gate: total 12.5 % (target 10); change skipped\n")


def test_a_change_that_is_an_error_is_told_once() -> None:
    shown = changed_screen(
        {"total": 10}, ChangeUnavailable(reason="no base", remedy="fetch it", is_asked_for=True, is_error=True)
    )
    assert shown.count("fetch it") == 1
    assert shown.endswith("ERROR coverage gate: no verdict, no base  [no-base]\n")


def test_many_touched_modules_are_cut_and_counted() -> None:
    modules = [module(f"m{number:02}.py", 1, 1, source=("x",)) for number in range(12)]
    files = tuple(ChangedFile(path=one.path, status="modified", lines=((1, 1),)) for one in modules)
    change = Change(base=None, base_source="the diff x", files=files)
    outcome = judge(snapshot(*modules), parse_settings({}), RunContext(today=TODAY), change)
    assert "... and 2 more touched modules" in plain(terminal_summary(outcome, View()))
    assert "m11.py" in plain(terminal_summary(outcome, View(all_rows=True)))


def loosened(*rows: Loosened) -> Verdict:
    return verdict(snapshot(module("a.py", 2, 2)), {"total": 80})._replace(loosened=rows)


TOTAL = Loosened(what="tool.covgate.total", before="80", after="70", path="pyproject.toml", line=3)
EXCLUSION = Loosened(what="exclusion comment", before=None, after="# pragma: no cover", path="src/a.py", line=12)
OMIT = Loosened(what="coverage.py's run.omit", before="a", after=None, path=".coveragerc")


def test_j15_loosened_rules_are_a_table() -> None:
    shown = plain(terminal_summary(loosened(TOTAL, EXCLUSION, OMIT), View(verbosity=1)))
    assert (
        golden(
            """
        loosened by this change
          tool.covgate.total      80 -> 70                 pyproject.toml:3
          exclusion comment       new: # pragma: no cover  src/a.py:12
          coverage.py's run.omit  a -> not set             .coveragerc
        """
        )
        in shown
    )


@pytest.mark.parametrize("change", [None, ChangeUnavailable("no base", is_asked_for=True)])
@pytest.mark.parametrize("all_rows", [False, True])
def test_the_option_that_shows_loosened_rules_is_named_where_they_are_not_shown(
    change: ChangeUnavailable | None, all_rows: bool
) -> None:
    settings = parse_settings({"module": 0, "changed": {"lines": 80}})
    outcome = judge(SHOP, settings, RunContext(today=TODAY), change)._replace(loosened=(TOTAL,))
    text = plain(terminal_summary(outcome, View(all_rows=all_rows)))
    is_listed = "  tool.covgate.total  80 -> 70  pyproject.toml:3\n" in text
    assert is_listed is (all_rows or change is not None)
    assert text.endswith("; this change loosens 1 rule" + ("\n" if is_listed else " (-v shows it)\n"))


def test_j15_loosened_rules_beyond_the_first_are_counted() -> None:
    many = [TOTAL._replace(what=f"rule {number}") for number in range(50)]
    shown = plain(terminal_summary(loosened(*many), View(verbosity=1)))
    count = sum(line.startswith("  rule ") for line in shown.splitlines())
    assert f"{50 - count} more rules" in shown
    whole = plain(terminal_summary(loosened(*many), View(verbosity=1, all_rows=True)))
    assert sum(line.startswith("  rule ") for line in whole.splitlines()) == 50


def test_accepted_gaps_are_listed_with_their_terms() -> None:
    entry = {"module": "a", "lines": "3-4", "reason": "hard to reach", "until": "2027-01-31", "owner": "me"}
    one = module("a.py", 2, 4, source=("x",) * 4)
    shown = screen(snapshot(one), {"total": 80, "accept": [entry]}, View(verbosity=1))
    assert "accepted: 2 missing statements, not required\n" in shown
    assert "a.py 3-4, 2: hard to reach (" in shown


GOALS = {
    "total": 40,
    "goal": 80,
    "by": "2027-06-30",
    "module": 60,
    "targets": {"shop.legacy.**": {"target": 0, "goal": 50}},
    "components": {
        "checkout": {"modules": ["shop.cart"], "target": 75, "goal": 90},
        "free": {"modules": ["shop.refunds"], "target": False, "goal": 70},
    },
}


def test_a_green_gate_shows_what_is_missing_to_the_goals() -> None:
    assert screen(SHOP, GOALS) == golden(
        """
        total      46.0 %  target 40 %  passed  103 more statements and branches to the goal of 80 % by 2027-06-30
        checkout   78.0 %  target 75 %  passed  12 more statements and branches to the goal of 90 %
        free       74.3 %  goal of 70 % reached
        modules   3 of 3 at or above their own target  passed

        top gaps                  cover    goal    needed
        below their goal
        src/shop/legacy/soap.py     0.0      50        60  high
            never imported
        src/shop/refunds.py        74.3      80         5  medium
            lines 61-78; except/raise lines 79-80; branches 4->9
        src/shop/cart.py           78.0      80         2  low
            never called: Cart.merge(); lines 79-80, 84-100

        PASSED coverage gate: total 46.0 % (target 40, goal 80); 1 component and 3 modules at or above target
        """
    )


def test_a_green_gate_is_one_line_where_its_goals_are_reached_or_it_is_to_be_quiet() -> None:
    last = "PASSED coverage gate: total 46.0 % (target 40, goal 80); 1 component and 3 modules at or above target\n"
    assert screen(SHOP, GOALS, View(verbosity=-1)) == last
    reached = {"total": 40, "goal": 46}
    all_reached = {**reached, "targets": {"shop.legacy.**": {"goal": False}}}
    assert screen(SHOP, all_reached) == "PASSED coverage gate: total 46.0 % (target 40, goal 46)\n"
    assert len(screen(SHOP, reached).splitlines()) > 1


def test_a_red_gate_shows_what_is_missing_to_the_targets_and_names_the_goals() -> None:
    text = screen(SHOP, {**GOALS, "total": 60})
    assert "total      46.0 %  target 60 %  FAILED  43 more statements and branches needed, goal 80 %\n" in text
    assert "  target    needed  " in text
    assert "below their goal" not in text


def test_a_goal_alone_shows_the_way_and_how_to_set_a_target() -> None:
    text = screen(SHOP, {"goal": 80})
    assert "total     46.0 %  103 more statements and branches to the goal of 80 %\n" in text
    assert "    goal    needed\n" in text
    assert "no target is set" in text
    assert text.endswith("PASSED coverage gate: total 46.0 % (goal 80)\n")


def test_notes_that_are_shown_beside_goals_are_not_counted_as_hidden() -> None:
    text = screen(SHOP, {**GOALS, "by": "2001-01-01"})
    assert "note: tool.covgate.by: the day 2001-01-01 has passed" in text
    assert "(1 note" not in text
    assert "(1 note" in screen(SHOP, {**GOALS, "by": "2001-01-01"}, View(verbosity=-1))


CHANGE_TESTS = (
    KnownTests(Subject("src/pay.py", lines=((1, 4),)), "tests", "functions", ("t.py::a", "t.py::b")),
    KnownTests(Subject("src/tax.py", lines=((1, 4),)), "import", "functions", import_only=((1, 3),)),
)


@pytest.mark.parametrize(
    ("answers", "verbosity", "lines"),
    [
        pytest.param(1, 0, ["         src/pay.py: covered by t.py::a and 1 more"], id="one line in all"),
        pytest.param(2, 0, [], id="two lines"),
        pytest.param(
            2,
            1,
            ["         src/pay.py: covered by t.py::a and 1 more", "         src/tax.py: lines 1-3 run only at import"],
            id="two lines, with -v",
        ),
        pytest.param(0, 1, [], id="no map"),
    ],
)
def test_the_tests_of_the_change_are_one_line_or_asked_for(answers: int, verbosity: int, lines: list[str]) -> None:
    files = (ChangedFile("src/pay.py", "modified", lines=((1, 4),)),)
    facts = RunContext(today=TODAY)
    outcome = judge(
        snapshot(module("src/pay.py", 3, 9)), parse_settings({"total": 90}), facts, Change("c", "main", files)
    )
    outcome = outcome._replace(change_tests=CHANGE_TESTS[:answers])
    shown = plain(terminal_summary(outcome, View(verbosity=verbosity))).splitlines()
    assert [line for line in shown if "covered by" in line or "at import" in line] == lines
    passing = judge(
        snapshot(module("src/pay.py", 9, 9)), parse_settings({"total": 90}), facts, Change("c", "main", files)
    )
    short = plain(terminal_summary(passing._replace(change_tests=CHANGE_TESTS[:1]), View()))
    assert len(short.splitlines()) == 1

"""H10: what moved since the baseline, in words."""

from __future__ import annotations

import pytest

from builders import TODAY, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import ChangedFile
from covgate.model.comparison import Baseline, BaselineMissing, LostLine, Movement
from covgate.model.run_context import RunContext
from covgate.model.share import Share
from covgate.model.verdict import Verdict
from covgate.reports.movement import moved_rows, movement_of_total, no_baseline, points, since
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary
from records import record, recorded

SETTINGS = {"total": 10, "components": {"all": {"modules": ["*"], "target": 0}}}


def compared(distance: int = 0) -> Verdict:
    before = record(
        recorded("src/a.py", range(1, 11), (), blob="x"),
        recorded("src/old.py", range(1, 11), (1,)),
        recorded("src/gone.py", (1,), ()),
        recorded("src/same.py", (1,), (), blob="x"),
    )
    files = (
        ChangedFile("src/new.py", "renamed", "src/old.py"),
        ChangedFile("src/gone.py", "deleted"),
        ChangedFile("src/added.py", "added"),
    )
    now = snapshot(
        module("src/a.py", 8, 10), module("src/new.py", 10, 10), module("src/added.py", 1, 2), module("src/same.py", 1, 1),
        digests={"src/a.py": "x", "src/same.py": "x"},
    )  # fmt: skip
    baseline = Baseline(before, "main", distance, files)
    return judge(now, parse_settings(SETTINGS), RunContext(today=TODAY), baseline=baseline)


def test_the_sums_come_first_then_the_modules_that_moved_the_largest_drop_first() -> None:
    rows = [(row.kind, row.subject, row.before, row.now, row.points, row.what) for row in moved_rows(compared())]
    assert rows == [
        ("sum", "total", "95.4", "86.9", "-8.5", ""),
        ("sum", "all", "95.4", "86.9", "-8.5", ""),
        ("module", "src/a.py", "100.0", "80.0", "-20.0", "no longer covered: 9-10"),
        ("module", "src/added.py", "-", "50.0", "-", "new"),
        ("module", "src/gone.py", "100.0", "-", "-", "gone"),
        ("module", "src/new.py", "90.0", "100.0", "+10.0", "was src/old.py"),
    ]


def test_a_row_names_the_first_lines_only() -> None:
    before = record(recorded("src/a.py", range(1, 41), (), blob="x"))
    missing = [line for line in range(1, 41) if line % 2]
    now = snapshot(module("src/a.py", 0, 40, missing=missing), digests={"src/a.py": "x"})
    outcome = judge(
        now, parse_settings(SETTINGS), RunContext(today=TODAY), baseline=Baseline(before, "main", 0, files=())
    )
    assert [row.what for row in moved_rows(outcome)][-1] == "no longer covered: 1, 3, 5 and 17 more"


def test_without_a_comparison_or_a_movement_there_are_no_rows() -> None:
    still = snapshot(module("src/a.py", 1, 1), digests={"src/a.py": "x"})
    baseline = Baseline(record(recorded("src/a.py", (1,), blob="x")), "main", files=())
    assert list(moved_rows(judge(still, parse_settings({}), RunContext(today=TODAY)))) == []
    assert list(moved_rows(judge(still, parse_settings({}), RunContext(today=TODAY), baseline=baseline))) == []


@pytest.mark.parametrize(
    ("before", "now", "shown"),
    [
        (Share(1, 3), Share(2, 3), "+33.3"),
        (Share(2, 3), Share(1, 3), "-33.3"),
        (Share(1, 2), Share(2, 4), "0.0"),
        (Share(999, 1000), Share(1000, 1000), "+0.1"),
        (None, Share(1, 1), "-"),
    ],
)
def test_the_difference_is_that_of_the_numbers_shown(before: Share | None, now: Share, shown: str) -> None:
    assert points(Movement(before, now)) == shown


@pytest.mark.parametrize(
    ("distance", "words"), [(0, "main"), (1, "1 commit before main"), (2, "2 commits before main")]
)
def test_h6_the_baseline_in_words(distance: int, words: str) -> None:
    verdict = compared(distance)
    assert isinstance(verdict.baseline, Baseline)
    assert since(verdict.baseline) == words
    assert movement_of_total(verdict) == f"-8.5 since {words}"


def test_lost_lines_stand_in_the_terminal_as_source_ten_of_them_and_the_note_says_nothing_more() -> None:
    statements = range(1, 25)
    now = snapshot(module("src/a.py", 0, 24), digests={"src/a.py": "x"})
    baseline = Baseline(record(recorded("src/a.py", statements, blob="x")), "main", files=())
    verdict = judge(now, parse_settings({"module": 0}), RunContext(today=TODAY), baseline=baseline)
    lines = [LostLine("src/a.py", number, f"    line({number})", is_partial=number == 2) for number in statements]
    verdict = verdict._replace(lost=tuple(lines))
    shown = plain(terminal_summary(verdict, View()))
    block = shown[shown.index("no longer covered, although") :].split("\n\n")[0].splitlines()
    assert block[:3] == ["no longer covered, although unchanged", "> src/a.py:1   line(1)", "~ src/a.py:2   line(2)"]
    assert block[-2:] == ["> src/a.py:10  line(10)", "... and 14 more lines (--covgate-all shows them)"]
    assert "note: 24 unchanged" not in shown
    assert "note: alert: coverage dropped" in shown
    assert plain(terminal_summary(verdict, View(verbosity=-1))).count("\n") == 1
    cut = verdict._replace(lost=tuple(lines[:20]))
    assert "\n... and 4 more lines\n" in plain(terminal_summary(cut, View(all_rows=True)))


def test_why_there_is_none() -> None:
    bare = judge(
        snapshot(), parse_settings({}), RunContext(today=TODAY), baseline=BaselineMissing("it is gone", "find it")
    )
    assert no_baseline(bare) == "nothing to compare with: it is gone; find it"
    assert movement_of_total(bare) == ""
    assert no_baseline(compared()) == ""

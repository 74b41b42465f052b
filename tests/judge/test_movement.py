"""H8 and H12: drops, lost lines and the time of the tests, as checks and as notes."""

from __future__ import annotations

from typing import Any

import pytest

from builders import TODAY, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import ChangedFile
from covgate.model.comparison import Baseline, BaselineMissing
from covgate.model.record import SuiteFacts
from covgate.model.run_context import RunContext
from covgate.model.snapshot import Module
from covgate.model.verdict import Verdict
from covgate.reports.wording import verdict_line
from records import record, recorded

BIG = range(1, 101)
MISSING = BaselineMissing("no run of main is recorded", "run pytest --covgate on main")


def judged(
    now: list[Module], before: list[Any], history: dict[str, Any], files: tuple[ChangedFile, ...] = (), **context: Any
) -> Verdict:
    settings = parse_settings({"history": history, "module": 0})
    digests = {one.path: "x" for one in now}
    given = snapshot(*now, digests=digests)
    baseline = Baseline(record(*before), "main", files=files)
    return judge(given, settings, RunContext(today=TODAY, **context), baseline=baseline)


def drops(verdict: Verdict) -> dict[str, str]:
    return {check.subject: check.status for check in verdict.checks if check.rule == "drop"}


@pytest.mark.parametrize(("covered", "status"), [(98, "passed"), (97, "failed")])
def test_h8_a_drop_fails_above_the_points_allowed(covered: int, status: str) -> None:
    before = [recorded("src/a.py", BIG, (), blob="x")]
    verdict = judged([module("src/a.py", covered, 100)], before, {"max_drop": 2})
    assert drops(verdict)["total"] == status
    assert verdict.status == status


def test_h8_it_is_judged_exactly_and_never_reads_as_the_limit() -> None:
    before = [recorded("src/a.py", range(1, 1000), (), blob="x")]
    verdict = judged([module("src/a.py", 978, 999)], before, {"max_drop": 2.1})
    (check, _) = (one for one in verdict.checks if one.rule == "drop")
    assert check.status == "failed"
    assert check.reason == "dropped by 2.11 points: 21 statements no longer covered; 2.1 allowed"


def test_h8_deleting_covered_code_is_no_drop() -> None:
    before = [recorded("src/a.py", BIG, range(1, 11), blob="x"), recorded("src/b.py", BIG, ())]
    now = [module("src/a.py", 90, 100, missing=range(1, 11))]
    verdict = judged(now, before, {"max_drop": 0}, (ChangedFile("src/b.py", "deleted"),))
    assert drops(verdict) == {"total": "passed"}
    assert verdict.notes == ()


def test_h8_small_modules_are_not_judged_for_themselves() -> None:
    before = [recorded("src/a.py", range(1, 20), (), blob="x"), recorded("src/b.py", range(1, 1000), (), blob="x")]
    now = [module("src/a.py", 1, 19), module("src/b.py", 999, 999)]
    assert drops(judged(now, before, {"max_drop": 2})) == {"total": "passed"}


def test_h8_every_subject_that_drops_too_far_is_one_check() -> None:
    before = [recorded("src/a.py", BIG, (), blob="x")]
    verdict = judged([module("src/a.py", 90, 100)], before, {"max_drop": 2})
    assert drops(verdict) == {"total": "failed", "src/a.py": "failed"}
    assert not any("dropped" in note for note in verdict.notes)


@pytest.mark.parametrize(
    ("covered", "words"),
    [
        (98, None),
        (97, "coverage dropped: total by 3.00 points, src/a.py by 3.00 points"),
        (94, "alert: coverage dropped: total by 6.00 points, src/a.py by 6.00 points"),
    ],
)
def test_h8_without_a_limit_a_large_drop_is_one_note(covered: int, words: str | None) -> None:
    before = [recorded("src/a.py", BIG, (), blob="x")]
    verdict = judged([module("src/a.py", covered, 100)], before, {})
    assert [note for note in verdict.notes if "dropped" in note] == ([words] if words else [])
    assert verdict.status == "passed"


def test_lost_lines_are_named_exactly() -> None:
    before = [recorded("src/a.py", BIG, (), blob="x")]
    now = [module("src/a.py", 98, 100, missing=(3, 90))]
    assert "2 unchanged statements are no longer covered: src/a.py:3, 90" in judged(now, before, {}).notes


def test_lost_lines_are_a_note_and_fail_where_the_settings_say_so() -> None:
    before, now = [recorded("src/a.py", BIG, (), blob="x")], [module("src/a.py", 99, 100)]
    text = "1 unchanged statement is no longer covered: src/a.py:100"
    assert text in judged(now, before, {}).notes
    failed = judged(now, before, {"lost": "fail"})
    assert failed.status == "failed"
    assert text not in failed.notes
    (check,) = (one for one in failed.checks if one.rule == "lost")
    assert (check.status, check.reason, check.to_reach) == ("failed", text, 1)


@pytest.mark.parametrize(
    ("seconds", "status", "is_noted"),
    [(None, None, False), (79, "passed", False), (81, "passed", True), (101, "failed", False)],
)
def test_h12_the_budget_is_noted_from_80_per_cent_on(seconds: float | None, status: str | None, is_noted: bool) -> None:
    verdict = judged(
        [module("src/a.py", 1, 1)], [recorded("src/a.py", (1,), blob="x")], {"budget": 100}, seconds=seconds
    )
    assert next((check.status for check in verdict.checks if check.rule == "budget"), None) == status
    assert any("of 100 seconds" in note for note in verdict.notes) is is_noted


RUNS = (50, 52, 52, 53, 53, 53, 54, 54, 56, 53, 52, 53)
"""Their median is 53, the median absolute deviation from it 1."""


@pytest.mark.parametrize(
    ("earlier", "seconds", "words"),
    [
        (RUNS, 71.4, "the suite took 71 s, 34 % more than the median 53 s of the last 12 runs in this environment"),
        (RUNS, 63.7, "the suite took 64 s, 20 % more than the median 53 s of the last 12 runs in this environment"),
        (RUNS, 63.6, None),
        (RUNS[:9], 71.4, None),
        ((*range(10, 60, 5),), 71.4, None),
        (
            (4,) * 10,
            5.2,
            "the suite took 5.2 s, 30 % more than the median 4.0 s of the last 10 runs in this environment",
        ),
        ((0.5,) * 10, 1.2, None),
        (RUNS, 20, None),
        (RUNS, None, None),
    ],
    ids=["slow", "just", "not-yet", "nine-runs", "scattered", "exactly-equal", "below-a-second", "fast", "unknown"],
)
def test_h12_a_slowdown_is_noticed_and_never_fails(
    earlier: tuple[float, ...], seconds: float | None, words: str | None
) -> None:
    before = [recorded("src/a.py", (1,), blob="x")]
    verdict = judged([module("src/a.py", 1, 1)], before, {}, seconds=seconds, earlier_seconds=earlier)
    assert [note for note in verdict.notes if "the suite" in note] == ([words] if words else [])
    assert verdict.status == "passed"
    part = judged([module("src/a.py", 1, 1)], before, {}, seconds=seconds, earlier_seconds=earlier, partial="-k x")
    assert not any("the suite" in note for note in part.notes)


def test_h9_flaky_lines_are_no_drop_and_not_lost_and_are_named() -> None:
    suite = SuiteFacts(tests=1, digest="t")
    before = record(recorded("src/a.py", BIG, (), blob="x"), suite=suite)
    again = record(recorded("src/a.py", BIG, (3, 90), blob="x"), suite=suite, run="r2")
    settings = parse_settings({"history": {"max_drop": 0, "lost": "fail"}, "module": 0})
    given = snapshot(module("src/a.py", 98, 100, missing=(3, 90)), digests={"src/a.py": "x"})
    context, baseline = RunContext(today=TODAY), Baseline(before, "main", files=())
    lost = judge(given, settings, context, baseline=baseline)
    assert (lost.status, {check.rule for check in lost.checks if check.status == "failed"}) == (
        "failed",
        {"drop", "lost"},
    )
    verdict = judge(given, settings, context, baseline=baseline._replace(records=(before, again)))
    assert verdict.status == "passed"
    assert "flaky lines left out: src/a.py:3, 90 (2 statements not covered this time)" in verdict.notes


@pytest.mark.parametrize("history", [{"max_drop": 2}, {"lost": "fail"}])
def test_h6_without_a_baseline_the_check_is_skipped_and_says_why(history: dict[str, Any]) -> None:
    settings = parse_settings({"history": history, "module": 0})
    verdict = judge(snapshot(module("src/a.py", 1, 2)), settings, RunContext(today=TODAY), baseline=MISSING)
    (check,) = (one for one in verdict.checks if one.scope == "movement")
    assert (check.status, check.reason) == ("skipped", "cannot be compared: no run of main is recorded")
    assert verdict.status == "passed"
    assert verdict_line(verdict).endswith(f"; {next(iter(history))} not judged")
    planted = BaselineMissing("committed to git", "remove it", is_error=True)
    refused = judge(snapshot(module("src/a.py", 1, 2)), settings, RunContext(today=TODAY), baseline=planted)
    assert refused.status == "error"


def test_j8_a_run_of_a_part_of_the_tests_is_not_compared() -> None:
    before = [recorded("src/a.py", BIG, (), blob="x")]
    verdict = judged([module("src/a.py", 1, 100)], before, {"max_drop": 2}, partial="-k x", judge_partial=True)
    assert verdict.comparison is None
    assert drops(verdict) == {"total": "skipped"}

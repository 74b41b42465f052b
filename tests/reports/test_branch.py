"""What the current branch still has to do."""

from __future__ import annotations

from builders import TODAY, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import PREVIOUS_COMMIT, Change, ChangedFile, ChangeUnavailable
from covgate.model.run_context import RunContext
from covgate.reports.branch import branch_to_do

SOURCE = tuple(f"line {number}" for number in range(1, 21))
MODULES = [module(f"src/m{number}.py", 12, 20, source=SOURCE) for number in range(9)]  # 13 to 20 are missing
MET = "this branch, compared with main (abc), meets the targets of changed code\n"


def to_do(*files: ChangedFile, settings: dict[str, object] | None = None) -> str:
    change = Change(base="abc", base_source="main", files=files)
    return branch_to_do(judge(snapshot(*MODULES), parse_settings(settings or {}), RunContext(today=TODAY), change))


def changed(name: str, first: int, last: int) -> ChangedFile:
    return ChangedFile(path=f"src/{name}.py", status="modified", lines=((first, last),))


def test_nothing_is_said_without_a_change() -> None:
    unknown = ChangeUnavailable("no repository", "")
    verdict = judge(snapshot(*MODULES), parse_settings({}), RunContext(today=TODAY), unknown)
    assert branch_to_do(verdict) == ""
    assert to_do() == ""


def test_the_last_commit_of_the_base_branch_is_nobody_s_to_do() -> None:
    change = Change(base="abc", base_source=PREVIOUS_COMMIT, files=(changed("m1", 11, 14),))
    settings = parse_settings({"module": 100})
    assert branch_to_do(judge(snapshot(*MODULES), settings, RunContext(today=TODAY), change)) == ""


def test_a_change_that_is_covered_meets_its_targets() -> None:
    assert to_do(changed("m1", 1, 12)) == MET


def test_each_target_that_is_missed_is_named_and_where() -> None:
    asked = {"module": 100, "changed": {"lines": 90, "module": 80}}
    assert to_do(changed("m1", 11, 14), settings=asked) == (
        "this branch, compared with main (abc), does not pass yet:\n"
        "  the change: 50.0 % covered, target 90 %, 2 more statements needed\n"
        "  touched module src/m1.py: 60.0 % covered, target 80 %, 4 more statements needed\n"
        "  src/m1.py: not covered: lines 13-14\n"
    )


def test_the_list_stays_short() -> None:
    lines = to_do(*(changed(f"m{number}", 13, 20) for number in range(9))).splitlines()
    assert len(lines) == 1 + 8 + 1
    assert lines[-1] == "  and 2 more: covgate check --all lists them"

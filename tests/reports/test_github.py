"""Annotations: what concerns the change, within what GitHub shows."""

from __future__ import annotations

from builders import TODAY, branch, module, snapshot
from covgate.inputs.settings import parse_settings
from covgate.judge.verdict import Circumstances, judge
from covgate.model.change import Change, ChangedFile
from covgate.model.context import ReportContext
from covgate.model.snapshot import Module
from covgate.reports.github import workflow_commands

HERE = ReportContext(project="p")
LEGACY = module("legacy.py", 0, 10)


def shown(*modules: Module, changed: tuple[ChangedFile, ...] | None, mode: str = "fail") -> list[str]:
    change = None if changed is None else Change(base=None, base_source="main", files=changed)
    settings = parse_settings({"module": 80, "changed": {"new_module": 90}})
    verdict = judge(snapshot(*modules, branches=True), settings, Circumstances(today=TODAY, mode=mode), change)  # type: ignore[arg-type]
    return workflow_commands(verdict, HERE).splitlines()


def file(path: str, *lines: tuple[int, int], status: str = "modified") -> ChangedFile:
    return ChangedFile(path=path, status=status, lines=lines)  # type: ignore[arg-type]


def test_modules_that_the_change_leaves_alone_are_no_news() -> None:
    pay = module("pay.py", 5, 10)
    assert shown(LEGACY, pay, changed=(file("pay.py", (8, 9)),)) == [
        "::error file=pay.py,line=8,endLine=9,title=Coverage gate::No test runs the changed lines 8-9"
    ]


def test_without_a_change_the_modules_below_target_are_told() -> None:
    assert shown(LEGACY, changed=None) == [
        "::notice file=legacy.py,title=Coverage gate::legacy.py: 0.0 %25 covered, target 80 %25, 8 units to reach it"
    ]


def test_a_touched_module_without_a_marked_line_is_told() -> None:
    new = module("new.py", 5, 10)
    (told,) = shown(new, changed=(file("new.py", (1, 2), status="added"),))
    assert told.startswith("::notice file=new.py,title=")


def test_a_branch_is_a_warning_and_so_is_everything_where_nothing_fails() -> None:
    jumps = module("a.py", 3, 4, branches=(branch(2, 2, 4, -1),))
    strict = shown(jumps, changed=(file("a.py", (1, 4)),))
    assert [line.split(" ")[0] for line in strict] == ["::error", "::warning"]
    assert strict[1].endswith("No test takes 2 of 2 branches of the changed line 2: to 4, exit")
    mild = shown(jumps, changed=(file("a.py", (1, 4)),), mode="warn")
    assert [line.split(" ")[0] for line in mild] == ["::warning", "::warning"]


def test_ten_of_a_kind_and_one_line_for_the_rest() -> None:
    far = module("far.py", statements=tuple(range(1, 60)), missing=tuple(range(2, 60, 2)))
    lines = shown(far, changed=(file("far.py", (1, 60)),))
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 10 + ["::notice"]
    assert lines[-1] == "::notice title=Coverage gate::Changed lines that nothing ran: 19 more places"


def test_files_elsewhere_have_no_place_in_the_repository() -> None:
    assert shown(module("/elsewhere/x.py", 0, 5), changed=None) == []

"""Annotations: what concerns the change, within what GitHub shows."""

from __future__ import annotations

from builders import TODAY, branch, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile
from covgate.model.context import ReportContext
from covgate.model.run_context import RunContext
from covgate.model.snapshot import Module
from covgate.reports.github import workflow_commands

HERE = ReportContext(project="p")
LEGACY = module("legacy.py", 0, 10)


def shown(*modules: Module, changed: tuple[ChangedFile, ...] | None, mode: str = "fail") -> list[str]:
    change = None if changed is None else Change(base=None, base_source="main", files=changed)
    settings = parse_settings({"module": 80, "changed": {"new_module": 90}})
    verdict = judge(snapshot(*modules, branches=True), settings, RunContext(today=TODAY, mode=mode), change)  # type: ignore[arg-type]
    return workflow_commands(verdict, HERE).splitlines()


def file(path: str, *lines: tuple[int, int], status: str = "modified") -> ChangedFile:
    return ChangedFile(path=path, status=status, lines=lines)  # type: ignore[arg-type]


def test_modules_that_the_change_leaves_alone_are_no_news() -> None:
    pay = module("pay.py", 5, 10)
    assert shown(LEGACY, pay, changed=(file("pay.py", (8, 9)),))[1:] == [
        "::error file=pay.py,line=8,endLine=9,title=Coverage gate::No test runs the changed lines 8-9"
    ]


def test_without_a_change_the_modules_below_target_are_told() -> None:
    said = "legacy.py: 0.0 %25 covered, target 80 %25, 8 more statements and branches needed"
    assert shown(LEGACY, changed=None) == [
        f"::error title=Coverage gate::FAILED coverage gate: 1 of 1 module is below target%0A{said}",
        f"::notice file=legacy.py,title=Coverage gate::{said}",
    ]


def test_a_touched_module_without_a_marked_line_is_told() -> None:
    new = module("new.py", 5, 10)
    (_, told) = shown(new, changed=(file("new.py", (1, 2), status="added"),))
    assert told.startswith("::notice file=new.py,title=")


def test_a_branch_is_a_warning_and_so_is_everything_where_nothing_fails() -> None:
    jumps = module("a.py", 3, 4, branches=(branch(2, 2, 4, -1),))
    strict = shown(jumps, changed=(file("a.py", (1, 4)),))
    assert [line.split(" ")[0] for line in strict] == ["::error", "::error", "::warning"]
    assert strict[2].endswith(
        "No test takes 2 of the 2 branches that leave the changed line 2: to line 4 and to the exit"
    )
    mild = shown(jumps, changed=(file("a.py", (1, 4)),), mode="warn")
    assert [line.split(" ")[0] for line in mild] == ["::warning", "::warning", "::warning"]


def test_ten_of_a_level_and_one_line_for_the_rest() -> None:
    far = module("far.py", statements=tuple(range(1, 60)), missing=tuple(range(2, 60, 2)))
    lines = shown(far, changed=(file("far.py", (1, 60)),))
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 10 + ["::notice"]
    assert lines[-1] == (
        "::notice title=Coverage gate::20 more places in 1 file are not annotated: "
        "GitHub shows at most 10 errors, 10 warnings and 10 notices"
    )


def test_annotations_are_spread_over_the_files_worst_first() -> None:
    worst = module("worst.py", statements=tuple(range(1, 60)), missing=tuple(range(2, 60, 2)))
    others = [module(f"m{at}.py", statements=tuple(range(1, 10)), missing=(2, 4, 6)) for at in range(4)]
    lines = shown(worst, *others, changed=tuple(file(one.path, (1, 60)) for one in (worst, *others)))
    files = [line.split("=")[1].split(",")[0] for line in lines if "file=" in line]
    assert files == ["worst.py", "m0.py", "m1.py", "m2.py", "m3.py", "worst.py", "m0.py", "m1.py", "m2.py"]
    assert "::32 more places in 5 files are not annotated" in lines[-1]


def test_files_elsewhere_have_no_place_in_the_repository() -> None:
    (only,) = shown(module("/elsewhere/x.py", 0, 5), changed=None)
    assert only.startswith("::error title=Coverage gate::FAILED coverage gate: 1 of 1 module is below target%0A")


def test_no_level_has_more_than_ten_whatever_there_is_to_say() -> None:
    """Issue F, 14: the verdict is always among them."""
    files = [module(f"m{at}.py", 0, 5, branches=(branch(1, 2, 9), branch(2, 2, 9))) for at in range(12)]
    ran = [module(f"r{at}.py", 5, 5, branches=(branch(1, 2, 9), branch(2, 2, 9))) for at in range(12)]
    changed = tuple(file(one.path, (1, 5)) for one in (*files, *ran))
    for mode in ("fail", "warn"):
        for change in (changed, None):
            lines = shown(*files, *ran, changed=change, mode=mode)
            levels = [line.split(" ")[0] for line in lines]
            assert all(levels.count(level) <= 10 for level in ("::error", "::warning", "::notice"))
            assert "coverage gate" in lines[0]
            assert "are not annotated" in lines[-1]
            places = sum("file=" in line for line in lines)
            total = 12 + 24 if change else 24
            assert f"::{total - places} more places" in lines[-1]

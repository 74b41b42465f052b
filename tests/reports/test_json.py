"""The JSON report's format 1."""

from __future__ import annotations

import json

from builders import TODAY, branch, function, module, snapshot, verdict
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile
from covgate.model.comparison import Baseline
from covgate.model.rules import Loosened
from covgate.model.run_context import RunContext
from covgate.model.settings import Settings
from covgate.reports.json import json_report
from records import COMMIT, TREE, record, recorded


def test_a_whole_document() -> None:
    one = module("src/shop/cart.py", 1, 3, functions=(function("add", 1, 2, 3),), branches=(branch(1, 2, 3),))
    document = json.loads(json_report(verdict(snapshot(one, branches=True), {"total": 80.50}, partial="-k x")))
    assert document == {
        "format": 1,
        "status": "advisory",
        "mode": "fail",
        "partial": "-k x",
        "change_only": False,
        "measured": {"branches": True, "files": 1, "units": 5, "covered": 2, "percent": "40.0", "accepted": 0},
        "change": None,
        "goals": [],
        "progress": None,
        "baseline": None,
        "baseline_missing": None,
        "comparison": None,
        "checks": [
            {
                "rule": "total",
                "subject": "total",
                "module": None,
                "covered": 2,
                "units": 5,
                "percent": "40.0",
                "accepted": 0,
                "target": "80.5",
                "goal": None,
                "to_reach": 3,
                "status": "failed",
                "source": "tool.covgate.total",
                "reason": "",
                "remedy": "",
                "error": None,
            }
        ],
        "modules": [
            {
                "path": "src/shop/cart.py",
                "module": "shop.cart",
                "units": 5,
                "covered": 2,
                "percent": "40.0",
                "accepted": 0,
                "missing": [[2, 3]],
                "target": None,
                "goal": None,
                "status": None,
            }
        ],
        "gaps": [
            {
                "rank": 1,
                "group": "total",
                "band": "low",
                "path": "src/shop/cart.py",
                "module": "shop.cart",
                "covered": 2,
                "units": 5,
                "percent": "40.0",
                "accepted": 0,
                "target": "80.5",
                "goal": None,
                "to_reach": 3,
                "missing": [[2, 3]],
                "functions": [{"name": "add", "line": 1, "units": 2, "missing": 2, "accepted": 0, "entered": False}],
                "why": "never called: add()",
                "advice": None,
                "changed": None,
            }
        ],
        "accepted": [],
        "loosened": None,
        "notes": [],
        "record": None,
    }


def test_nothing_to_cover_has_no_percentage() -> None:
    document = json.loads(json_report(verdict(snapshot(module("a.py"), module("b.py", 1, 1)), {"module": 50})))
    assert [check["percent"] for check in document["checks"]] == [None, "100.0"]


def test_modules_are_all_that_were_measured_with_their_target_and_status() -> None:
    """Issue F, 14: also those without a check, without a target and without units."""
    modules = (
        module("a.py", 5, 10, branches=(branch(1, 2),)),
        module("b.py", 9, 10),
        module("empty.py"),
        module("free.py", 0, 1),
        module("out.py", 0, 1),
        module("tied.py", 1, 1),
    )
    settings = {
        "module": 80,
        "targets": {"a": {"branches": 10}, "free": False, "ti*.py": 5, "*ed.py": 6},
        "exclude": ["out"],
    }
    document = json.loads(json_report(verdict(snapshot(*modules, branches=True), settings)))
    assert [
        (one["path"], one["units"], one["percent"], one["target"], one["status"]) for one in document["modules"]
    ] == [
        ("a.py", 12, "58.3", "80", "failed"),
        ("b.py", 10, "90.0", "80", "passed"),
        ("empty.py", 0, None, "80", None),
        ("free.py", 1, "0.0", None, None),
        ("out.py", 1, "0.0", None, None),
        ("tied.py", 1, "100.0", None, "error"),
    ]


def test_a_gap_of_changed_lines_has_the_modules_numbers_and_those_of_the_lines() -> None:
    """Issue F, 13."""
    one = module("a.py", 90, 100, source=("x",) * 100)
    files = (ChangedFile(path="a.py", status="modified", lines=((88, 93),)),)
    change = Change(base=None, base_source="main", files=files)
    settings = parse_settings({"module": 80, "changed": {"lines": 90}})
    (gap,) = json.loads(json_report(judge(snapshot(one), settings, RunContext(today=TODAY), change)))["gaps"]
    assert (gap["covered"], gap["units"], gap["percent"], gap["target"], gap["to_reach"]) == (90, 100, "90.0", "80", 3)
    assert gap["changed"] == {
        "covered": 3,
        "units": 6,
        "percent": "50.0",
        "accepted": 0,
        "target": "90",
        "to_reach": 3,
        "missing": [[91, 93]],
    }


def test_any_path_survives_in_ascii() -> None:
    hostile = 'a\udcff\x1b\u2028"\\.py'
    text = json_report(verdict(snapshot(module(hostile, 0, 1))))
    assert text.isascii()
    assert json.loads(text)["gaps"][0]["path"] == hostile


def test_j15_loosened_rules_are_listed_or_not_known() -> None:
    outcome = verdict(snapshot(module("a.py", 1, 1)))
    assert json.loads(json_report(outcome))["loosened"] is None
    row = Loosened(what="tool.covgate.total", before="80", after=None, path="pyproject.toml", line=3)
    listed = json.loads(json_report(outcome._replace(loosened=(row,))))["loosened"]
    assert listed == [{"what": "tool.covgate.total", "before": "80", "after": None, "where": "pyproject.toml:3"}]


def test_goals_stand_beside_targets() -> None:
    settings = {
        "goal": 80.0,
        "total": 20,
        "targets": {"a": {"target": 10, "goal": False, "branches": 0}, "b": {"target": 30, "goal": 50}},
        "components": {"all": {"modules": ["**"], "target": 30, "goal": 90, "by": "2027-06-30"}},
    }
    modules = snapshot(module("a.py", 1, 10, branches=(branch(1, 2),)), module("b.py", 4, 10), branches=True)
    document = json.loads(json_report(verdict(modules, settings)))
    assert document["goals"][1] == {
        "component": "all",
        "covered": 7,
        "units": 22,
        "percent": "31.8",
        "accepted": 0,
        "goal": "90",
        "to_reach": 13,
        "by": "2027-06-30",
        "source": "tool.covgate.components.all.goal",
    }
    total = document["goals"][0]
    assert (total["component"], total["goal"], total["by"], total["source"]) == (None, "80", None, "tool.covgate.goal")
    assert [(check["rule"], check["subject"], check["goal"]) for check in document["checks"]] == [
        ("total", "total", "80"),
        ("component", "all", "90"),
        ("module", "a.py", None),
        ("module-branches", "a.py", None),
        ("module", "b.py", "50"),
    ]
    assert [one["goal"] for one in document["modules"]] == [None, "50"]
    assert [(gap["path"], gap["group"], gap["target"], gap["goal"], gap["to_reach"]) for gap in document["gaps"]] == [
        ("b.py", "goal", "30", "50", 1),
        ("a.py", "component-goal", "10", "90", 8),
    ]


def test_h10_the_baseline_and_what_moved() -> None:
    before = record(recorded("src/a.py", (1, 2), (), blob="x"), recorded("src/b.py", (1,), (1,), blob="y"))
    now = snapshot(module("src/a.py", 1, 2), module("src/b.py", 1, 1), digests={"src/a.py": "x", "src/b.py": "y"})
    found = json.loads(
        json_report(judge(now, Settings(), RunContext(today=TODAY), baseline=Baseline(before, "main", 2, ())))
    )
    assert found["baseline"] == {
        "tree": TREE,
        "commit": COMMIT,
        "commits_before_base": 2,
        "source": "main",
        "recorded_at": "2026-11-21T12:00:00+00:00",
        "environment": {
            "branches": False, "systems": ["Linux, Python 3.12"], "source": ["src"], "exclusions": "0123",
        },
    }  # fmt: skip
    same = {"covered": 2, "units": 3, "percent": "66.6"}
    total = found["comparison"]["total"]
    counts = total.pop("categories")
    assert total == {"before": same, "now": same, "points": "0.00"}
    assert {name: count for name, count in counts.items() if count} == {"GBC": 1, "LBC": 1, "CBC": 1}
    modules = found["comparison"]["modules"]
    assert [(one["path"], one["points"], one["lost"], one["gained"]) for one in modules] == [
        ("src/a.py", "-50.00", [{"lines": [[2, 2]], "tests": []}], []),
        ("src/b.py", "100.00", [], [[1, 1]]),
    ]
    assert (modules[0]["categories"]["LBC"], modules[1]["categories"]["GBC"]) == (1, 1)

"""What the colours of the map tell."""

from __future__ import annotations

from builders import TODAY, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.comparison import Baseline
from covgate.model.run_context import RunContext
from covgate.model.verdict import Verdict
from covgate.reports.html.colours import list_colours
from covgate.reports.html.modules import list_modules
from pages import page
from records import record, recorded

BEFORE = {"same": 0, "less": 1, "five": 5, "rose": 60, "fell": 2}
"""Of 100 statements, how many were missing in each module."""
NOW = {"same": 0, "less": 1, "five": 10, "rose": 50, "fell": 40, "new": 50}


def compared() -> Verdict:
    before = [recorded(f"src/{name}.py", range(1, 101), range(1, count + 1)) for name, count in BEFORE.items()]
    now = snapshot(*(module(f"src/{name}.py", 100 - count, 100) for name, count in NOW.items()))
    settings = parse_settings({"module": 55, "goal": 60})
    return judge(now, settings, RunContext(today=TODAY), baseline=Baseline(record(*before), "main", files=()))


def test_there_is_one_for_the_target_one_for_the_goal_and_one_for_what_moved() -> None:
    verdict = compared()
    rows = list_modules(verdict)
    colours = list(list_colours(verdict, rows))
    assert [(colour.name, colour.words) for colour in colours] == [
        ("target", "percentage points below the module's target"),
        ("goal", "percentage points below the module's goal"),
        ("before and now", "percentage points lost since main"),
    ]
    levels = {row.module.path[4:-3]: tuple(colour.level([row]) for colour in colours) for row in rows}
    assert levels == {
        "same": (0, 0, 5), "less": (0, 0, 5), "five": (0, 0, 3), "rose": (2, 2, 0), "fell": (0, 0, 4), "new": (2, 2, 5),
    }  # fmt: skip
    assert colours[2].level(rows) == 3, "of a folder, the modules that both sides have: from 86.4 to 79.8"


def test_the_page_has_each_with_its_legend_and_one_choice_alone_is_no_choice() -> None:
    shown = page(compared())
    assert [len(levels) for *_, levels, _, _ in shown.data["modules"]] == [3] * 6
    assert shown.data["colours"][2]["4"] == "15 or more"
    assert "p: Area: number of statements. Colour: percentage points lost since main." in shown.outline
    assert "Colour by" in shown.texts
    alone = judge(snapshot(module("a.py", 1, 2)), parse_settings({}), RunContext(today=TODAY))
    assert "Colour by" not in page(alone).texts

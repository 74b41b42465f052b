"""The comment: found again, short enough, the most urgent first."""

from __future__ import annotations

import re

import pytest

from builders import module, snapshot, verdict
from covgate.model.context import ReportContext
from covgate.reports.markdown import LIMIT, code, markdown_comment

HERE = ReportContext(project="shop")


def test_what_does_not_fit_is_counted_worst_first() -> None:
    many = [module(f"src/package/of/some/depth/module_{number:05}.py", number % 90, 100) for number in range(5000)]
    text = markdown_comment(
        verdict(snapshot(*many), {"module": 90}, notes=tuple(f"note {n}" for n in range(3000))), HERE
    )
    assert LIMIT - 8_000 < len(text) <= LIMIT
    rows = re.findall(r"module_(\d+)\.py` \| (\d+\.\d) %", text)
    cut = [int(number) for number in re.findall(r"\.\.\. and (\d+) more, which did not fit", text)]
    assert len(rows) + cut[0] == 5000
    assert [float(percent) for _, percent in rows] == sorted(float(percent) for _, percent in rows)
    assert "<summary>Top gaps: 5000 modules to improve</summary>" in text
    assert "<summary>3000 notes</summary>" in text
    assert text.count("<details>") == text.count("</details>") == 2


@pytest.mark.parametrize(
    ("name", "marker"),
    [
        ("shop", "<!-- covgate: shop -->"),
        ("my shop", "<!-- covgate: my%20shop -->"),
        ("a--b", "<!-- covgate: a-%2Db -->"),
        ("--><script>", "<!-- covgate: -%2D%3E%3Cscript%3E -->"),
    ],
)
def test_the_mark_names_the_project(name: str, marker: str) -> None:
    text = markdown_comment(verdict(snapshot(module("a.py", 1, 1))), ReportContext(project=name))
    assert text.split("\n")[0] == marker


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b*c.py", "`a_b*c.py`"),
        ("a`b", "<code>a&#96;b</code>"),
        ("a|b", "<code>a&#124;b</code>"),
        (" a", "<code>&#32;a</code>"),
        ("", "<code></code>"),
        ("<b>@x #1", "`<b>@x #1`"),
    ],
)
def test_code(text: str, shown: str) -> None:
    assert code(text) == shown


@pytest.mark.parametrize(
    ("run", "headline"),
    [
        ({}, "### :x: Coverage gate: FAILED"),
        ({"mode": "warn"}, "### :x: Coverage gate: FAILED (mode warn)"),
        ({"partial": "-k x"}, "### :warning: Coverage gate: ADVISORY"),
        ({"incomplete": "no data from `gw1`"}, "### :x: Coverage gate: ERROR"),
    ],
)
def test_headlines(run: dict[str, str], headline: str) -> None:
    text = markdown_comment(verdict(snapshot(module("a.py", 1, 2)), {"module": 80, "targets": {"b": 1}}, **run), HERE)
    assert text.split("\n")[2] == headline
    if "incomplete" in run:
        assert "- :x: error: <code>no&#32;data&#32;from&#32;&#96;gw1&#96;</code>" in text
    if "partial" in run:
        assert text.split("\n")[4] == (
            "Not judged, only a part of the tests ran (`-k x`); 1 of 1 module is below target."
        )


def test_accepted_gaps_stand_in_a_list_of_their_own() -> None:
    entry = {"module": "a", "lines": "3-4", "reason": "hard `to` reach", "until": "2027-01-31", "owner": "me"}
    one = module("a.py", 2, 4, source=("x",) * 4)
    text = markdown_comment(verdict(snapshot(one), {"total": 80, "accept": [entry]}), HERE)
    assert "<summary>2 missing statements accepted</summary>" in text
    assert "- `a.py 3-4`, 2 statements: <code>hard&#32;&#96;to&#96;&#32;reach</code>, `until 2027-01-31, me`\n" in text


def test_goals_stand_beside_the_shares_and_in_the_place_of_targets() -> None:
    settings = {
        "total": 40,
        "goal": 80,
        "components": {
            "all": {"modules": ["**"], "target": 45, "goal": 90},
            "free": {"modules": ["a"], "target": False, "goal": 50},
        },
    }
    modules = snapshot(module("a.py", 5, 10))
    text = markdown_comment(verdict(modules, settings), ReportContext(project="p"))
    assert "| total | 50.0 % | 40 % | :white_check_mark: 3 more statements to the goal of 80 % |" in text
    assert "| `all` | 50.0 % | 45 % | :white_check_mark: 4 more statements to the goal of 90 % |" in text
    assert "| `free` | 50.0 % | | goal of 50 % reached |" in text
    assert "**Top gaps: 1 module below a goal**\n\n| | covered | goal | needed | what is missing |" in text
    assert "| `a.py` | 50.0 % | 80 % | 3 |" in text
    red = markdown_comment(verdict(modules, {**settings, "total": 60}), ReportContext(project="p"))
    assert "| total | 50.0 % | 60 % | :x: 1 more statement needed; goal 80 % |" in red
    assert "| | covered | target | needed |" in red
    alone = markdown_comment(verdict(modules, {"goal": 80}), ReportContext(project="p"))
    assert "| total | 50.0 % | | 3 more statements to the goal of 80 % |" in alone

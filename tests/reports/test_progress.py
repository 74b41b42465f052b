"""The way to the goal of the total, as each report tells it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from builders import TODAY, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.context import ReportContext
from covgate.model.run_context import RunContext
from covgate.model.share import Share
from covgate.model.trend import Start
from covgate.model.verdict import Verdict
from covgate.reports.html.meters import total_meters
from covgate.reports.json import json_report
from covgate.reports.markdown import markdown_comment
from covgate.reports.progress import progress_of_total
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary
from records import TIME

CONTEXT = ReportContext(project="shop")
WAY = "57.2 -> 62.8 of 80: 24 % of the way since 2026-09-22"
PACE = "pace: 2.80 points in 30 days; 2.39 needed to be there by 2027-06-25"
SETTINGS = {"total": 50, "goal": 80, "by": date(2027, 6, 25)}


def verdict(settings: dict[str, Any], *, records: int = 5, **context: Any) -> Verdict:
    start = Start(Share(572, 1000), TIME - timedelta(days=60), TIME, records)
    now = snapshot(module("src/a.py", 628, 1000))
    return judge(now, parse_settings(settings), RunContext(today=TODAY, **context), start=start)


@pytest.mark.parametrize(("records", "pace"), [(2, []), (5, [PACE])])
def test_every_report_of_a_green_run_has_it(records: int, pace: list[str]) -> None:
    made = verdict(SETTINGS, records=records)
    lines = plain(terminal_summary(made, View())).splitlines()
    assert lines[1 : 2 + len(pace)] == [f"progress  {WAY}", *(f"          {words}" for words in pace)]
    told = "; ".join([WAY, *pace])
    assert f"| progress | | | {told} |\n" in markdown_comment(made, CONTEXT)
    meter = list(total_meters(made))[1]
    assert (meter.label, meter.share, meter.words, meter.fill) == ("Progress", "24 %", told, 245)
    document = json.loads(json_report(made))["progress"]
    assert document["pace"] == ({"days": 30, "points": "2.80", "needed": "2.39", "by": "2027-06-25"} if pace else None)
    assert (document["way"], document["goal"], document["since"]) == ("24", "80", "2026-09-22")
    assert (document["first"]["percent"], document["now"]["percent"]) == ("57.2", "62.8")


@pytest.mark.parametrize(
    ("settings", "context", "is_known"),
    [
        ({"total": 50}, {}, False),
        ({"total": 50, "goal": 55}, {}, False),
        ({"total": 70, "goal": 80}, {}, True),
        ({"total": 50, "goal": 80}, {"partial": "-k x"}, False),
        ({"total": 50, "goal": 80}, {"change_only": True}, False),
    ],
    ids=["no goal", "met from the start", "red", "a part of the tests", "the change alone"],
)
def test_nothing_is_said_where_there_is_no_way(settings: dict[str, Any], context: Any, *, is_known: bool) -> None:
    made = verdict(settings, **context)
    assert (made.progress is not None) is is_known
    assert progress_of_total(made) is None
    assert "of the way" not in plain(terminal_summary(made, View()))

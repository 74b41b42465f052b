"""The badge: the total, and how far it is from its target."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from builders import module, snapshot, verdict
from covgate.model.context import ReportContext
from covgate.reports import badge as room
from covgate.reports.badge import badge


@pytest.mark.parametrize(
    ("covered", "settings", "run", "value", "colour"),
    [
        (80, {"total": 80}, {}, "80.0%", room.GREEN),
        (75, {"total": 80}, {}, "75.0%", room.YELLOW),
        (74, {"total": 80}, {}, "74.0%", room.ORANGE),
        (65, {"total": 80}, {}, "65.0%", room.ORANGE),
        (64, {"total": 80}, {}, "64.0%", room.RED),
        (64, {"module": 60}, {}, "64.0%", room.BLUE),
        (64, {"module": 80}, {}, "64.0%", room.ORANGE),
        (80, {"total": 80, "module": 90}, {}, "80.0%", room.ORANGE),
        (100, {}, {}, "100.0%", room.BLUE),
        (80, {"total": 70, "goal": 80}, {}, "80.0%", room.GREEN),
        (79, {"total": 70, "goal": 80}, {}, "79.0%", room.YELLOW),
        (69, {"total": 70, "goal": 80}, {}, "69.0%", room.RED),
        (80, {"module": 90, "goal": 90}, {}, "80.0%", room.ORANGE),
        (80, {"goal": 80}, {}, "80.0%", room.GREEN),
        (100, {"total": 80}, {"incomplete": "no data"}, "unknown", room.GREY),
    ],
)
def test_its_colour(covered: int, settings: dict[str, Any], run: dict[str, Any], value: str, colour: str) -> None:
    outcome = verdict(snapshot(module("a.py", covered, 100)), settings, **run)
    text = badge(outcome, ReportContext(project="p"))
    picture = Xml.fromstring(text)
    fails = ", gate failed" if outcome.status == "failed" else ""
    assert picture.get("aria-label") == f"coverage: {value}{fails}"
    assert [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")] == ["coverage", value]
    assert f'fill="{colour}"' in text

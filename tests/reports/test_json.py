"""The JSON report's format 1."""

from __future__ import annotations

import json

from builders import branch, function, module, snapshot, verdict
from covgate.reports.json import json_report


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
                "to_reach": 3,
                "status": "failed",
                "source": "tool.covgate.total",
                "reason": "",
            }
        ],
        "gaps": [
            {
                "rank": 1,
                "group": "total",
                "band": "high",
                "path": "src/shop/cart.py",
                "module": "shop.cart",
                "covered": 2,
                "units": 5,
                "percent": "40.0",
                "accepted": 0,
                "target": "80.5",
                "to_reach": 3,
                "missing": [[2, 3]],
                "functions": [{"name": "add", "line": 1, "units": 2, "missing": 2, "accepted": 0, "entered": False}],
                "why": "never entered: add()",
            }
        ],
        "accepted": [],
        "loosened": None,
        "notes": [],
    }


def test_nothing_to_cover_has_no_percentage() -> None:
    document = json.loads(json_report(verdict(snapshot(module("a.py"), module("b.py", 1, 1)), {"module": 50})))
    assert [check["percent"] for check in document["checks"]] == [None, "100.0"]


def test_any_path_survives_in_ascii() -> None:
    hostile = 'a\udcff\x1b\u2028"\\.py'
    text = json_report(verdict(snapshot(module(hostile, 0, 1))))
    assert text.isascii()
    assert json.loads(text)["gaps"][0]["path"] == hostile

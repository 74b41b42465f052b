"""Flaky lines as `covgate history flaky` shows them."""

from __future__ import annotations

import json
from datetime import timedelta

from covgate.model.flaky import FlakyLine, FlakyModule, FlakyReport, Sighting
from covgate.reports.flaky import flaky_json, flaky_text
from covgate.reports.styled import plain
from records import COMMIT, TIME

BEFORE, NOW = Sighting("r1aaaaaaaa", TIME, COMMIT), Sighting("r2bbbbbbbb", TIME + timedelta(hours=1), "3" * 40)
OUTSIDE = Sighting("r3cccccccc", TIME)
LINES = (
    FlakyLine(12, ((12, 0),), True, 3, BEFORE, NOW),
    FlakyLine(15, ((15, 0), (15, -1)), True, 1, BEFORE, BEFORE),
    FlakyLine(16, ((16, 0),), True, 1, BEFORE, BEFORE),
    FlakyLine(20, ((20, 22),), False, 2, OUTSIDE, NOW),
)
REPORT = FlakyReport((FlakyModule("src/cart.py", "cart", "b" * 16, LINES),), records=9, without_digest=2, older=1)
TEXT = """\
src/cart.py
  lines  flips             last between
  12         3  proven     2222222 and 3333333
  15-16      1  proven     two runs of 2222222
  20         2  suspected  run r3ccccc and 3333333

3 lines proven flaky, 1 suspected, in 9 records
1 more line in contents that the modules no longer have (--all shows them)
2 of 9 records cannot prove anything: the tests they ran are not known
"""


def test_the_text() -> None:
    assert plain(flaky_text(REPORT)) == TEXT
    nothing = FlakyReport((), 3, 0, 0)
    assert plain(flaky_text(nothing)) == "no line flips in 3 records of complete, passing runs\n"


def test_the_document() -> None:
    document = json.loads(flaky_json(REPORT))
    assert (document["records"], document["records_without_digest"], document["older_lines"]) == (9, 2, 1)
    (module,) = document["modules"]
    assert (module["path"], module["name"], module["blob"]) == ("src/cart.py", "cart", "b" * 16)
    assert module["lines"][1] == {
        "line": 15,
        "statement": True,
        "branches": [-1],
        "status": "proven",
        "flips": 1,
        "before": {"run": "r1aaaaaaaa", "time": "2026-11-21T12:00:00Z", "commit": COMMIT},
        "now": {"run": "r1aaaaaaaa", "time": "2026-11-21T12:00:00Z", "commit": COMMIT},
    }

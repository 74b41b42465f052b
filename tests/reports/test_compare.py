"""What `covgate compare` shows adds up, whatever was measured."""

from __future__ import annotations

import json
from datetime import datetime, timezone

from hypothesis import given
from hypothesis import strategies as st

from covgate.config.settings import parse_settings
from covgate.judge.compared import compare_sides
from covgate.model.change import ChangedFile
from covgate.model.compared import Compared, Side
from covgate.model.lines import Lines
from covgate.model.record import EnvironmentKey, Record, RecordedModule
from covgate.model.snapshot import Branch
from covgate.reports.compare import ONLY_NOW, compare_json, compare_text
from covgate.reports.styled import plain

SETTINGS = parse_settings(
    {"components": {"ab": {"modules": ["a", "b"], "target": 1}, "c": {"modules": ["c"], "target": 1}}}
)
PATHS = ("a.py", "b.py", "c.py", "d.py")
LINES = st.sets(st.integers(1, 6))


@st.composite
def modules(draw: st.DrawFn) -> tuple[RecordedModule, ...]:
    made = []
    for path in sorted(draw(st.sets(st.sampled_from(PATHS)))):
        statements = draw(LINES)
        missing = draw(st.sets(st.sampled_from(sorted(statements)))) if statements else set()
        ends = draw(st.sets(st.integers(1, 3)))
        branches = (Branch(draw(st.sampled_from(sorted(statements))), 3, tuple(ends)),) if statements and ends else ()
        blob = draw(st.sampled_from(["", "1", "2"]))
        made.append(RecordedModule(path, path[0], blob, Lines.of(statements), Lines.of(missing), branches))
    return tuple(made)


FILES = st.none() | st.lists(
    st.sampled_from(
        [
            ChangedFile("a.py", "modified"),
            ChangedFile("b.py", "renamed", "d.py"),
            ChangedFile("c.py", "added"),
            ChangedFile("d.py", "deleted"),
        ]
    ),
    unique=True,
).map(tuple)


@st.composite
def compared(draw: st.DrawFn) -> Compared:
    sides = []
    for name in ("old", "new"):
        key = EnvironmentKey(branches=True)
        sides.append(Side(name, Record(name, datetime(2026, 1, 1, tzinfo=timezone.utc), key, draw(modules()))))
    return compare_sides(sides[0], sides[1], draw(FILES), SETTINGS)


def table(text: str, first: str) -> list[list[str]]:
    """The rows below the line that starts with these words."""
    lines = text.splitlines()
    at = next(at for at, line in enumerate(lines) if " ".join(line.split()) == first)
    rows = []
    for line in lines[at + 1 :]:
        if not line:
            break
        rows.append(line.split())
    return rows


def number(text: str) -> int:
    return 0 if text == "-" else int(text)


@given(compared())
def test_the_categories_add_up_to_both_sides(one: Compared) -> None:
    *rows, total = table(plain(compare_text(one)), "statements and branches before now")
    for column, side in ((-2, one.before), (-1, one.now)):
        assert sum(number(row[column]) for row in rows) == int(total[column]) == side.record.share.units


@given(compared())
def test_the_source_files_add_up_to_both_sides(one: Compared) -> None:
    rows = {" ".join(row[:-3]): row[-3:] for row in table(plain(compare_text(one)), "before now difference")}
    parts = ("changed or renamed", "unchanged", "changed or not: not known", "new", "deleted")
    for column in range(3):
        assert int(rows["source files"][column]) == sum(int(rows[part][column]) for part in parts if part in rows)
    assert rows["source files"][:2] == [str(len(side.record.modules)) for side in (one.before, one.now)]
    for before, now, difference in rows.values():
        if "." not in before + now and "-" not in (before, now):
            assert int(now) - int(before) == int(difference)


def hundredths(text: str) -> int:
    return int(text.replace(".", ""))


@given(compared())
def test_points_are_the_difference_of_what_is_shown(one: Compared) -> None:
    for row in table(plain(compare_text(one)), "before now points covered before covered now"):
        if row[0] == "the":  # coverage of no module changed
            continue
        before, now, points = row[:3]
        if "-" in (before, now):
            assert points == "-"
        else:
            assert hundredths(points) == hundredths(now) - hundredths(before)


@given(compared())
def test_json_has_the_units_of_each_side(one: Compared) -> None:
    found = json.loads(compare_json(one))["comparison"]
    for subject in (found["total"], *found["components"], *found["modules"]):
        for side, gone in (("before", ONLY_NOW), ("now", ("EUB", "ECB", "DUB", "DCB", "unknown_before"))):
            counted = sum(count for name, count in subject["categories"].items() if name not in gone)
            assert counted == (subject[side] or {"units": 0})["units"]


@given(compared())
def test_a_line_is_lost_where_a_unit_is(one: Compared) -> None:
    document = json.loads(compare_json(one))["comparison"]
    for module in document["modules"]:
        assert bool(module["lost"]) == (module["categories"]["LBC"] > 0)
        assert bool(module["gained"]) == (module["categories"]["GBC"] > 0)
    assert ("no longer covered, although unchanged" in plain(compare_text(one))) == any(
        module["lost"] for module in document["modules"]
    )

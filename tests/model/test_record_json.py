"""H1: a record as one line of JSON, and back."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.model.lines import Lines
from covgate.model.record import EnvironmentKey, Record, RecordedModule, SuiteFacts
from covgate.model.record_json import NewerRecordError, RecordError, from_line, to_line
from covgate.model.revision import Revision
from covgate.model.snapshot import Branch
from records import run_of_cart

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
    lambda time: time.replace(microsecond=0, tzinfo=timezone.utc)
)
LINES = st.sets(st.integers(1, 300))
COUNTS = st.none() | st.integers(0, 10**6)
VALUES = st.recursive(st.none() | st.booleans() | st.integers() | TEXT, lambda v: st.lists(v, max_size=2), max_leaves=3)


@st.composite
def branches(draw: st.DrawFn, line: int) -> Branch:
    ends = draw(st.lists(st.integers(-300, 300), max_size=3))
    return Branch(line, len(ends) + draw(st.integers(0, 2)), tuple(ends))


@st.composite
def modules(draw: st.DrawFn, path: str) -> RecordedModule:
    statements = draw(LINES)
    return RecordedModule(
        path=path,
        name=draw(st.none() | TEXT),
        blob=draw(TEXT),
        statements=Lines.of(statements),
        missing=Lines.of(line for line in statements if draw(st.booleans())),
        branches=tuple(draw(branches(line)) for line in sorted(draw(st.sets(st.integers(1, 300), max_size=3)))),
    )


@st.composite
def records(draw: st.DrawFn) -> Record:
    revisions = st.builds(Revision, tree=TEXT, commit=TEXT, branch=st.none() | TEXT, is_clean=st.booleans(), time=TIMES)
    keys = st.builds(
        EnvironmentKey,
        branches=st.booleans(),
        systems=st.lists(TEXT, max_size=2).map(tuple),
        source=st.lists(TEXT, max_size=2).map(tuple),
        exclusions=TEXT,
    )
    suites = st.builds(
        SuiteFacts,
        tests=COUNTS,
        files=COUNTS,
        lines=COUNTS,
        seconds=st.none() | st.floats(0, 1e6, allow_nan=False),
    )
    return Record(
        run=draw(TEXT),
        time=draw(TIMES),
        environment=draw(keys),
        modules=tuple(draw(modules(path)) for path in sorted(draw(st.sets(TEXT, max_size=3)))),
        revision=draw(st.none() | revisions),
        folder=draw(TEXT),
        is_complete=draw(st.booleans()),
        tests_passed=draw(st.booleans()),
        verdict=draw(TEXT),
        suite=draw(suites),
        more=draw(st.dictionaries(TEXT.map(lambda name: f"x-{name}"), VALUES, max_size=2)),
    )


@given(records())
def test_a_record_comes_back_as_it_was(one: Record) -> None:
    line = to_line(one)
    assert line.isascii()
    assert "\n" not in line
    assert from_line(line) == one
    assert to_line(from_line(line)) == line


def test_equal_records_give_equal_lines_and_fields_of_a_newer_version_stay() -> None:
    document = json.loads(to_line(run_of_cart()))
    document["flaky"] = {"shop/cart.py": [3]}
    line = json.dumps(dict(reversed(document.items())))
    assert from_line(line).more == {"flaky": {"shop/cart.py": [3]}}
    assert json.loads(to_line(from_line(line))) == document
    assert to_line(from_line(line)) == to_line(run_of_cart(more={"flaky": {"shop/cart.py": [3]}}))


def test_the_page_describes_every_field_and_its_example_is_a_record() -> None:
    page = (Path(__file__).parents[2] / "docs/history.md").read_text(encoding="utf-8")
    example = page.partition("```json\n")[2].partition("\n```")[0]
    assert to_line(from_line(example)) == example
    document = json.loads(example)
    module = document["modules"]["src/shop/cart.py"]
    tables = [line for line in page.splitlines() if line.startswith("| ")]
    for field in (*document, *document["suite"], *document["environment"], *module):
        assert any(f"`{field}`" in row for row in tables), field


def changed(**fields: Any) -> str:
    return json.dumps({**json.loads(to_line(run_of_cart())), **fields})


def of_module(**fields: Any) -> str:
    return changed(modules={"a.py": {"name": None, "blob": "", "lines": "cmc", **fields}})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a record of covgate"),
        ("{}", "not a record of covgate"),
        (changed(schema=0), "its schema is 0"),
        (changed(schema="1"), "its schema is '1'"),
        (changed(run=1), "1 is not a text"),
        (changed(time="yesterday"), "yesterday"),
        (changed(environment=None), "TypeError"),
        (changed(suite={}), "KeyError"),
        (changed(suite={"tests": True, "files": 1, "lines": 1, "seconds": 1}), "True is not a number"),
        (changed(modules=[]), "it has no modules"),
        (changed(commit=None), "None is not a text"),
        (of_module(lines=None), "a.py: None is not a text"),
        (of_module(lines="3"), "a.py: '3' are no runs of lines"),
        (of_module(lines="0c"), "a.py: "),
        (of_module(lines="c x"), "a.py: "),
        (of_module(lines="99999999c"), "a.py: a line beyond"),
        (of_module(blob=None), "a.py: None is not a text"),
        (of_module(branches={"1": [2]}), "is not a text"),
        (of_module(branches="1/1+1+2"), "the branches of line 1 cannot be"),
        (of_module(branches="1/2x99999999"), "the branches of line 1 cannot be"),
        (of_module(branches="1/2+99999999"), "the branches of line 1 cannot be"),
        (of_module(branches="0/2"), "a.py: '0/2' is no branch"),
        (of_module(branches="1/2,"), "a.py: '' is no branch"),
        (of_module(branches="1/2+"), "a.py: "),
        (of_module(branches="1"), "a.py: "),
    ],
)  # fmt: skip
def test_damage_is_told(line: str, message: str) -> None:
    with pytest.raises(RecordError) as raised:
        from_line(line)
    assert message in str(raised.value)
    assert not isinstance(raised.value, NewerRecordError)


def test_a_newer_schema_is_told_apart_from_damage() -> None:
    with pytest.raises(NewerRecordError, match="its schema is 2, this version of covgate reads 1"):
        from_line(changed(schema=2))

"""The schema for editors accepts exactly what the parser accepts."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.config.settings import parse_settings
from covgate.errors import SettingsError

SCHEMA = json.loads(files("covgate.config").joinpath("settings.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)

scalars = st.one_of(
    st.booleans(), st.integers(-2, 102), st.sampled_from(["", " ", "a", "src", "fail", "off", "-x", "a.b", "a/b.py"])
)
keys = st.text("ab.*/\\ py-", max_size=7)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=2))
fractions = st.sampled_from([0.72, 0.001, 0.999, 1.0, 1.5, 0.0, -0.0, 99.9, 100.1, -0.5])
levels = st.integers(0, 100) | st.just(False) | fractions


def table(known: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Tables that mostly hold known keys with values of the right kind, and sometimes neither."""
    entries = [st.tuples(st.just(key), value | values) for key, value in known.items()]
    return st.lists(st.one_of(*entries, st.tuples(st.sampled_from([*known, "x"]), values)), max_size=4).map(dict)


patterns = st.lists(keys, max_size=2)
days = st.sampled_from(["2027-01-31", "2027-02-30", "soon"])
target = levels | table(
    {"target": levels, "goal": levels, "branches": levels, "max_missing": levels, "changed": levels}
)
words = st.sampled_from(["f", "A.b", "because"])
acceptance = table(
    {
        "module": keys,
        "function": words,
        "lines": st.sampled_from([3, "3", "3-5, 9", " 7", "0", "3-", ""]),
        "reason": words,
        "until": days,
        "owner": words,
        "fingerprint": words,
    }
)
components = table({"modules": patterns, "target": levels, "goal": levels, "by": days})
settings = table(
    {
        "source": patterns,
        "total": levels,
        "module": levels,
        "goal": levels,
        "by": days,
        "exclude": patterns,
        "mode": st.sampled_from(["fail", "warn", "off"]),
        "map": st.booleans(),
        "targets": st.dictionaries(keys, target, max_size=2),
        "changed": table(
            {
                "lines": levels,
                "module": levels,
                "new_module": levels,
                "base": st.just("main"),
                "loosened": st.sampled_from(["note", "fail"]),
            }
        ),
        "history": table({"max_drop": levels, "lost": st.sampled_from(["note", "fail"]), "budget": levels}),
        "accept": st.lists(acceptance, max_size=2),
        "advice": st.dictionaries(keys, words | scalars, max_size=2),
        "components": st.dictionaries(keys, components, max_size=2),
    }
)


def accepted(raw: dict[str, Any]) -> bool:
    """Whether the parser finds no error that a schema can express: it cannot compare a goal with a target."""
    try:
        parse_settings(raw)
    except SettingsError as error:
        return all("a percentage not below" in one for one in error.errors)
    return True


@given(settings)
def test_schema_and_parser_agree(raw: dict[str, Any]) -> None:
    complaints = [error.message for error in VALIDATOR.iter_errors(raw)]
    assert accepted(raw) == (not complaints), complaints


@pytest.mark.parametrize(
    ("budget", "is_allowed"), [(300, True), (300.0, True), (0, True), (1.5, False), (-1.0, False), (True, False)]
)
def test_schema_and_parser_agree_on_whole_numbers(budget: float, is_allowed: bool) -> None:
    raw = {"history": {"budget": budget}}
    assert accepted(raw) is is_allowed
    assert VALIDATOR.is_valid(raw) is is_allowed


@pytest.mark.parametrize(("level", "is_allowed"), [(0.72, False), (0.999, False), (0, True), (0.0, True), (1, True)])
def test_s1_schema_and_parser_refuse_a_fraction_of_one(level: float, is_allowed: bool) -> None:
    raw = {"components": {"a": {"modules": ["a"], "target": level}}}
    assert accepted(raw) is is_allowed
    assert VALIDATOR.is_valid(raw) is is_allowed


def test_the_schema_is_a_schema_and_describes_every_setting() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == {
        "source", "total", "module", "goal", "by", "exclude", "mode", "targets", "changed", "components",
        "history", "accept", "advice", "map",
    }  # fmt: skip
    assert all(entry["description"] for entry in SCHEMA["properties"].values())

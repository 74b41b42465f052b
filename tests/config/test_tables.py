"""Typed values of a table: each error has its key path, what was found and what is allowed, and none hides another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from covgate.config.tables import TableReader, describe

NAN = Decimal("nan")
DAY = date(2027, 1, 31)


def read(take: Callable[[TableReader], object], value: object) -> tuple[object, list[str]]:
    errors: list[str] = []
    return take(TableReader({"key": value}, "table", errors)), errors


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        ("x", 'the string "x"'),
        ("x" * 61, f'the string "{"x" * 57}..."'),
        (3, "3"),
        (Decimal("1.50"), "1.50"),
        ({}, "an empty table"),
        ({"a": 1}, "a table"),
        ([], "an empty array"),
        ([1], "an array"),
        (DAY, "a date (2027-01-31)"),
    ],
)
def test_a_value_is_described_as_its_owner_would(value: object, text: str) -> None:
    assert describe(value) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (False, False),
        (0, Decimal(0)),
        (100, Decimal(100)),
        (57.1, Decimal("57.1")),
        (Decimal("-0"), Decimal(0)),
    ],
)
def test_s1_a_level_is_a_percentage_or_false(value: object, expected: object) -> None:
    level, errors = read(lambda table: table.level("key"), value)
    assert (level, errors) == (expected, [])
    assert not str(level).startswith("-")


@pytest.mark.parametrize("value", [True, "85", 101, -1, NAN, Decimal("inf"), [], {}])
def test_s1_anything_else_is_no_level(value: object) -> None:
    level, (error,) = read(lambda table: table.level("key"), value)
    assert level is None
    assert (
        error
        == f"table.key: found {describe(value)}; allowed: a percentage from 0 to 100, or false to switch the check off"
    )


def test_s1_a_fraction_of_one_asks_what_was_meant() -> None:
    level, (error,) = read(lambda table: table.level("key"), 0.72)
    assert level is None
    assert error.endswith("did you mean 72?")


GOOD: list[tuple[Callable[[TableReader], object], object, object]] = [
    (lambda table: table.count("key"), 0, 0),
    (lambda table: table.count("key"), None, None),
    (lambda table: table.text("key", "a ref"), "origin/main", "origin/main"),
    (lambda table: table.words("key", "words"), " two\n  lines ", "two lines"),
    (lambda table: table.choice("key", ("a", "b")), "b", "b"),
    (lambda table: table.line_ranges("key"), 12, ((12, 12),)),
    (lambda table: table.line_ranges("key"), "20, 12-15", ((12, 15), (20, 20))),
    (lambda table: table.line_ranges("key"), None, ()),
    (lambda table: table.day("key"), DAY, DAY),
    (lambda table: table.day("key"), "2027-01-31", DAY),
    (lambda table: table.texts("key", "names"), ["a", "b"], ("a", "b")),
    (lambda table: table.texts("key", "names"), None, ()),
    (lambda table: [one.text for one in table.patterns("key")], ["a.*", "src/b.py"], ["a.*", "src/b.py"]),
]


@pytest.mark.parametrize(("take", "value", "expected"), GOOD, ids=range(len(GOOD)))
def test_what_is_allowed_is_read(take: Callable[[TableReader], object], value: object, expected: object) -> None:
    assert read(take, value) == (expected, [])


BAD: list[tuple[Callable[[TableReader], object], object, str]] = [
    (lambda table: table.count("key"), -1, "a whole number, 0 or more"),
    (lambda table: table.count("key"), True, "a whole number, 0 or more"),
    (lambda table: table.count("key"), Decimal("1.5"), "a whole number, 0 or more"),
    (lambda table: table.text("key", "a ref"), " ", "a ref"),
    (lambda table: table.text("key", "a ref"), "--upload-pack=x", "a ref"),
    (lambda table: table.words("key", "a reason"), "", "a reason"),
    (lambda table: table.words("key", "a reason"), 3, "a reason"),
    (lambda table: table.choice("key", ("a", "b")), "c", 'one of "a", "b"'),
    (lambda table: table.line_ranges("key"), True, 'lines such as 12 or "12-15, 20"'),
    (lambda table: table.line_ranges("key"), "15-12", "a range whose first line comes first: 12-15"),
    (lambda table: table.day("key"), datetime(2027, 1, 31, tzinfo=timezone.utc), "a date, such as 2027-01-31"),
    (lambda table: table.day("key"), "2027-02-31", "a date, such as 2027-01-31"),
    (lambda table: table.day("key"), "31.1.2027", "a date, such as 2027-01-31"),
    (lambda table: table.texts("key", "names"), [], "an array of names, at least one"),
    (lambda table: table.texts("key", "names"), "a", "an array of names, at least one"),
    (lambda table: table.texts("key", "names"), ["a", " "], "an array of names, none of them empty"),
    (lambda table: table.patterns("key"), ["/etc"], "a path relative to the project's root, without the leading slash"),
    (lambda table: list(table.tables("key", "a module")), [], "an array of tables, at least one: a module"),
]


@pytest.mark.parametrize(("take", "value", "allowed"), BAD, ids=range(len(BAD)))
def test_s1_what_is_not_allowed_is_an_error_that_says_what_is(
    take: Callable[[TableReader], object], value: object, allowed: str
) -> None:
    read_value, (error,) = read(take, value)
    assert not read_value or read_value == ("a",)
    assert error.startswith("table.key: found ")
    assert error.endswith(f"; allowed: {allowed}")


def test_what_is_no_table_is_an_error_and_has_no_keys() -> None:
    errors: list[str] = []
    table = TableReader("x", "tool.covgate", errors)
    assert (table.keys, list(table.items())) == (frozenset(), [])
    assert errors == ['tool.covgate: found the string "x"; allowed: a table']


def test_tables_within_share_the_errors_and_carry_their_path() -> None:
    errors: list[str] = []
    table = TableReader({"in": {"odd key": True}, "accept": [{"lines": 1}, 3], "none": {}}, "t", errors)
    table.table("in").level("odd key")
    table.table("absent").close()
    assert [one.path for one in table.tables("accept", "a module")] == ["t.accept[0]", "t.accept[1]"]
    assert [error.partition(":")[0] for error in errors] == ['t.in."odd key"', "t.accept[1]"]


def test_s1_every_key_that_nobody_read_is_an_error_with_the_nearest_known_one() -> None:
    errors: list[str] = []
    table = TableReader({"modul": 80, "zzz": 1, "total": 70}, "t", errors)
    table.level("total")
    table.level("module")
    assert table.keys == {"modul", "zzz"}
    table.close()
    assert errors == [
        "t.modul: unknown key; did you mean module? (known keys: total, module)",
        "t.zzz: unknown key (known keys: total, module)",
    ]

"""Values written as TOML are read back as they were."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covgate.config.toml import parse_toml, read_toml, text_of, toml_key, toml_value

strings = st.text(st.characters(exclude_categories=["Cs"]))
scalars = strings | st.booleans() | st.integers(-100, 100) | st.decimals(0, 100, places=2) | st.dates(date(1, 1, 1))
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(strings, inner, max_size=3))


@settings(deadline=None)
@given(strings, values)
def test_what_is_written_is_read_again(key: str, value: object) -> None:
    assert parse_toml(f"{toml_key(key)} = {toml_value(value)}\n") == {key: value}


def test_numbers_are_exact_and_equal_documents_compare_equal() -> None:
    document = parse_toml("a = 80.10\nb = 1e99999999999999999999\nc = nan\n")
    assert document == parse_toml("a = 80.1\nb = inf\nc = -nan # the same\n")
    assert document["a"] == Decimal("80.1")


@pytest.mark.parametrize("content", [None, b"[x", b"\xff = 1"])
def test_files_of_others_that_cannot_be_read_are_empty(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "tox.toml"
    if content is not None:
        file.write_bytes(content)
    assert read_toml(file) == {}
    assert text_of(file) == ("" if content is None else content.decode("utf-8", "replace"))

"""S3: how a key of the settings names modules."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.model.pattern import parse_pattern


@pytest.mark.parametrize(
    ("pattern", "path", "name", "matches"),
    [
        ("shop.legacy", "src/shop/legacy/__init__.py", "shop.legacy", True),
        ("shop.legacy", "src/shop/legacy/soap.py", "shop.legacy.soap", False),
        ("shop.legacy.**", "src/shop/legacy/__init__.py", "shop.legacy", True),
        ("shop.legacy.**", "src/shop/legacy/old/soap.py", "shop.legacy.old.soap", True),
        ("shop.legacy.**", "src/shop/legacyfoo.py", "shop.legacyfoo", False),
        ("shop.*", "src/shop/cart.py", "shop.cart", True),
        ("shop.*", "src/shop/a/b.py", "shop.a.b", False),
        ("shop.*art", "src/shop/cart.py", "shop.cart", True),
        ("shop.c*r*t", "src/shop/cart.py", "shop.cart", True),
        ("shop.ca*art", "src/shop/cart.py", "shop.cart", False),
        ("**.soap", "src/shop/legacy/soap.py", "shop.legacy.soap", True),
        ("**", "src/shop/cart.py", "shop.cart", True),
        ("src/foo", "src/foobar", None, False),
        ("src/foo/**", "src/foobar/x.py", None, False),
        ("src/shop/**", "src/shop/a/b/c.py", None, True),
        ("src/**/api.py", "src/api.py", None, True),
        ("src/**/api.py", "src/a/b/api.py", None, True),
        ("src/*/api.py", "src/a/b/api.py", None, False),
        ("./src/shop/cart.py", "src/shop/cart.py", None, True),
        ("cart.py", "src/cart.py", "cart", False),
        ("templates/**", "templates/base.html", None, True),
        ("base", "templates/base.html", None, False),
    ],
)
def test_s3_whole_segments_match(pattern: str, path: str, name: str | None, matches: bool) -> None:
    assert parse_pattern(pattern).matches(path, name) is matches


@pytest.mark.parametrize(
    "text", ["", "  ", " a", "a ", "src\\shop", "/src", "src//a", "src/", "a..b", ".a", "a/../b", "a**b", "src/a**"]
)
def test_what_cannot_be_a_pattern_says_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_pattern(text)


segments = st.lists(
    st.text("ab*", min_size=1, max_size=4).filter(lambda s: "**" not in s or s == "**"), min_size=1, max_size=5
)


@given(segments, st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=5))
def test_s3_matching_agrees_with_a_regular_expression(pattern: list[str], subject: list[str]) -> None:
    """An independent reading of the same rules."""
    expression = ""
    for segment in pattern:
        if segment == "**":
            expression += r"(?:/[^/]+)*"
        else:
            expression += "/" + "".join("[^/]*" if c == "*" else re.escape(c) for c in segment)
    expected = re.fullmatch(expression, "/" + "/".join(subject)) is not None
    parsed = parse_pattern("./" + "/".join(pattern))
    assert parsed.matches("/".join(subject), None) is expected

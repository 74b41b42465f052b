"""INI files: values with their lines, and the same values that pytest's own reader has."""

from __future__ import annotations

import iniconfig
import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.config.ini import Value, parse_ini

TEXT = """\
before = nothing
[pytest]
# a comment
addopts = -q  # of the line
    -x

    # not the end
    tests
testpaths: tests
empty =
[ tool:pytest ]
; another
url = http://host/#part
"""


def test_a_value_has_its_lines_with_their_numbers() -> None:
    assert parse_ini(TEXT) == {
        "pytest": {
            "addopts": Value(((4, "-q"), (5, "-x"), (8, "tests"))),
            "testpaths": Value(((9, "tests"),)),
        },
        "tool:pytest": {"url": Value(((13, "http://host/#part"),))},
    }


def test_a_value_is_one_text_and_stands_where_its_first_line_is() -> None:
    value = parse_ini(TEXT)["pytest"]["addopts"]
    assert (value.text, value.line) == ("-q\n-x\ntests", 4)


@pytest.mark.parametrize("text", ["", "\n\n", "[open", "no value", "  indented = 1\n", "[a]\n[b]\n"])
def test_text_without_values_has_none(text: str) -> None:
    assert not any(parse_ini(text).values())


def test_a_section_that_stands_there_twice_is_one() -> None:
    assert parse_ini("[a]\nx = 1\n[b]\ny = 2\n[a]\nz = 3\n")["a"].keys() == {"x", "z"}


WORDS = st.text("abc-:/.=[]", min_size=1, max_size=6).filter(lambda word: word[0] not in "[#;=:")
VALUES = st.lists(WORDS, min_size=1, max_size=3)


SECTIONS = st.dictionaries(
    st.sampled_from(["pytest", "tox", "a:b"]), st.dictionaries(st.sampled_from(["x", "y", "z"]), VALUES)
)


def written(sections: dict[str, dict[str, list[str]]]) -> str:
    """Each value on the line of its key and on indented lines."""
    lines = []
    for section, keys in sections.items():
        lines.append(f"[{section}]")
        for key, (first, *more) in keys.items():
            lines += [f"{key} = {first}", *(f"  {line}" for line in more)]
    return "\n".join(lines)


@given(SECTIONS)
def test_values_are_those_that_pytests_reader_has(sections: dict[str, dict[str, list[str]]]) -> None:
    text = written(sections)
    theirs = {section.name: dict(section.items()) for section in iniconfig.IniConfig("x.ini", text)}
    ours = {name: {key: value.text for key, value in keys.items()} for name, keys in parse_ini(text).items()}
    assert ours == theirs

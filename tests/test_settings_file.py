"""pyproject.toml with the table added: everything else stays, byte for byte."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.errors import UsageError
from covgate.settings_file import read_text, with_table, write_text

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLE = "[tool.covgate]\nmodule = 80\n"
HERE = Path("pyproject.toml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        "[project]\nname = 'x'   # kept\n\n\n",
        "[tool.pytest.ini_options]\naddopts = '-q'\n",
        "tool.other.x = 1\n",
        "[tool]\nother = 1\n",
        "[tool]\nother.x = 1\n",
        "\ufeff[project]\nname = 'x'\n",
    ],
)
def test_the_table_is_added_at_the_end(text: str) -> None:
    added = with_table(text, TABLE, HERE, replace=False)
    assert added.startswith(text.rstrip("\n"))
    assert added.endswith(TABLE)
    assert tomllib.loads(added.removeprefix("\ufeff"))["tool"]["covgate"] == {"module": 80}


def test_line_ends_are_the_files_own() -> None:
    added = with_table("[project]\r\nname = 'x'\r\n", TABLE, HERE, replace=False)
    assert added == "[project]\r\nname = 'x'\r\n\r\n[tool.covgate]\r\nmodule = 80\r\n"


@pytest.mark.parametrize(
    "own",
    [
        "[tool.covgate]\nmodule = 1 # mine\n\n[tool.covgate.targets]\na = 1\n",
        "[tool]\ncovgate.module = 1\n",
        "tool.covgate = { module = 1 }\n",
    ],
)
def test_a_table_that_is_there_is_only_replaced_where_somebody_says_so(own: str) -> None:
    text = f"{own}\n[tool.other]\nx = 1   # kept\n" if own.startswith("[tool.") else f"{own}\n[other]\nx = 1   # kept\n"
    with pytest.raises(UsageError, match="--force"):
        with_table(text, TABLE, HERE, replace=False)
    replaced = with_table(text, TABLE, HERE, replace=True)
    assert "x = 1   # kept\n" in replaced
    assert tomllib.loads(replaced)["tool"]["covgate"] == {"module": 80}


def test_without_tomlkit_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tomlkit", None)
    with pytest.raises(UsageError, match=r"pip install .pytest-covgate\[edit\]"):
        with_table(TABLE, TABLE, HERE, replace=True)


@pytest.mark.parametrize("text", ["tool = 1\n", "tool = { other = 1 }\n"])
def test_a_tool_that_is_no_ordinary_table_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="add it by hand"):
        with_table(text, TABLE, HERE, replace=False)


def test_what_is_no_toml_is_named() -> None:
    with pytest.raises(UsageError, match="not valid TOML"):
        with_table("[project\n", TABLE, HERE, replace=False)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_comments_stay(comment: str) -> None:
    text = f"# {comment}\n[project]\nname = 'x'  # {comment}\n"
    assert with_table(text, TABLE, HERE, replace=False) == f"{text}\n{TABLE}"


def test_files_that_cannot_be_read_or_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "pyproject.toml"
    assert read_text(file) == ""
    file.write_bytes(b"\xff")
    with pytest.raises(UsageError, match="UTF-8"):
        read_text(file)
    file.write_text("a = 1\n")
    with pytest.raises(UsageError, match="edited meanwhile"):
        write_text(file, "", "b = 1\n")
    write_text(file, "a = 1\n", "b = 1\n")
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(UsageError, match="no permission"):
        write_text(file, "b = 1\n", "c = 1\n")
    assert file.read_text() == "b = 1\n"

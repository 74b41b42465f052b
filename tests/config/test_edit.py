"""pyproject.toml with the table added: everything else stays, byte for byte."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.config.edit import with_acceptance, with_levels, with_table
from covgate.config.file import read_text, write_text
from covgate.errors import UsageError

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
        with_levels("[tool.covgate]\ntotal = 1\n", HERE, values={("total",): 2}, renamed={}, dropped=[])


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


ENTRY = {"module": "a.b", "function": "f", "reason": 'say "x"\\', "until": date(2027, 1, 31)}
WRITTEN = """[[tool.covgate.accept]]
module = "a.b"
function = "f"
reason = "say \\"x\\"\\\\"
until = 2027-01-31
"""


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("", WRITTEN),
        ("[tool.covgate]\nmodule = 1 # kept\n", f"[tool.covgate]\nmodule = 1 # kept\n\n{WRITTEN}"),
        ("[tool.covgate]\nmodule = 1", f"[tool.covgate]\nmodule = 1\n\n{WRITTEN}"),
        (
            "[tool.covgate]\nmodule = 1\n\n[ tool.covgate.targets]\na = 1\n\n\n# of x\n[x]\ny = 1\n",
            f"[tool.covgate]\nmodule = 1\n\n[ tool.covgate.targets]\na = 1\n\n{WRITTEN}\n\n# of x\n[x]\ny = 1\n",
        ),
        (
            '[tool.covgate]\nsource = [\n  "a",\n]\nexclude = [\n["a"], # no header\n]\n[x]\n',
            f'[tool.covgate]\nsource = [\n  "a",\n]\nexclude = [\n["a"], # no header\n]\n[x]\n\n{WRITTEN}',
        ),
        (
            "[[tool.covgate.accept]]\nmodule = 'x'\n[tool.other]\n",
            f"[[tool.covgate.accept]]\nmodule = 'x'\n\n{WRITTEN}[tool.other]\n",
        ),
        ("[tool.covgates]\nx = 1\n\n[y]\n", f"[tool.covgates]\nx = 1\n\n[y]\n\n{WRITTEN}"),
        ("\ufeff[tool.covgate]\r\nmodule = 1\r\n[x]\r\n", None),
        ("[tool]\ncovgate.module = 1 # kept\n[x]\ny = 1\n", None),
        ("[tool]\ncovgate = { module = 1 } # kept\n", None),
        ('tool.covgate.targets."a.b" = 1 # kept\n', None),
        ("[tool.covgate]\naccept = [{module = 'x', lines = 1, reason = 'r'}] # kept\n", None),
        ("[tool.covgate]\naccept = [\n  {module = 'x'},  # kept\n]\n[tool.covgate.targets]\na = 1\n", None),
    ],
)
def test_an_acceptance_is_added_to_what_is_there(text: str, added: str | None) -> None:
    found = with_acceptance(text, ENTRY, HERE, place=None)
    if added is not None:
        assert found == added
    assert ("# kept" in found) == ("# kept" in text)
    assert found.startswith("\ufeff") == text.startswith("\ufeff")
    assert ("\r\n" in found) == ("\n" not in found.replace("\r\n", ""))
    before, after = (tomllib.loads(one.removeprefix("\ufeff")) for one in (text, found))
    *others, last = after["tool"]["covgate"].pop("accept")
    assert last == ENTRY
    assert others == before.get("tool", {}).get("covgate", {}).pop("accept", [])
    if before.get("tool", {}).get("covgate"):
        assert after == before


@pytest.mark.parametrize(
    "text",
    [
        "[[tool.covgate.accept]]\nmodule = 'x' # kept\nowner = 'o'\n\n[[tool.covgate.accept]]\nmodule = 'y'\n",
        "[tool.covgate]\naccept = [{module = 'x', lines = 1}, {module = 'y'}] # kept\n",
        "\ufeff[[tool.covgate.accept]]\r\nmodule = 'x' # kept\r\n[[tool.covgate.accept]]\r\nmodule = 'y'\r\n",
    ],
)
def test_an_acceptance_is_replaced_in_its_place(text: str) -> None:
    found = with_acceptance(text, ENTRY, HERE, place=0)
    first, second = tomllib.loads(found.removeprefix("\ufeff"))["tool"]["covgate"]["accept"]
    assert first == {**tomllib.loads(text.removeprefix("\ufeff"))["tool"]["covgate"]["accept"][0], **ENTRY}
    assert second == {"module": "y"}
    assert "# kept" in found
    assert ("\r\n" in found) == ("\n" not in found.replace("\r\n", ""))


LEVELS: dict[tuple[str, ...], int | float] = {
    ("total",): 60,
    ("targets", "a.b", "target"): 70.5,
    ("targets", "e.f", "max_missing"): 3,
    ("components", "x y", "target"): 9,
}


@pytest.mark.parametrize(
    "text",
    [
        '[tool.covgate]\ntotal = 1 # kept\n[tool.covgate.targets]\n"a.b" = 1 # kept\nc = { max_missing = 9 } # kept\nd = 1\n'
        "[tool.covgate.components.'x y']\ntarget=1 # kept\n",
        '[tool.covgate.targets."a.b"]\ntarget = 1 # kept\n[tool.covgate.targets]\nc.max_missing = 1\nd = 1\n'
        '[tool.other]\nx = 1\n[tool.covgate]\ntotal = 1 # kept\ncomponents."x y".target = 5 # kept\n',
        "[tool]\ncovgate = { total = 1, targets = { 'a.b' = 1, c = {max_missing = 4}, d = 1 }, components = { 'x y' = { target = 2 } } } # kept\n",
        "[tool]\ncovgate.total = 1 # kept\ncovgate.targets.'a.b' = 1 # kept\ncovgate.targets.c.max_missing = 5\ncovgate.targets.d = 1\n"
        "covgate.components.'x y'.target = 5 # kept\n",
    ],
)
def test_levels_are_raised_keys_renamed_and_dropped_in_every_form_or_told(text: str) -> None:
    """Some forms no editor of TOML gets right: then what to write is said, and nothing is written."""
    for end in ("\n", "\r\n"):
        try:
            found = with_levels(text.replace("\n", end), HERE, values=LEVELS, renamed={"c": "e.f"}, dropped=["d"])
        except UsageError as error:
            assert "total = 60" in error.remedy or "by hand" in error.remedy
            continue
        covgate = tomllib.loads(found)["tool"]["covgate"]
        a = covgate["targets"]["a.b"]
        assert (covgate["total"], a if isinstance(a, float) else a["target"]) == (60, 70.5)
        assert covgate["targets"].keys() == {"a.b", "e.f"}
        assert found.count("# kept") == text.count("# kept")
        assert found.count(end) == text.replace("\n", end).count(end) - text.count("d = 1\n")


COMMENTED = """[tool.covgate.targets] # the targets
# the old one
"shop.old" = 30 # soon

# --- formatter ---
[tool.black]
x = 1
"""


def test_comments_of_the_next_table_stay_where_they_are() -> None:
    dropped = with_levels(COMMENTED, HERE, values={}, renamed={}, dropped=["shop.old"])
    assert dropped == COMMENTED.replace('"shop.old" = 30 # soon\n', "")
    both = COMMENTED.replace("[tool.covgate.targets] # the targets", "[[tool.covgate.accept]]\nmodule = 'x'")
    both = both.replace('"shop.old" = 30 # soon', "reason = 'r' # why")
    replaced = with_acceptance(both, {"module": "x", "reason": "new", "fingerprint": "f"}, HERE, place=0)
    assert replaced == both.replace("'r' # why", '"new" # why\nfingerprint = "f"')


def test_what_cannot_be_dropped_or_renamed_is_said() -> None:
    text = "[tool.covgate.targets]\na = 1\n[tool.covgate]\ntargets.b = 2\n"
    inline = "[tool]\ncovgate = { targets = { a = 1, b = 2 } }\n"
    with pytest.raises(UsageError, match="not valid TOML"):
        with_levels(text, HERE, values={}, renamed={}, dropped=["a"])
    assert "a = 1" not in with_levels(inline, HERE, values={}, renamed={}, dropped=["a"])
    nested = "[tool.covgate.targets.a]\ntarget = 1\n\n# of x\n[x]\ny = 1\n"
    with pytest.raises(UsageError, match="take a out of its targets by hand"):
        with_levels(nested, HERE, values={}, renamed={}, dropped=["a"])
    with pytest.raises(UsageError, match="rename it to c by hand"):
        with_levels('[tool.covgate.targets]\n"\\u0061" = 1\n', HERE, values={}, renamed={"a": "c"}, dropped=[])


def test_the_table_is_replaced_with_its_comments_and_no_others() -> None:
    text = f"# all\n[a]\nx = 1\n\n# ours\n[tool.covgate] # ours\n# within\nmodule = 1\n\n{COMMENTED}# the end\n"
    replaced = with_table(text, TABLE, HERE, replace=True)
    assert replaced == f"# all\n[a]\nx = 1\n\n# ours\n\n# --- formatter ---\n[tool.black]\nx = 1\n# the end\n\n{TABLE}"

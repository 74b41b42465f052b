"""pyproject.toml with our settings added or changed: everything else stays, byte for byte."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toml_documents
from covgate.config.edit import with_acceptance, with_levels, with_table
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


@pytest.mark.parametrize("text", ["tool = 1\n", "tool = { other = 1 }\n"])
def test_a_tool_that_is_no_ordinary_table_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="add it by hand"):
        with_table(text, TABLE, HERE, replace=False)


def test_what_is_no_toml_is_named() -> None:
    with pytest.raises(UsageError, match="not valid TOML"):
        with_table("[project\n", TABLE, HERE, replace=False)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_comments_stay(comment: str) -> None:
    text = f"# {comment}\n[project]\nname = 'x'  # {comment}\n"
    assert with_table(text, TABLE, HERE, replace=False) == f"{text}\n{TABLE}"


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
            f'[tool.covgate]\nsource = [\n  "a",\n]\nexclude = [\n["a"], # no header\n]\n\n{WRITTEN}[x]\n',
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
FORMS = [
    (
        '[tool.covgate]\ntotal = 0x01 # kept\n[tool.covgate.targets]\n"a.b" = 5_7.0 # kept\n'
        "c = { max_missing = 9 } # kept\nd = 1\n[tool.covgate.components.'x y']\ntarget=1 # kept\n",
        '[tool.covgate]\ntotal = 60 # kept\n[tool.covgate.targets]\n"a.b" = 70.5 # kept\n'
        "\"e.f\" = { max_missing = 3 } # kept\n[tool.covgate.components.'x y']\ntarget=9 # kept\n",
    ),
    (
        '[tool.covgate.targets."a.b"]\ntarget = 1 # kept\n[tool.covgate.targets]\nc.max_missing = 4\nc.target = 5\nd = 1\n'
        '[tool.other]\ntotal = 1\n[tool.covgate]\ntotal = 1 # kept\ncomponents."x y".target = 5 # kept',
        '[tool.covgate.targets."a.b"]\ntarget = 70.5 # kept\n[tool.covgate.targets]\n"e.f".max_missing = 3\n"e.f".target = 5\n'
        '[tool.other]\ntotal = 1\n[tool.covgate]\ntotal = 60 # kept\ncomponents."x y".target = 9 # kept',
    ),
    (
        "[tool]\ncovgate = { total = 1, targets = { 'a.b' = 1, c = {max_missing = 4}, d = 1 }, components = { 'x y' = { target = 2 } } } # kept\n",
        "[tool]\ncovgate = { total = 60, targets = { 'a.b' = 70.5, \"e.f\" = {max_missing = 3} }, components = { 'x y' = { target = 9 } } } # kept\n",
    ),
    (
        "[tool]\ncovgate.total = 1 # kept\ncovgate.targets.'a.b' = 1 # kept\ncovgate.targets.c.max_missing = 5\ncovgate.targets.d = 1\n"
        "covgate.components.'x y'.target = 5 # kept\n",
        "[tool]\ncovgate.total = 60 # kept\ncovgate.targets.'a.b' = 70.5 # kept\ncovgate.targets.\"e.f\".max_missing = 3\n"
        "covgate.components.'x y'.target = 9 # kept\n",
    ),
    (
        'text = """\n[tool.covgate]\ntotal = 1\n"""\n[tool.covgate.targets.d]\ntarget = 1 # gone\n\n# of x\n[x]\ny = [\n[1], # total = 1\n]\n'
        "[tool.covgate]\ntotal = 1\n[tool.covgate.targets.c]\nmax_missing = 1\n[tool.covgate.targets]\n'a.b'.target = 2\n"
        "[tool.covgate.components]\n'x y' = {target = 3}\n",
        'text = """\n[tool.covgate]\ntotal = 1\n"""\n\n# of x\n[x]\ny = [\n[1], # total = 1\n]\n'
        "[tool.covgate]\ntotal = 60\n[tool.covgate.targets.\"e.f\"]\nmax_missing = 3\n[tool.covgate.targets]\n'a.b'.target = 70.5\n"
        "[tool.covgate.components]\n'x y' = {target = 9}\n",
    ),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_levels_are_raised_keys_renamed_and_dropped_in_every_form(
    text: str, expected: str, mark: str, end: str
) -> None:
    text, expected = (mark + one.replace("\n", end) for one in (text, expected))
    assert with_levels(text, HERE, values=LEVELS, renamed={"c": "e.f"}, dropped=["d"]) == expected


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


def test_what_cannot_be_written_is_said_and_how_to_write_it_by_hand() -> None:
    with pytest.raises(UsageError, match="not valid TOML"):
        with_levels("[tool.covgate]\ntotal = 1\ntotal = 2\n", HERE, values={("total",): 3}, renamed={}, dropped=[])
    text = "[tool.covgate.targets]\na = 1\nb = 2\n"
    with pytest.raises(UsageError, match="cannot be edited automatically") as error:
        with_levels(text, HERE, values={("total",): 60}, renamed={"a": "b"}, dropped=["x.y"])
    assert error.value.remedy == (
        "edit it by hand:\n"
        '  remove "x.y" from [tool.covgate.targets]\n'
        "  rename a to b in [tool.covgate.targets]\n"
        "  set total = 60 in [tool.covgate]"
    )
    for empty in ("[tool]\ncovgate.accept = []\n", "[tool.covgate]\naccept = []\n"):
        with pytest.raises(UsageError, match="cannot be edited automatically") as error:
            with_acceptance(empty, ENTRY, HERE, place=None)
        assert error.value.remedy == f"write it by hand:\n{WRITTEN}"


def test_numbers_that_are_equal_keep_the_form_in_which_they_are_written() -> None:
    text = "[tool.covgate]\ntotal = 0x3c\nmodule = nan\n"
    assert with_levels(text, HERE, values={("total",): 60}, renamed={}, dropped=[]) == text
    assert "total = 61\nmodule = nan\n" in with_levels(text, HERE, values={("total",): 61}, renamed={}, dropped=[])


SPREAD = """[tool.covgate]
total = 1
targets = { # all
  a = 1, # of a
  "b.c" = { target = 2,
  }, # of b.c
}
accept = [{
  module = "x", # kept
  # last
}]
"""


def test_inline_tables_on_several_lines_are_edited_where_toml_1_1_is_read() -> None:
    try:
        tomllib.loads(SPREAD)
    except tomllib.TOMLDecodeError:
        pytest.skip("this Python reads TOML 1.0")
    raised = with_levels(SPREAD, HERE, values={("targets", "d", "target"): 7}, renamed={"b.c": "d"}, dropped=[])
    assert raised == SPREAD.replace('"b.c" = { target = 2', '"d" = { target = 7')
    replaced = with_acceptance(SPREAD, {"module": "y", "reason": "r"}, HERE, place=0)
    assert replaced == SPREAD.replace('module = "x"', 'module = "y", reason = "r"')
    with pytest.raises(UsageError, match="cannot be edited automatically"):
        with_levels(SPREAD, HERE, values={}, renamed={}, dropped=["b.c"])  # whose comment is "of a"?


def test_the_table_is_replaced_with_its_comments_and_no_others() -> None:
    text = f"# all\n[a]\nx = 1\n\n# ours\n[tool.covgate] # ours\n# within\nmodule = 1\n\n{COMMENTED}# the end\n"
    replaced = with_table(text, TABLE, HERE, replace=True)
    assert replaced == f"# all\n[a]\nx = 1\n\n# ours\n\n# --- formatter ---\n[tool.black]\nx = 1\n# the end\n\n{TABLE}"


def document_of(text: str) -> dict[str, Any]:
    return tomllib.loads(text.removeprefix("\ufeff"))


def comments_of(text: str) -> list[str]:
    """The numbers of the generated comments."""
    return re.findall(r"#\d+", text)


def is_like(text: str, before: str) -> bool:
    """Whether the byte order mark and the line ends are those of `before`."""
    same_mark = text.startswith("\ufeff") == before.startswith("\ufeff")
    return same_mark and ("\r\n" not in before or "\n" not in text.replace("\r\n", ""))


def set_number(table: dict[str, Any], keys: tuple[str, ...], value: float) -> None:
    """A target that is a bare number has no table for its key `target`."""
    if len(keys) > 1 and isinstance(table[keys[0]], dict):
        set_number(table[keys[0]], keys[1:], value)
    else:
        table[keys[0]] = value


@settings(deadline=None)
@given(toml_documents.texts(), st.data())
def test_numbers_rise_and_nothing_else_changes(text: str, data: st.DataObject) -> None:
    covgate = document_of(text)["tool"]["covgate"]
    numbers: dict[tuple[str, ...], object] = {("total",): covgate["total"]}
    for name, table in {**covgate.get("components", {}), **covgate.get("targets", {})}.items():
        kind = "targets" if name in covgate.get("targets", {}) else "components"
        for key, value in table.items() if isinstance(table, dict) else [("target", table)]:
            if key != "modules":
                numbers[kind, name, key] = value
    raised = data.draw(st.sets(st.sampled_from(sorted(numbers)), min_size=1))
    new = {keys: data.draw(st.sampled_from([100, 12.5, 0, 99.99])) for keys in raised}
    found = with_levels(text, HERE, values=new, renamed={}, dropped=[])
    expected = document_of(text)
    for keys, value in new.items():
        set_number(expected["tool"]["covgate"], keys, value)
    assert document_of(found) == expected
    assert (comments_of(found), is_like(found, text)) == (comments_of(text), True)
    lines = list(zip(text.split("\n"), found.split("\n"), strict=True))
    assert sum(before != after for before, after in lines) <= len(new)


@settings(deadline=None)
@given(toml_documents.texts(), st.data())
def test_targets_are_renamed_and_dropped_and_nothing_else_changes(text: str, data: st.DataObject) -> None:
    targets = document_of(text)["tool"]["covgate"].get("targets", {})
    old, gone = (data.draw(st.sets(st.sampled_from(sorted(targets)), max_size=1)) if targets else set() for _ in "12")
    renamed = dict.fromkeys(old - gone, "new.name")
    found = with_levels(text, HERE, values={}, renamed=renamed, dropped=gone)
    expected = document_of(text)
    if targets:
        kept = {renamed.get(key, key): value for key, value in targets.items() if key not in gone}
        expected["tool"]["covgate"]["targets"] = kept
    after = document_of(found)
    if targets and "targets" not in after["tool"]["covgate"]:
        after["tool"]["covgate"]["targets"] = {}
    assert after == expected
    assert is_like(found, text)
    if not gone:
        assert comments_of(found) == comments_of(text)


@settings(deadline=None)
@given(toml_documents.texts(), st.booleans())
def test_acceptances_are_added_or_replaced_and_nothing_else_changes(text: str, is_new: bool) -> None:
    entries = document_of(text)["tool"]["covgate"].get("accept", [])
    place = None if is_new or not entries else len(entries) - 1
    found = with_acceptance(text, ENTRY, HERE, place=place)
    expected = document_of(text)
    if place is None:
        expected["tool"]["covgate"]["accept"] = [*entries, ENTRY]
    else:
        expected["tool"]["covgate"]["accept"][place] |= ENTRY
    assert document_of(found) == expected
    assert (comments_of(found), is_like(found, text)) == (comments_of(text), True)
    if place is None and not entries and "[[tool.covgate.accept]]" in found:
        for line in text.split("\n"):
            assert line in found


@settings(deadline=None)
@given(toml_documents.texts())
def test_the_table_is_replaced_and_no_other(text: str) -> None:
    expected = document_of(text)
    del expected["tool"]["covgate"]
    try:
        found = with_table(text, TABLE, HERE, replace=True)
    except UsageError as error:
        assert error.remedy == f"add it by hand:\n{TABLE}"
        return
    after = document_of(found)
    assert after["tool"].pop("covgate") == {"module": 80}
    assert after == expected
    assert is_like(found, text)

"""The module and the lines that an argument names."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import module, snapshot
from covgate.cli.subject import named_module, names_of, parse_lines, split_lines
from covgate.errors import UsageError
from covgate.model.lines import LineRange

SHOP = snapshot(module("src/shop/cart.py", 1, 2), module("src/shop/pay.py", 1, 2), unmeasured=(module("src/new.py"),))


@pytest.mark.parametrize(
    ("subject", "name", "lines"),
    [
        ("shop.cart", "shop.cart", ()),
        ("src/a.py:12", "src/a.py", ((12, 12),)),
        ("src/a.py:20, 12-15", "src/a.py", ((12, 15), (20, 20))),
        ("C:/a.py", "C:/a.py", ()),
        ("C:/a.py:3", "C:/a.py", ((3, 3),)),
        (":3", ":3", ()),
        ("a.py:", "a.py:", ()),
    ],
)
def test_lines_stand_behind_the_last_colon(subject: str, name: str, lines: tuple[LineRange, ...]) -> None:
    assert split_lines(subject) == (name, lines)


@pytest.mark.parametrize("subject", ["a.py:15-12", "a.py:0", "a.py:1-", "a.py:1 2"])
def test_lines_that_there_cannot_be_are_wrong_use(subject: str) -> None:
    with pytest.raises(UsageError, match=r"^a\.py:.*: found the lines "):
        split_lines(subject)


def test_the_argument_with_wrong_lines_is_named() -> None:
    assert parse_lines("3-5", "--lines") == ((3, 5),)
    with pytest.raises(UsageError, match="--lines: found the lines 'x'"):
        parse_lines("x", "--lines")


def test_a_path_may_be_one_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    assert names_of("./a.py", tmp_path) == ("a.py", "src/a.py")
    assert names_of("../b.py", tmp_path) == ("../b.py", "b.py")


@pytest.mark.parametrize(
    ("names", "path"),
    [(["src/shop/cart.py"], "src/shop/cart.py"), (["x", "shop.pay"], "src/shop/pay.py"), (["new"], "src/new.py")],
)
def test_a_module_is_found_by_path_or_import_name(names: list[str], path: str) -> None:
    assert named_module(names[0], names, SHOP).path == path


@pytest.mark.parametrize(
    ("subject", "others", "remedy"),
    [
        ("shop.crt", (), "did you mean shop.cart"),
        ("chekout", ("checkout",), "did you mean checkout?"),
        ("zzz", (), "give the path or the import name of a measured module"),
    ],
)
def test_a_module_that_is_not_there_is_wrong_use_with_the_nearest(
    subject: str, others: tuple[str, ...], remedy: str
) -> None:
    with pytest.raises(UsageError, match="there is no measured module") as raised:
        named_module(subject, [subject], SHOP, others)
    assert raised.value.remedy.startswith(remedy)

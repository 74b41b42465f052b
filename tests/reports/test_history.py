"""Records as text: the table is tested by `covgate history list`, one record here."""

from __future__ import annotations

from builders import branch
from covgate.model.record import EnvironmentKey, SuiteFacts
from covgate.reports.history import history_text, record_text
from records import covered, revision, run_of_cart

WHOLE = run_of_cart(
    "run1",
    modules=(covered("shop/cart.py", branches=(branch(1, 2, 3),)), covered("shop/empty.py", 0, 0)),
    environment=EnvironmentKey(branches=True, systems=("Linux, Python 3.12",), source=("shop", "tools")),
    folder="services/shop",
    verdict="passed",
    suite=SuiteFacts(tests=1, seconds=2),
)


def test_a_record_has_all_that_is_known_of_it() -> None:
    assert (
        record_text(WHOLE)
        == """\
run          run1, 2026-11-21 12:00 UTC
commit       2222222222222222222222222222222222222222, on main
tree         1111111111111111111111111111111111111111
project in   services/shop
total         66.6 %  4 of 6 statements and branches
tests        1 test in 2.0 seconds
environment  Linux, Python 3.12, branches
measured     shop, tools
verdict      passed

modules
  shop/cart.py    66.6 %  4 of 6
  shop/empty.py      -
"""
    )


def test_a_record_of_which_little_is_known() -> None:
    bare = run_of_cart("run2", modules=(), revision=None, environment=EnvironmentKey())
    assert (
        record_text(bare)
        == """\
run          run2, 2026-11-21 12:00 UTC
commit       none
total            -
environment  unknown system
no baseline  no commit
"""
    )


def test_wide_names_keep_the_columns() -> None:
    wide = run_of_cart("run1", revision=revision(branch="支払い"))
    header, first, second = history_text([wide, run_of_cart("run1")], 2).splitlines()
    assert first.replace("支払い", "abcdef") == second.replace("main  ", "abcdef")  # three characters of two cells each
    assert header.index("branch") == first.index("支")

"""Modules without a test of their own, and fragile functions, from maps made by hand."""

from __future__ import annotations

from builders import function, map_of, module
from covgate.config.settings import parse_settings
from covgate.judge.untested import find_fragile, find_suite_gaps, find_untested
from covgate.model.known_tests import FragileFunction, UntestedModule

ADD, PAY = "tests/test_cart.py::test_add", "tests/test_pay.py::test_pay"


NEVER, ONLY, CONSTANTS, OTHERS, NAMED, IMPORTED, UNKNOWN = (
    module("src/never.py", 0, 4),
    module("src/only.py", 2, 4, functions=(function("f", 2, 3, 4),)),
    module("src/constants.py", 4, 4),
    module("src/money.py", 3, 4, functions=(function("f", 2, 3, 4),)),
    module("src/cart.py", 3, 4, functions=(function("f", 2, 3, 4),)),
    module("src/tax.py", 3, 4, functions=(function("f", 2, 3, 4),)),
    module("src/forked.py", 3, 4, functions=(function("f", 2, 3, 4),)),
)
MODULES = (NEVER, ONLY, CONSTANTS, OTHERS, NAMED, IMPORTED, UNKNOWN)
KNOWN = map_of(
    {
        "src/money.py": [("f", 2, 4, (ADD, PAY))],
        "src/cart.py": [("f", 2, 4, (ADD,))],
        "src/tax.py": [("f", 2, 4, (PAY,))],
    },
    imported={"src/only.py": (1, 2), "src/constants.py": (1, 2, 3, 4)},
)
IMPORTS = {"tests/test_pay.py": frozenset(["src/tax.py"])}


def test_t6_the_lists_are_disjoint_and_a_file_of_its_own_is_by_import_or_name() -> None:
    untested = find_untested(KNOWN, MODULES, IMPORTS)
    assert untested.never_imported == (UntestedModule("src/never.py", 4, 4),)
    assert untested.only_imported == (UntestedModule("src/only.py", 4, 2),)
    assert untested.only_by_others == (
        UntestedModule("src/money.py", 4, 1, ("tests/test_cart.py", "tests/test_pay.py")),
    )
    assert untested.unknown == (UntestedModule("src/forked.py", 4, 1),)
    assert [row.path for row in find_untested(KNOWN, MODULES).only_by_others] == ["src/money.py", "src/tax.py"]


def test_t7_one_test_holds_up_the_fragile_functions_the_longest_first() -> None:
    longer = module("src/tax.py", 5, 5, functions=(function("f", 2, 3, 4, 5),))
    assert find_fragile(KNOWN, [NAMED, longer]) == (
        FragileFunction("src/tax.py", "f", 2, 3, 0, PAY),
        FragileFunction("src/cart.py", "f", 2, 2, 1, ADD),
    )


def test_excluded_modules_and_tests_are_left_out_and_edited_ones_named() -> None:
    settings = parse_settings({"exclude": ["src/never.py"]})
    known = KNOWN._replace(outdated=frozenset(["src/only.py", "src/never.py"]), partial="-k x")
    gaps = find_suite_gaps(known, (*MODULES, module("tests/test_x.py", 0, 3)), settings, IMPORTS)
    assert gaps.untested.never_imported == ()
    assert gaps.untested.only_imported == ()
    assert (gaps.outdated, gaps.partial, gaps.basis) == (("src/only.py",), "-k x", "functions")

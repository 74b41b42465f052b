"""Modules without tests and fragile functions, as text, on the page and for machines."""

from __future__ import annotations

from builders import module, snapshot, verdict
from covgate.model.context import ReportContext
from covgate.model.known_tests import FragileFunction, KnownTests, Subject, SuiteGaps, Untested, UntestedModule
from covgate.reports.markdown import markdown_comment
from covgate.reports.styled import plain
from covgate.reports.suite_gaps import fragile_text, rests_on, suite_gaps_document, untested_text
from pages import changed, page

GAPS = SuiteGaps(
    basis="functions",
    untested=Untested(
        never_imported=(UntestedModule("src/never.py", 12, 12),),
        only_by_others=(UntestedModule("src/money.py", 40, 3, ("tests/test_cart.py", "tests/test_pay.py")),),
    ),
    fragile=(FragileFunction("src/tax.py", "Tax.rate", 7, 9, 1, "tests/test_tax.py::test_rate"),),
    outdated=("src/new.py",),
    partial="-k x",
)
NOTHING = SuiteGaps(basis="functions", untested=Untested(), fragile=())
NOTES = [
    "known from the functions that each test calls",
    "note: 1 module edited since the tests ran and left out; measure again, with pytest --covgate or coverage run",
    "note: only a part of the tests ran: -k x",
]


def test_the_lists_of_modules_have_statements_and_empty_ones_are_said() -> None:
    assert plain(untested_text(GAPS)).splitlines() == [
        "never imported: 1 module",
        "statements  missing  module",
        "        12       12  src/never.py",
        "",
        "only imported: no test runs a function of it: none",
        "",
        "reached only through tests of other modules: no test file imports it or bears its name: 1 module",
        "statements  missing  module        reached by",
        "        40        3  src/money.py  tests/test_cart.py and 1 more",
        "",
    ]
    assert plain(tuple(rests_on(GAPS))).splitlines() == NOTES
    assert plain(untested_text(NOTHING)).count(": none\n") == 3
    unknown = NOTHING._replace(untested=Untested(unknown=(UntestedModule("a.py", 1, 0),)))
    assert "covered, but which test is not known: 1 module\n" in plain(untested_text(unknown))


def test_fragile_functions_have_their_test() -> None:
    assert plain(fragile_text(GAPS)).splitlines() == [
        "functions that only one test runs: 1",
        "statements  missing  function                 test",
        "         9        1  src/tax.py:7 Tax.rate()  tests/test_tax.py::test_rate",
        "",
    ]
    assert plain(fragile_text(NOTHING)).startswith("functions that only one test runs: none\n")
    assert "not known: only the first test" in plain(fragile_text(NOTHING._replace(basis="first")))


def test_json() -> None:
    document = suite_gaps_document(GAPS)
    assert document["untested"]["only_by_others"] == [
        {
            "path": "src/money.py",
            "statements": 40,
            "missing": 3,
            "test_files": ["tests/test_cart.py", "tests/test_pay.py"],
        }
    ]
    assert document["fragile"][0]["test"] == "tests/test_tax.py::test_rate"
    assert (document["basis"], document["outdated"], document["partial"]) == ("functions", ["src/new.py"], "-k x")
    assert suite_gaps_document(GAPS._replace(basis="first"))["fragile"] is None


def test_the_page_folds_each_list_and_cuts_long_ones() -> None:
    many = tuple(UntestedModule(f"src/{number}<b>.py", 1, 1) for number in range(102))
    gaps = GAPS._replace(untested=GAPS.untested._replace(never_imported=many))
    shown = page(verdict(snapshot(module("a.py", 1, 2)))._replace(suite_gaps=gaps))
    listed = shown.under("Modules without a test of their own")
    assert listed[0] == "summary: never imported: 102 modules"
    assert listed[3] == "tr: src/0<b>.py | 1 | 1 |"
    assert "p: and 2 more modules" in listed
    assert shown.under("Functions that one test holds up")[-1] == (
        "tr: src/tax.py:7 Tax.rate() | 9 | 1 | tests/test_tax.py::test_rate"
    )
    none = page(verdict(snapshot(module("a.py", 1, 2)))._replace(suite_gaps=NOTHING))
    assert "h2: Modules without a test of their own" not in none.outline


def test_the_change_has_its_tests_on_the_page_and_in_the_comment() -> None:
    answer = KnownTests(
        Subject("src/shop/refund.py", lines=((2, 4),)),
        "tests",
        "functions",
        ("t.py::a`b", "t.py::c"),
        import_only=((2, 2),),
    )
    outcome = changed()._replace(change_tests=(answer,))
    listed = page(outcome).under("The change")
    at = listed.index("summary: Tests of the covered changed lines")
    assert listed[at + 1 : at + 3] == [
        "li: src/shop/refund.py: covered by t.py::a`b and 1 more",
        "li: src/shop/refund.py: line 2 runs only at import",
    ]
    comment = markdown_comment(outcome, ReportContext(project="shop"))
    assert "<summary>Tests of the change</summary>" in comment
    assert (
        "- `src/shop/refund.py`: covered by <code>t&#46;py&#58;&#58;a&#96;b</code> and 1 more; line 2 runs only"
        in comment
    )

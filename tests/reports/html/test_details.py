"""One module in full, as the dialog shows it."""

from __future__ import annotations

from builders import branch, module, snapshot, verdict
from covgate.model.checks import RULES
from covgate.model.context import ReportContext
from covgate.reports.html import html_report
from covgate.reports.html.details import RULE_WORDS
from pages import CONTEXT, changed, page, parsed


def test_every_rule_of_a_module_has_words() -> None:
    assert RULE_WORDS.keys() == {rule for rule, traits in RULES.items() if "module" in traits.scope}


def test_a_module_has_its_checks_its_functions_and_its_source() -> None:
    details = page(changed()).details[0]
    assert details["words"] == (
        "2 of 5 changed statements and branches missing, lines 2, 4; whole module: never called: refund(); lines 20-30"
    )
    assert details["change"] == ["60.0", 2, 5]
    assert details["checks"] == [
        ["coverage", "12.5 %", "80 %", "failed, 22 more statements and branches needed", "tool.covgate.module"]
    ]
    assert details["functions"] == [["refund", 3, "0.0", 16, 16, 0, 0], ["whole", 1, "75.0", 4, 1, 0, 1]]
    ((first, text, marks, jumps),) = details["source"]
    assert (first, marks, jumps) == (1, " PcM" + "m" * 26, {"2": "never jumped to 9"})
    assert text.splitlines()[-1] == "line(30)"
    assert "cut" not in details


def test_a_module_is_held_to_branches_and_to_a_number_too() -> None:
    target = {"targets": {"a": {"max_missing": 3, "branches": 80}}}
    one = module("a.py", 4, 9, branches=(branch(1, 2, 3),))
    assert page(verdict(snapshot(one, branches=True), target)).details[0]["checks"] == [
        ["branch coverage", "50.0 %", "80 %", "failed, 1 more branch needed", "tool.covgate.targets.a"],
        ["missing code", "6", "at most 3", "failed, 3 more statements and branches needed", "tool.covgate.targets.a"],
    ]


def test_a_module_says_how_much_of_it_is_accepted() -> None:
    accept = [{"module": "a.py", "lines": "8-9", "reason": "old"}]
    one = module("a.py", 5, 9, source=("x",) * 9)
    shown = page(verdict(snapshot(one), {"module": 90, "accept": accept}))
    assert shown.details[0]["words"] == "lines 6-7; 2 accepted"
    ((_, _, marks, _),) = shown.details[0]["source"]
    assert marks == "  mmaa"


def test_a_module_links_to_the_host_where_that_is_an_address() -> None:
    context = ReportContext(project="shop", host="github", browse="https://host/blob/abc")
    assert page(changed(), context).details[0]["link"] == "https://host/blob/abc/src/shop/refund.py"
    assert "link" not in page(changed(), context._replace(browse="javascript:alert(1)")).details[0]


def test_large_projects_are_cut_and_the_cut_is_counted() -> None:
    many = [
        module(f"p/m{number:03}.py", 0, 400, source=tuple(f"x = {'y' * 60}" for _ in range(400)))
        for number in range(300)
    ]
    text = html_report(verdict(snapshot(*many), {"module": 50}), CONTEXT)
    assert len(text.encode()) < 2_500_000
    shown = parsed(text)
    for details in shown.details:
        lines = sum(marks.count("m") for _, _, marks, _ in details["source"])
        assert lines + details["cut"] == 400
    assert sum(tag == "tr" and "hidden" in names for tag, names in shown.elements) == 100

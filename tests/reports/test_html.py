"""The HTML report: its content, and that nothing in it can act."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example as given_example
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import TODAY, branch, function, module, snapshot, verdict
from conftest import Project
from covgate.config.settings import parse_settings
from covgate.errors import UsageError
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile, ChangeUnavailable
from covgate.model.context import ReportContext
from covgate.model.run_context import RunContext
from covgate.model.verdict import AcceptedGap, Verdict
from covgate.publish import parse_requests
from covgate.reports.html import html_report
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary
from covgate.reports.text import printable
from pages import ParsedPage, parsed

CONTEXT = ReportContext(project="shop")
GATED = {"total": 85, "module": 80, "components": {"checkout": {"modules": ["shop.**"], "target": 60}}}
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "-->",
    "]]>",
    "\"'><img src=x onerror=alert(1)>",
    "&lt;b&gt;&amp;",
    "{{ 7*7 }}{% raw %}",
    "\u202e\u2066txt.exe",
    "\x00\x1b[31m\x7f\r\n",
    "\u2028\u2029\ufeff",
    "\ud800\udcff",
    "</style><style>*{display:none}",
    "__proto__",
    "\\u003c/script\\u003e",
]


def page(outcome: Verdict, context: ReportContext = CONTEXT) -> ParsedPage:
    return parsed(html_report(outcome, context))


def changed(**settings: Any) -> Verdict:
    """Half a module ran; lines 2 to 4 are changed, of which 2 is partial and 4 did not run."""
    one = module(
        "src/shop/refund.py",
        statements=tuple(range(1, 31)),
        missing=tuple(range(4, 31)),
        branches=(branch(2, 2, 9),),
        functions=(function("refund", 3, *range(4, 20)), function("whole", 1, 1, 2)),
        source=tuple(f"line({number})" for number in range(1, 31)),
    )
    other = module("src/shop/cart.py", 9, 10)
    files = (ChangedFile(path=one.path, status="modified", lines=((2, 4),)),)
    change = Change(base="0123456789abcdef", base_source="main", files=files)
    facts = RunContext(today=TODAY)
    return judge(snapshot(one, other, branches=True), parse_settings(settings or dict(GATED)), facts, change)


def test_the_verdict_stands_first_and_says_what_the_terminal_says() -> None:
    outcome = changed()
    shown = page(outcome)
    assert shown.outline[0] == "title: FAILED: coverage of shop"
    assert shown.outline[3] == ("h1: FAILED total, the change, component checkout and 1 of 2 modules are below target")
    assert shown.under("Totals") == [
        "h3: Total",
        "p: 30.9 %",
        "p: target 85 % missed",
        "p: 13 of 42 statements and branches covered; 23 more statements and branches needed",
        "h3: Change",
        "p: 60.0 %",
        "p: target 80 % (default) missed",
        "p: 3 of 5 statements and branches covered; 1 more statement or branch needed",
        "h3: Modules",
        "p: 1 of 2",
        "p: missed",
        "p: at or above their own target",
    ]
    for line in plain(terminal_summary(outcome, View(verbosity=1))).splitlines()[:3]:
        assert f"p: {line.split()[1]} %" in shown.outline


def test_the_change_is_shown_as_source() -> None:
    assert page(changed()).under("The change") == [
        "p: 1 file changed, compared with main (0123456)",
        "caption: Touched modules",
        "tr: Touched module | Status | Changed lines | Missing",
        "tr: src/shop/refund.py | modified | 60.0 % | 2 of 5 missing",
        "h3: Uncovered changed lines",
        "p: Marks: > never ran ~ ran, but not every branch | changed",
        "h4: src/shop/refund.py",
        "li: 1line(1)",
        "li: 2~partial: line(2)never to 9",
        "li: 3line(3)",
        "li: 4>missing: line(4)",
        "li: 5line(5)",
        "li: 6line(6)",
        "li: 7line(7)",
    ]


def test_a_module_has_its_checks_its_functions_and_its_source() -> None:
    details = page(changed()).details[0]
    assert details["words"] == (
        "2 of 5 changed statements and branches missing, lines 2, 4; whole module: never called: refund(); lines 20-30"
    )
    assert details["change"] == ["60.0", 2, 5]
    assert details["checks"] == [["coverage", "12.5 %", "80 %", "failed", 22, "tool.covgate.module", ""]]
    assert details["functions"] == [["refund", 3, "0.0", 16, 16, 0, 0], ["whole", 1, "75.0", 4, 1, 0, 1]]
    ((first, text, marks, jumps),) = details["source"]
    assert (first, marks, jumps) == (1, " PcM" + "m" * 26, {"2": "never to 9"})
    assert text.splitlines()[-1] == "line(30)"
    assert "cut" not in details


def test_a_module_is_held_to_branches_and_to_a_number_too() -> None:
    target = {"targets": {"a": {"max_missing": 3, "branches": 80}}}
    one = module("a.py", 4, 9, branches=(branch(1, 2, 3),))
    assert page(verdict(snapshot(one, branches=True), target)).details[0]["checks"] == [
        ["branches", "50.0 %", "80 %", "failed", 1, "tool.covgate.targets.a", ""],
        ["missing", "6", "at most 3", "failed", 3, "tool.covgate.targets.a", ""],
    ]


def test_a_change_that_is_not_judged_is_shown_all_the_same() -> None:
    shown = page(changed(total=10, changed={"lines": False}))
    assert shown.under("Totals")[4:] == ["h3: Change", "p: 60.0 %", "p: 3 of 5 statements and branches covered"]
    files = (ChangedFile(path="readme.md", status="modified", lines=((1, 2),)),)
    change = Change(base=None, base_source="the diff x", files=files)
    prose = judge(snapshot(module("a.py", 1, 1)), parse_settings({}), RunContext(today=TODAY), change)
    assert page(prose).under("The change") == [
        "p: 1 file changed, compared with the diff x",
        "p: Nothing in it is code that coverage counts.",
    ]


def test_a_module_says_how_much_of_it_is_accepted() -> None:
    accept = [{"module": "a.py", "lines": "8-9", "reason": "old"}]
    one = module("a.py", 5, 9, source=("x",) * 9)
    shown = page(verdict(snapshot(one), {"module": 90, "accept": accept}))
    assert shown.details[0]["words"] == "lines 6-7; 2 accepted"
    ((_, _, marks, _),) = shown.details[0]["source"]
    assert marks == "  mmaa"


def test_a_change_all_of_which_ran_says_so() -> None:
    files = (ChangedFile(path="a.py", status="added", lines=((1, 3),)),)
    change = Change(base=None, base_source="the diff x", files=files)
    one = module("a.py", 3, 9, source=("x",) * 9)
    outcome = judge(snapshot(one), parse_settings({}), RunContext(today=TODAY), change)
    assert page(outcome).under("The change")[:2] == [
        "p: 1 file changed, compared with the diff x",
        "p: Every changed line ran.",
    ]


def test_a_module_links_to_the_host_where_that_is_an_address() -> None:
    context = ReportContext(project="shop", host="github", browse="https://host/blob/abc")
    assert page(changed(), context).details[0]["link"] == "https://host/blob/abc/src/shop/refund.py"
    assert "link" not in page(changed(), replace(context, browse="javascript:alert(1)")).details[0]


def test_the_map_has_every_module_with_units() -> None:
    empty = module("src/shop/__init__.py")
    shown = page(verdict(snapshot(empty, module("src/shop/a.py", 1, 3), module("src/lib/b.py", 1, 1)), {"module": 50}))
    top = shown.data["map"]
    assert (top["name"], top["units"], top["short"], top["level"]) == ("src/", 4, 1, 3)
    assert [(folder["name"], folder["children"]) for folder in top["children"]] == [("shop/", [0]), ("lib/", [1])]
    assert top["boxes"] == [0, 0, 7500, 10_000, 7500, 0, 2500, 10_000]


@pytest.mark.parametrize(
    ("given_settings", "words", "levels"),
    [
        ({}, "the distance to 100 %, where neither modules nor the total have a target", [4, 0]),
        ({"total": 50}, "the distance to the total's target, 50 %", [3, 0]),
        ({"total": 90}, "the distance to the total's target, 90 %", [4, 0]),
        ({"targets": {"a": 40}}, "the distance to the module's target", [2, 5]),
    ],
)
def test_the_map_says_what_its_colours_are_the_distance_to(
    given_settings: dict[str, Any], words: str, levels: list[int]
) -> None:
    shown = page(verdict(snapshot(module("a.py", 3, 10), module("b.py", 10, 10)), given_settings))
    assert f"p: Area: statements. Colour: {words}." in shown.outline
    assert [module[6] for module in shown.data["modules"]] == levels


def test_a_passing_project_without_a_change() -> None:
    outcome = judge(
        snapshot(module("a.py", 9, 10)),
        parse_settings({"total": 50}),
        RunContext(today=TODAY, partial="-k some", notes=("a note",)),
        ChangeUnavailable(reason="no base", remedy="fetch it", is_asked_for=True),
    )
    shown = page(outcome)
    assert "h1: PASSED total 90.0 % (target 50); change skipped, on a part of the tests (-k some)" in shown.outline
    assert shown.under("The change") == ["p: Not known: no base; fetch it"]
    assert shown.under("Notes")[0] == "li: a note"


def test_a_verdict_says_what_makes_it_less_than_final() -> None:
    outcome = verdict(
        snapshot(module("a.py", 1, 10)), {"module": 50}, mode="warn", partial="-k some", judge_partial=True
    )
    assert page(outcome).outline[3:6] == [
        "h1: FAILED 1 of 1 module is below target, on a part of the tests (-k some)",
        "p: mode warn: the exit code is left alone",
        "p: only a part of the tests ran: -k some",
    ]


def test_errors_and_dead_rules_stand_at_the_top() -> None:
    shown = page(verdict(snapshot(module("a.py", 1, 1)), {"targets": {"b": 3}}, incomplete="no data from gw1"))
    assert shown.outline.index("li: error: no data from gw1") < shown.outline.index("h2: Totals")
    assert any(line.startswith("li: dead rule: tool.covgate.targets.b: 'b' matches no") for line in shown.outline)


def test_accepted_gaps_have_reason_owner_and_date() -> None:
    outcome = replace(changed(), accepted=(accepted("old"),))
    assert page(outcome).under("Accepted gaps")[:3] == [
        "p: src/shop/old.py 3-5",
        "p: old",
        "p: accepted, 3 statements and branches, until 2027-01-31, old",
    ]


def test_nothing_measured_is_a_page_too() -> None:
    shown = page(verdict(snapshot()))
    assert "h1: ERROR no verdict, no module was measured" in shown.outline
    assert "p: No module was measured." in shown.outline
    assert not {"h2: Totals", "h2: The change"} & set(shown.outline)
    assert shown.data["map"]["units"] == 0


def test_no_request_leaves_the_page_and_only_its_own_script_runs() -> None:
    shown = page(changed())
    policy = next(value for tag, name, value in shown.attributes if name == "content" and "default-src" in value)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(shown.scripts[kind].encode()).digest()).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"
    for tag, name, value in shown.attributes:
        assert name not in ("src", "style", "action"), (tag, name)
        assert not name.startswith("on"), (tag, name)
        assert name != "href" or value.startswith(("#", "data:,")), value
    assert "url(" not in shown.scripts["style"]
    assert "innerHTML" not in shown.scripts["script"]


def test_every_control_has_a_name_and_every_id_is_there_once() -> None:
    shown = page(changed())
    ids = [value for _, name, value in shown.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    named = {value for _, name, value in shown.attributes if name in ("aria-labelledby", "for")}
    assert named <= set(ids)


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


def accepted(text: str) -> AcceptedGap:
    return AcceptedGap(
        path="src/shop/old.py",
        module="shop.old",
        function=None,
        place=((3, 5),),
        lines=((3, 5),),
        reason=text,
        until=date(2027, 1, 31),
        owner=text,
        source="tool.covgate.accept[0]",
        units=3,
    )


def marked(text: str) -> str:
    return f"QZ{text}ZQ"


def hostile_verdict(text: str) -> Verdict:
    """`text` wherever a name, a reason or a line of source stands; in paths without the slash, which splits them."""
    one = module(
        f"src/{marked(text.replace('/', '|'))}.py",
        1,
        9,
        name=marked(text),
        functions=(function(marked(text), 2, 2, 3),),
        branches=(branch(1, 2, 9),),
        source=tuple(marked(text) for _ in range(9)),
    )
    files = (ChangedFile(path=one.path, status="modified", lines=((1, 4),)),)
    change = Change(base="0123456789abcdef", base_source=marked(text), files=files)
    outcome = judge(
        snapshot(one, module("src/shop/cart.py", 9, 10), branches=True),
        parse_settings(GATED),
        RunContext(today=TODAY, partial=marked(text), notes=(marked(text),)),
        change,
    )
    checks = tuple(replace(c, source=marked(text)) if c.rule == "module" else c for c in outcome.checks)
    checks = tuple(replace(c, subject=marked(text)) if c.rule == "component" else c for c in checks)
    return replace(outcome, accepted=(accepted(marked(text)),), checks=checks)


def hostile_page(text: str) -> tuple[ParsedPage, list[str], object]:
    """The page, its texts, and its data; in both the hostile text, printable, stands as `text`."""
    report = html_report(hostile_verdict(text), ReportContext(project=marked(text)))
    report.encode("utf-8")
    forms = {printable(marked(one)) for one in (text, text.replace("/", "|"))}
    forms |= {printable(marked(text).expandtabs(4))}

    def plainly(value: Any) -> Any:
        if isinstance(value, dict):
            return {plainly(key): plainly(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [plainly(inner) for inner in value]
        if isinstance(value, str):
            for form in forms:
                value = value.replace(form, "text")
        return value

    shown = parsed(report)
    return shown, plainly(shown.texts), plainly([shown.data, shown.details])


@pytest.fixture(scope="module")
def harmless() -> tuple[ParsedPage, list[str], object]:
    return hostile_page("harmless")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_as_text(text: str, harmless: tuple[ParsedPage, list[str], object]) -> None:
    comes_back_as_text(text, harmless)


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(st.characters(exclude_categories=()), max_size=4) | st.text("<>&\"'/!-]{}%\\\u2028\x00 \t", max_size=8)
)
@given_example(text="\t")
def test_any_text_comes_back_as_text(text: str, harmless: tuple[ParsedPage, list[str], object]) -> None:
    comes_back_as_text(text, harmless)


def comes_back_as_text(text: str, harmless: tuple[ParsedPage, list[str], object]) -> None:
    """The same elements, and the same text but for the one that stands for it."""
    shown, texts, data = hostile_page(text)
    plain_page, plain_texts, plain_data = harmless
    assert shown.elements == plain_page.elements
    assert texts == plain_texts
    assert data == plain_data
    assert not shown.comments


def test_a_folder_may_be_named_like_the_end_of_a_script() -> None:
    path = "src/<!--</script><script>alert(1)/a.py"
    text = html_report(verdict(snapshot(module(path, 0, 3)), {"module": 50}), CONTEXT)
    assert parsed(text).data["modules"][0][0] == path
    assert parsed(text).elements == page(verdict(snapshot(module("src/b/c/a.py", 0, 3)), {"module": 50})).elements
    assert json.loads(parsed(text).scripts["data"])


def test_the_example_shop(example: Callable[[str], Project]) -> None:
    shop = example("shop")
    assert shop.pytest("--covgate", "--covgate-report=html").code == 0
    text = (shop.root / "covgate.html").read_text(encoding="utf-8")
    shown = parsed(text)
    golden = Path(__file__).with_name("shop_page.txt").read_text(encoding="utf-8")
    assert content(shown).replace(str(shop.root), "ROOT") == golden
    assert shop.covgate("check", "--report=html:check.html").code == 0
    assert (shop.root / "check.html").read_text(encoding="utf-8") == text


def content(shown: ParsedPage) -> str:
    """What the page says, block by block, then what it says of the first module."""
    lines = [*shown.outline, ""]
    first = shown.details[0]
    lines += [f"{key}: {first[key]}" for key in ("name", "words", "checks", "functions", "more", "whole")]
    for number, source, marks, jumps in first["source"]:
        for at, (mark, line) in enumerate(zip(marks, source.split("\n"), strict=True), start=number):
            lines.append(f"{mark} {at:>3}  {line}  {jumps.get(str(at), '')}".rstrip())
    return "\n".join(lines) + "\n"


def test_without_the_extra_one_command_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "squarify", None)  # Python's own way to say that there is none
    with pytest.raises(UsageError, match=r'pip install "pytest-covgate\[html\]"'):
        parse_requests(["html"], tmp_path, {})


def test_jinja2_and_squarify_are_imported_when_a_page_is_made_only(project: Project) -> None:
    run = project.python("-c", "import sys, covgate.reports.format; print({'jinja2', 'squarify'} & sys.modules.keys())")
    assert run.out == "set()\n"


def test_the_wheel_holds_the_templates() -> None:
    packed = {str(path) for path in metadata.files("pytest-covgate") or ()}
    if "covgate/gate.py" not in packed:
        pytest.skip("an editable install; tox runs this test on the wheel")
    here = {"page.html.jinja", "page.css", "table.js", "module.js", "map.js"}
    assert {f"covgate/reports/html/{name}" for name in here} <= packed

"""The HTML report: its content, and that nothing in it can act."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Callable
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
from covgate.model.comparison import Baseline
from covgate.model.context import ReportContext
from covgate.model.run_context import RunContext
from covgate.model.verdict import AcceptedGap, Verdict
from covgate.publish import parse_requests
from covgate.reports.html import html_report
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary
from covgate.reports.text import printable
from pages import CONTEXT, GATED, ParsedPage, changed, page, parsed
from records import record, recorded

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
        "p: at or above their own target",
        "p: 1 below target",
    ]
    for line in plain(terminal_summary(outcome, View(verbosity=1))).splitlines()[:3]:
        assert f"p: {line.split()[1]} %" in shown.outline


@pytest.mark.parametrize(
    ("given_settings", "words", "levels"),
    [
        ({}, "percentage points below 100 %, because neither the total nor any module has a target", [4, 0]),
        ({"total": 50}, "percentage points below the total's target, 50 %", [3, 0]),
        ({"total": 90}, "percentage points below the total's target, 90 %", [4, 0]),
        ({"targets": {"a": 40}}, "percentage points below the module's target", [2, 5]),
        ({"module": 20, "goal": 40}, "percentage points below the module's goal", [2, 0]),
    ],
)
def test_the_map_says_which_target_its_colours_are_about(
    given_settings: dict[str, Any], words: str, levels: list[int]
) -> None:
    shown = page(verdict(snapshot(module("a.py", 3, 10), module("b.py", 10, 10)), given_settings))
    assert f"p: Area: number of statements. Colour: {words}." in shown.outline
    assert [module[6][0] for module in shown.data["modules"]] == levels


def test_a_passing_project_below_its_goals() -> None:
    settings = {
        "total": 50,
        "goal": 80,
        "targets": {"b": {"target": 10, "goal": False}},
        "components": {
            "all": {"modules": ["**"], "target": 45, "goal": 70},
            "free": {"modules": ["b"], "target": False, "goal": 90},
        },
    }
    shown = page(verdict(snapshot(module("a.py", 3, 10), module("b.py", 10, 10)), settings))
    assert "p: 13 of 20 statements covered; 3 more statements to the goal of 80 %" in shown.outline
    assert "p: 13 of 20 statements covered; 1 more statement to the goal of 70 %" in shown.outline
    assert "p: 10 of 10 statements covered; goal of 90 % reached" in shown.outline
    assert "Goal" in shown.texts
    assert "below goal only" in [text.strip() for text in shown.texts]
    assert "no goal" in shown.texts
    assert shown.data["aim"] == "goal"
    assert [(one[0], one[4], one[5], *one[6]) for one in shown.data["modules"]] == [
        ("a.py", "80", 5, 4),
        ("b.py", "", -1, 5),
    ]


def test_a_passing_project_without_a_change() -> None:
    outcome = judge(
        snapshot(module("a.py", 9, 10)),
        parse_settings({"total": 50}),
        RunContext(today=TODAY, partial="-k some", notes=("a note",)),
        ChangeUnavailable(reason="no base", remedy="fetch it", is_asked_for=True),
    )
    shown = page(outcome)
    assert "h1: PASSED total 90.0 % (target 50); change skipped, on a part of the tests (-k some)" in shown.outline
    assert shown.under("The change") == ["p: The change is not known: no base; fetch it"]
    assert shown.under("Notes")[0] == "li: a note"


def test_a_verdict_says_what_makes_it_less_than_final() -> None:
    outcome = verdict(
        snapshot(module("a.py", 1, 10)), {"module": 50}, mode="warn", partial="-k some", judge_partial=True
    )
    assert page(outcome).outline[3:6] == [
        "h1: FAILED 1 of 1 module is below target, on a part of the tests (-k some)",
        "p: mode warn: the exit code is left alone",
        "h2: Totals",
    ]


def test_an_error_names_the_part_of_the_tests_too() -> None:
    outcome = verdict(snapshot(), {"module": 50}, partial="-k some")
    assert page(outcome).outline[4] == "p: only a part of the tests ran: -k some"


def test_the_verdict_the_shares_and_the_map_stand_before_the_source() -> None:
    headings = [line for line in page(changed()).outline if line.startswith("h2: ")]
    assert headings[:5] == ["h2: Totals", "h2: Components", "h2: Map", "h2: The change", "h2: Modules"]


def test_errors_and_dead_rules_stand_at_the_top() -> None:
    shown = page(verdict(snapshot(module("a.py", 1, 1)), {"targets": {"b": 3}}, incomplete="no data from gw1"))
    assert shown.outline.index("li: error: no data from gw1 [data-incomplete]") < shown.outline.index("h2: Totals")
    assert any(line.startswith("li: dead rule: tool.covgate.targets.b: 'b' matches no") for line in shown.outline)


def test_accepted_gaps_have_reason_owner_and_date() -> None:
    outcome = changed()._replace(accepted=(accepted("old"),))
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
    checks = tuple(c._replace(source=marked(text)) if c.rule == "module" else c for c in outcome.checks)
    checks = tuple(c._replace(subject=marked(text)) if c.rule == "component" else c for c in checks)
    return outcome._replace(accepted=(accepted(marked(text)),), checks=checks)


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
    assert shop.pytest("--covgate", "--covgate-report=html", "--no-covgate-map").code == 0
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


def test_h10_what_moved_since_the_baseline() -> None:
    before = record(recorded("src/a.py", (1, 2), (), blob="x"), recorded("src/b.py", (1,), (1,), blob="y"))
    now = snapshot(module("src/a.py", 1, 2), module("src/b.py", 1, 1), digests={"src/a.py": "x", "src/b.py": "y"})
    outcome = judge(now, parse_settings({}), RunContext(today=TODAY), baseline=Baseline(before, "<b>main", files=()))
    rows = page(outcome).under("Since <b>main")
    assert any(
        "src/a.py" in row and "100.0" in row and "50.0" in row and "no longer covered: 2" in row for row in rows
    ), rows
    assert not any(line.startswith("h2: Since") for line in page(changed()).outline)

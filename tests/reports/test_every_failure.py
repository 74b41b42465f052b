"""J13: each check that fails is visible as failing in every report, in the words of its own rule."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from xml.etree import ElementTree as Xml

import pytest

from builders import TODAY, branch, module, snapshot
from covgate.config.settings import parse_settings
from covgate.errors import ErrorName, with_name
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile, ChangeUnavailable
from covgate.model.context import ReportContext
from covgate.model.run_context import RunContext
from covgate.model.verdict import Verdict
from covgate.reports import badge as colours
from covgate.reports.format import FORMATS, own_format
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary
from pages import parsed

HERE = ReportContext(project="p")
BASE = {
    "total": 50,
    "module": 50,
    "components": {"pay": {"modules": ["pay"], "target": 50}},
    "targets": {"pay": {"branches": 50, "max_missing": 5}},
    "changed": {"lines": 50, "module": 50, "new_module": 50},
    "accept": [{"module": "new", "lines": "9", "reason": "old"}],
}
"""Every rule is asked, and every one passes."""


class Case(NamedTuple):
    """What makes one rule fail, what the verdict line says of it, and what names it in a report."""

    rule: str
    words: str
    name: str
    settings: Mapping[str, Any] = {}
    run: Mapping[str, Any] = {}
    data: Mapping[str, Any] = {}


CASES = (
    Case("total", "total is below target", "total", {"total": 80}),
    Case("component", "component pay is below target", "pay", {"components": {"pay": {"modules": ["pay"], "target": 95}}}),
    Case(
        "module",
        "1 of 3 modules is below target",
        "pay.py",
        {"targets": {"pay": {"target": 95, "branches": 50, "max_missing": 5, "changed": 50}}},
    ),
    Case(
        "module-branches",
        "1 module is below its target for branches",
        "pay.py",
        {"targets": {"pay": {"branches": 95, "max_missing": 5}}},
    ),
    Case(
        "module-missing",
        "1 module has more uncovered code than its max_missing allows",
        "pay.py",
        {"targets": {"pay": {"branches": 50, "max_missing": 0}}},
    ),
    Case("changed-lines", "the change is below target", "change", {"changed": {"lines": 100}}),
    Case("changed-module", "1 touched module is below its target", "pay.py", {"changed": {"module": 90, "new_module": 50}}),
    Case("new-module", "1 new module is below its target", "new.py", {"changed": {"new_module": 95}}),
    Case("dead-pattern", "1 pattern in the settings matches no module", "nowhere", {"exclude": ["nowhere"]}),
    Case(
        "ambiguous-target",
        "no verdict, tool.covgate.targets.\"a*.py\" and tool.covgate.targets.\"*a.py\" match it equally well",
        "a.py",
        {"targets": {"a*.py": 10, "*a.py": 20}},
    ),
    Case(
        "accepted-gap",
        "1 accepted entry matches no uncovered code",
        "new.py",
        {"accept": [{"module": "new", "lines": "1", "reason": "old"}]},
        {"strict": True},
    ),
    Case("readable", "no verdict, cannot parse x.py", "x.py", data={"unreadable": ("cannot parse x.py",)}),
    Case("data", "no verdict, no data from gw1", "gw1", run={"incomplete": "no data from gw1"}),
)  # fmt: skip
IDS = [case.rule for case in CASES]


def outcome_of(case: Case | None, mode: str = "fail") -> Verdict:
    """Three modules; the change edits pay.py, of which one line of two ran, and adds new.py, of which all ran."""
    modules = (
        module("a.py", 6, 10),
        module("new.py", 9, 10, source=("x",) * 10),
        module("pay.py", 8, 10, branches=(branch(2, 2), branch(3, 2, 9)), source=("x",) * 10),
        module("empty.py"),
    )
    files = (
        ChangedFile(path="pay.py", status="modified", lines=((7, 9),)),
        ChangedFile(path="new.py", status="added", lines=((1, 2),)),
    )
    change: Change | ChangeUnavailable = Change(base="10d5f32a04", base_source="main", files=files)
    settings = {**BASE, **(case.settings if case else {})}
    run = {"today": TODAY, "mode": mode, **(case.run if case else {})}
    data = case.data if case else {}
    return judge(snapshot(*modules, branches=True, **data), parse_settings(settings), RunContext(**run), change)


def terminal(verdict: Verdict) -> str:
    return plain(terminal_summary(verdict, View(width=150, verbosity=1, all_rows=True)))


def terminal_rows(verdict: Verdict) -> list[str]:
    """What is red below the verdict's own line."""
    lines = terminal_summary(verdict, View(width=150, verbosity=1, all_rows=True))[:-1]
    return ["".join(span.text for span in line) for line in lines if _is_red(line)]


def _is_red(line: Any) -> bool:
    words = ("FAILED", "error: ", "dead rule: ", "accepts nothing: ")
    return any(span.style == "bad" and span.text in words for span in line)


def markdown_rows(verdict: Verdict) -> list[str]:
    return [line for line in own_format("markdown").render(verdict, HERE).splitlines()[3:] if ":x:" in line]


def github_rows(verdict: Verdict) -> list[str]:
    found = [line for line in own_format("github").render(verdict, HERE).splitlines() if line.startswith("::error")]
    return [row for line in found for row in line.split("%0A")[1:] or [line]]


def gitlab_rows(verdict: Verdict) -> list[str]:
    return [
        f"{issue['description']} {issue['location']['path']}"
        for issue in json.loads(own_format("gitlab").render(verdict, HERE))
        if issue["severity"] == "major"
    ]


def sarif_rows(verdict: Verdict) -> list[str]:
    (run,) = json.loads(own_format("sarif").render(verdict, HERE))["runs"]
    return [json.dumps(result) for result in run["results"] if result["level"] == "error"]


def junit_rows(verdict: Verdict) -> list[str]:
    cases = Xml.fromstring(own_format("junit").render(verdict, HERE)).findall("testcase")
    red = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return [Xml.tostring(case, "unicode") for case in red]


def html_rows(verdict: Verdict) -> list[str]:
    """Troubles, meters that miss their target with their headings, and modules with a check that did not pass."""
    page = parsed(own_format("html").render(verdict, HERE))
    outline = page.outline
    rows = [line for line in outline if re.match(r"li: (error|dead rule|accepts nothing):", line)]
    heads = [at for at, line in enumerate(outline) if line.startswith("h3: ")]
    for at, line in enumerate(outline):
        if re.match(r"p: (target .* missed|\d+ below target)$", line):
            rows.append(" ".join(outline[max(head for head in heads if head < at) : at + 2]))
    for module_row, details in zip(page.data["modules"], page.details, strict=True):
        if any(result != "passed" for _, _, _, result, _ in details.get("checks", ())):
            rows.append(module_row[0])
    return rows


def json_rows(verdict: Verdict) -> list[str]:
    checks = json.loads(own_format("json").render(verdict, HERE))["checks"]
    return [json.dumps(check) for check in checks if check["status"] in ("failed", "error")]


def badge_rows(verdict: Verdict) -> list[str]:
    text = own_format("badge").render(verdict, HERE)
    return [colour for colour in (colours.YELLOW, colours.ORANGE, colours.RED, colours.GREY) if f'"{colour}"' in text]


ROWS: dict[str, Callable[[Verdict], list[str]]] = {
    "terminal": terminal_rows,
    "markdown": markdown_rows,
    "github": github_rows,
    "gitlab": gitlab_rows,
    "sarif": sarif_rows,
    "junit": junit_rows,
    "html": html_rows,
    "json": json_rows,
    "badge": badge_rows,
}
"""Each report's rows that are red."""


def test_every_format_is_held_here() -> None:
    assert ROWS.keys() == {*FORMATS, "terminal"} - {"github-summary"}  # which is the markdown


def test_every_rule_passes_before_one_is_made_to_fail() -> None:
    verdict = outcome_of(None)
    rules = {check.rule for check in verdict.checks}
    assert verdict.status == "passed"
    assert rules == set(IDS) - {"dead-pattern", "ambiguous-target", "accepted-gap", "readable", "data"}


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_j13_exactly_one_check_fails_and_the_verdict_line_has_its_words(case: Case) -> None:
    verdict = outcome_of(case)
    assert [check.rule for check in verdict.checks if check.status not in ("passed", "skipped")] == [case.rule]
    (failing,) = (check for check in verdict.checks if check.status not in ("passed", "skipped"))
    assert failing.error or failing.status == "failed"
    words = with_name(case.words, failing.error if verdict.status == "error" else None)
    assert terminal(verdict).splitlines()[-1].endswith(f"coverage gate: {words}")


@pytest.mark.parametrize("format_", [name for name in ROWS if name != "badge"])
@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("data", "data-incomplete"),
        ("readable", "source-unreadable"),
        ("ambiguous-target", "ambiguous-target"),
        ("dead-pattern", "dead-pattern"),
        ("accepted-gap", "accepted-gap"),
    ],
)
def test_an_error_shows_its_name_in_every_report(rule: str, name: ErrorName, format_: str) -> None:
    mark = f'"error": "{name}"' if format_ == "json" else f"[{name}]"
    assert any(mark in row for row in ROWS[format_](outcome_of(CASES[IDS.index(rule)])))


@pytest.mark.parametrize("format_", ROWS)
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_j13_a_failing_check_is_red_in_every_report(case: Case, format_: str) -> None:
    rows = ROWS[format_](outcome_of(case))
    assert rows
    if format_ in ("terminal", "markdown", "html") and case.rule in ("changed-module", "new-module"):
        assert any("ouched" in row for row in rows)
    elif format_ in ("terminal", "markdown", "html") and case.rule.startswith("module"):
        assert any("odules" in row for row in rows)
    elif format_ != "badge":
        assert any(case.name in row.lower() for row in rows)


@pytest.mark.parametrize("format_", ROWS)
def test_j13_nothing_is_red_where_the_gate_passes(format_: str) -> None:
    assert ROWS[format_](outcome_of(None)) == []


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_github_tells_the_verdict_whenever_the_gate_fails(case: Case) -> None:
    """Issue F, 14: one error with the verdict's line, whatever failed; a warning in mode warn."""
    for mode, level in (("fail", "error"), ("warn", "warning")):
        verdict = outcome_of(case, mode)
        told = [line for line in own_format("github").render(verdict, HERE).splitlines() if case.words in line]
        line = terminal(verdict).splitlines()[-1]
        assert [one.split("%0A")[0] for one in told] == [f"::{level} title=Coverage gate::{line}"]

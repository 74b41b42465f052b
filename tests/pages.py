"""The HTML report as a reader and a browser take it: text by block, elements, and the data for the script."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from builders import TODAY, branch, function, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile
from covgate.model.context import ReportContext
from covgate.model.run_context import RunContext
from covgate.model.verdict import Verdict
from covgate.reports.html import html_report

CONTEXT = ReportContext(project="shop")
GATED = {"total": 85, "module": 80, "components": {"checkout": {"modules": ["shop.**"], "target": 60}}}
VOID = {"meta", "link", "input", "wbr", "img"}
BLOCKS = {"title", "h1", "h2", "h3", "h4", "p", "li", "tr", "caption", "label", "button", "summary"}
DATA = {"script", "style"}


@dataclass
class ParsedPage(HTMLParser):
    """`elements` are tags with the names of their attributes; `texts` all text and attribute values in order."""

    elements: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    outline: list[str] = field(default_factory=list)
    scripts: dict[str, str] = field(default_factory=dict)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, str]] = []
        self._block: list[str] = []

    def __hash__(self) -> int:
        return id(self)

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.scripts["data"])
        return found

    @property
    def details(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.scripts["details"])
        return found

    def under(self, heading: str) -> list[str]:
        """The outline's lines from an `h2` to the next one."""
        start = self.outline.index(f"h2: {heading}") + 1
        rest = self.outline[start:]
        return rest[: next((at for at, line in enumerate(rest) if line.startswith("h2: ")), len(rest))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.texts += [value for _, value in attrs if value]
        if tag in BLOCKS:
            self._end_block(tag)
        if tag in ("td", "th") and self._block and self._block[-1] != "":
            self._block.append(" | ")
        if tag not in VOID:
            self._open.append((tag, dict(attrs).get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self._end_block(tag)
        assert self._open.pop()[0] == tag, f"{tag} closes what is not open"

    def handle_data(self, data: str) -> None:
        tag, name = self._open[-1] if self._open else ("", "")
        if tag in DATA:
            self.scripts[name or tag] = data
            return
        self.texts.append(data)
        if data.strip() or self._block:
            self._block.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def _end_block(self, tag: str) -> None:
        text = " ".join("".join(self._block).split())
        if text.strip(" |"):
            self.outline.append(f"{tag}: {text}")
        self._block = []


def parsed(text: str) -> ParsedPage:
    page = ParsedPage()
    page.feed(text)
    page.close()
    return page


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

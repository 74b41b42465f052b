"""The verdict as one page to look at: it asks for nothing else, and works from a file."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from covgate.model.context import ReportContext
from covgate.model.verdict import Verdict
from covgate.model.words import units_of
from covgate.reports.format import Format
from covgate.reports.html.details import module_details
from covgate.reports.html.modules import ModuleRow, module_rows, row_data
from covgate.reports.html.page import page_of
from covgate.reports.html.treemap import map_data

if TYPE_CHECKING:
    import jinja2

SCRIPTS = ("table.js", "module.js", "map.js")
INERT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
"""Inside a script element only these could end it or open a comment; in JSON they stand in strings."""


def html_report(verdict: Verdict, context: ReportContext) -> str:
    """One HTML file in UTF-8. Needs the extra `html`."""
    from markupsafe import Markup

    rows = module_rows(verdict)
    style = _asset("page.css")
    script = "".join(map(_asset, SCRIPTS))
    return _template().render(
        page=page_of(verdict, context, rows),
        rows=rows,
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        data=Markup(_embedded(_data(verdict, rows))),
        details=Markup(_embedded(module_details(rows, context))),
    )


def _data(verdict: Verdict, rows: Sequence[ModuleRow]) -> dict[str, object]:
    """What the script shows, and in which words it counts."""
    units = units_of(branches=verdict.measured.branches)
    return {"units": units, "modules": [row_data(row) for row in rows], "map": map_data(rows)}


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_asset("page.html.jinja"))


def _asset(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Only our own style and script, known by their hashes; nothing is fetched, nothing is sent."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _embedded(value: object) -> str:
    """JSON in ASCII that no HTML parser can take for anything but text."""
    return json.dumps(value, separators=(",", ":")).translate(INERT)


# Of the extra's two modules the one that is seldom there for another reason.
FORMAT = Format(render=html_report, path="covgate.html", shows_source=True, needs=("squarify", "html"))

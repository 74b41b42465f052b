"""The verdict as one HTML page that holds all it needs and opens from the disk."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from covgate.model.context import ReportContext
from covgate.model.verdict import Verdict
from covgate.model.words import units_of
from covgate.reports.format import Format
from covgate.reports.html.colours import list_colours
from covgate.reports.html.details import describe_modules
from covgate.reports.html.modules import encode_row, list_modules
from covgate.reports.html.page import build_page
from covgate.reports.html.treemap import build_map
from covgate.reports.wording import aim_title

if TYPE_CHECKING:
    import jinja2

SCRIPTS = ("table.js", "module.js", "map.js")
INERT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
"""Only these characters can end a script element or open a comment; in JSON they occur in strings alone."""


def html_report(verdict: Verdict, context: ReportContext) -> str:
    """Return one HTML file in UTF-8. Needs the extra `html`."""
    from markupsafe import Markup

    rows = list_modules(verdict)
    colours = tuple(list_colours(verdict, rows))
    branches = verdict.measured.branches
    style = _read_asset("page.css")
    script = "".join(map(_read_asset, SCRIPTS))
    data = {
        "units": units_of(branches=branches),
        "aim": aim_title(verdict),
        "colours": [dict(colour.legend) for colour in colours],
        "modules": [encode_row(row, [colour.level([row]) for colour in colours]) for row in rows],
        "map": build_map(rows, colours),
    }
    return _template().render(
        page=build_page(verdict, rows, colours, context.project),
        rows=rows,
        policy=_security_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        data=Markup(_embed(data)),
        details=Markup(_embed(describe_modules(rows, context, branches=branches))),
    )


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_read_asset("page.html.jinja"))


def _read_asset(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def _security_policy(style: str, script: str) -> str:
    """Return the policy that allows our own style and script by their hashes, and no request."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _embed(value: object) -> str:
    """Return JSON in ASCII that every HTML parser takes for text."""
    return json.dumps(value, separators=(",", ":")).translate(INERT)


# Of the two packages of the extra, squarify is the one that other packages seldom bring.
FORMAT = Format(
    render=html_report,
    path="covgate.html",
    shows_source=True,
    shows_trend=True,
    needs=("squarify", "html"),
    shows_suite_gaps=True,
)

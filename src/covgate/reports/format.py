"""What a report format is: a function from a verdict to text, and where that goes. Ours are imported when asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from covgate.model.context import ReportContext
from covgate.model.verdict import Verdict

STDOUT = "-"


class Format(NamedTuple):
    """`path` is where it goes if nothing else is said, `-` for standard output."""

    render: Callable[[Verdict, ReportContext], str]
    path: str
    variable: str = ""
    """The environment variable that names the file to append to, in place of a path."""
    shows_source: bool = False
    """Whether it wants the source of all modules."""
    shows_trend: bool = False
    """Whether it wants the trend of the total, for which all records on the line are read."""
    needs: tuple[str, str] | None = None
    """A module it imports, and the extra of ours that brings it."""
    shows_suite_gaps: bool = False
    """Whether it shows modules without tests and fragile functions, for which all test files are read."""


FORMATS = {
    "json": "covgate.reports.json:FORMAT",
    "markdown": "covgate.reports.markdown:FORMAT",
    "github": "covgate.reports.github:FORMAT",
    "github-summary": "covgate.reports.markdown:SUMMARY",
    "gitlab": "covgate.reports.gitlab:FORMAT",
    "sarif": "covgate.reports.sarif:FORMAT",
    "junit": "covgate.reports.junit:FORMAT",
    "badge": "covgate.reports.badge:FORMAT",
    "html": "covgate.reports.html:FORMAT",
}


def own_format(name: str) -> Format:
    """Import one of our formats; raises `KeyError` for a name that is none of them."""
    module, _, attribute = FORMATS[name].partition(":")
    own = getattr(import_module(module), attribute)
    assert isinstance(own, Format)
    return own

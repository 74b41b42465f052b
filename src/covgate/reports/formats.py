"""The formats that come with covgate: each is imported where it is asked for."""

from __future__ import annotations

from importlib import import_module

from covgate.reports.format import Format

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
    """Raises `KeyError` for a name that is none of ours."""
    module, _, attribute = FORMATS[name].partition(":")
    found = getattr(import_module(module), attribute)
    assert isinstance(found, Format)
    return found

"""The formats that come with covgate."""

from __future__ import annotations

from covgate.reports.format import Format
from covgate.reports.json import json_report

FORMATS: dict[str, Format] = {
    "json": Format(render=json_report, path="covgate.json"),
}

"""A diagnosis as text: serious findings first, each with its place and its remedy."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from covgate.doctor.facts import Diagnosis, Finding
from covgate.model.words import counted
from covgate.reports.text import printable

INDENT = "      "
MIN_WIDTH = 40


def diagnosis_text(diagnosis: Diagnosis, width: int = 80) -> str:
    width = max(MIN_WIDTH, width)
    lines: list[str] = []
    for severity in ("serious", "advice"):
        findings = [finding for finding in diagnosis.findings if finding.severity == severity]
        lines += [severity] if findings else []
        for remedy in dict.fromkeys(finding.remedy for finding in findings):
            lines += _group([finding for finding in findings if finding.remedy == remedy], width)
    lines += _summary(diagnosis, width)
    return "".join(f"{line}\n" for line in lines)


def _group(findings: list[Finding], width: int) -> Iterator[str]:
    """Findings with the same remedy, which is shown once."""
    for finding in findings:
        text = f"{finding.where}: {finding.message}" if finding.where else finding.message
        yield from _wrap(text, width, "  ", "    ")
    for line in findings[0].remedy.splitlines():
        yield INDENT + printable(line)
    if findings[0].cost:
        yield from _wrap(f"cost: {findings[0].cost}", width, INDENT, INDENT)


def _summary(diagnosis: Diagnosis, width: int) -> Iterator[str]:
    serious = sum(finding.severity == "serious" for finding in diagnosis.findings)
    advice = len(diagnosis.findings) - serious
    counts = [counted(serious, "serious finding")] if serious else []
    counts += [counted(advice, "piece") + " of advice"] if advice else []
    yield ", ".join(counts) or "nothing found"
    yield from _wrap(f"examined: {', '.join(diagnosis.examined)}", width, "", "  ")
    for text in diagnosis.not_examined:
        yield from _wrap(f"not examined: {text}", width, "", "  ")


def _wrap(text: str, width: int, first: str, later: str) -> list[str]:
    """Paths and words stay whole."""
    return textwrap.wrap(
        printable(text),
        width,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )

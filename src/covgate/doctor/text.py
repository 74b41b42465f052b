"""A diagnosis as text: what is serious first, each finding with where it is and how to mend it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from covgate.doctor.finding import Diagnosis, Finding
from covgate.model.words import counted
from covgate.reports.text import printable

INDENT = "      "
NARROWEST = 40


def diagnosis_text(diagnosis: Diagnosis, width: int = 80) -> str:
    width = max(NARROWEST, width)
    lines: list[str] = []
    for severity in ("serious", "advice"):
        found = [finding for finding in diagnosis.findings if finding.severity == severity]
        if found:
            lines += [severity, *(line for finding in found for line in _finding(finding, width))]
    lines += _summary(diagnosis, width)
    return "".join(f"{line}\n" for line in lines)


def _finding(finding: Finding, width: int) -> Iterator[str]:
    text = f"{finding.where}: {finding.what}" if finding.where else finding.what
    yield from _wrapped(text, width, "  ", "    ")
    for line in finding.mend.splitlines():
        yield INDENT + printable(line)


def _summary(diagnosis: Diagnosis, width: int) -> Iterator[str]:
    serious = sum(finding.severity == "serious" for finding in diagnosis.findings)
    advice = len(diagnosis.findings) - serious
    count = f"{serious} serious, {counted(advice, 'piece')} of advice" if diagnosis.findings else "nothing found"
    yield from _wrapped(f"{count}; looked at {', '.join(diagnosis.looked_at)}", width, "", "  ")
    for text in diagnosis.not_looked_at:
        yield from _wrapped(f"not looked at: {text}", width, "", "  ")


def _wrapped(text: str, width: int, first: str, later: str) -> list[str]:
    """Paths and words stay whole."""
    return textwrap.wrap(
        printable(text),
        width,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )

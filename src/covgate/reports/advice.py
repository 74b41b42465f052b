"""What the settings advise on gaps: each sentence once, with the modules that it is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from covgate.model.verdict import Gap
from covgate.reports.text import printable

MOST = 3
"""Modules that are named; more of them are counted."""


def advice_in_words(gaps: Iterable[Gap]) -> Iterator[tuple[str, str]]:
    """Yield the modules, the first few by name, and the advice on them."""
    modules: dict[str, list[str]] = {}
    for gap in gaps:
        if gap.advice:
            modules.setdefault(gap.advice, []).append(printable(gap.path))
    for advice, paths in modules.items():
        more = [f"{len(paths) - MOST} more"] if len(paths) > MOST else []
        yield " and ".join([", ".join(paths[:MOST]), *more]), printable(advice)

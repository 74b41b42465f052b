"""What the settings advise on gaps: each sentence once, with the modules that it is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from covgate.judge.naming import named
from covgate.model.verdict import Gap
from covgate.reports.text import printable


def advice_in_words(gaps: Iterable[Gap]) -> Iterator[tuple[str, str]]:
    """Yield the modules, the first few by name, and the advice on them."""
    modules: dict[str, list[str]] = {}
    for gap in gaps:
        if gap.advice:
            modules.setdefault(gap.advice, []).append(printable(gap.path))
    for advice, paths in modules.items():
        yield named(paths), printable(advice)

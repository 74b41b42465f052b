"""The report on all repositories, as Markdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from measures import (
    DECIDING,
    MEASURES,
    RANKERS,
    Difference,
    Figures,
    Gap,
    counts,
    differences,
    mean_figures,
    measure,
    winner,
)

Result = Mapping[str, Any]
Cells = dict[str, dict[str, list[Figures]]]
"""By repository and setting, one for each point."""


def report(results: Sequence[Result], read_gaps: Callable[[Any], list[Gap]]) -> str:
    cells: Cells = defaultdict(lambda: defaultdict(list))
    lines = ["# Does the order of the gaps point at risk?", ""]
    lines += ["Written by `python benchmarks/ranking/run.py` as [protocol.md](protocol.md) lays down.", ""]
    lines += [
        "## What was measured",
        "",
        "Functions with a gap, and of these those that a fix hit; masked: means of five draws.",
        "",
    ]
    lines += [
        "| repository | before | commit | fixes | natural | masked 30 | masked 60 |",
        "|---|---|---|--:|--:|--:|--:|",
    ]
    for result in results:
        lines.append(result_row(result, read_gaps, cells))
    everything = [overall(settings) for settings in cells.values()]
    lines += ["", "A star marks what is too little to count: fewer than 40 functions, or none that was hit.", ""]
    lines += [*figures_of("All settings", cells, None)]
    if len(everything) > 1:
        found = differences(everything)
        lines += [*decision(found), *difference_table(found)]
    for setting in ("natural", "masked 30", "masked 60"):
        lines += [*figures_of(setting.capitalize(), cells, setting)]
    lines += ["## Each repository", "", *each_repository(cells)]
    return "\n".join(lines) + "\n"


def result_row(result: Result, read_gaps: Callable[[Any], list[Gap]], cells: Cells) -> str:
    head = f"| {result['repository']} | {result['point']} |"
    if "not_run" in result:
        return f"{head} not run: {' '.join(result['not_run'].split())[:160].replace('|', '/')} | | | | |"
    shown = []
    for setting, drawn in result["settings"].items():
        gaps = [read_gaps(rows) for rows in drawn]
        counting = [one for one in gaps if counts(one)]
        if counting:
            cells[result["repository"]][setting].append(mean_figures([measure(one) for one in counting]))
        functions = sum(map(len, gaps)) / len(gaps)
        hits = sum(gap.is_hit for one in gaps for gap in one) / len(gaps)
        shown.append(f"{functions:.0f}, {hits:.0f}{'' if counting else ' *'}")
    return f"{head} `{result['commit'][:10]}` | {result['fixes']} | {' | '.join(shown)} |"


def overall(settings: Mapping[str, Sequence[Figures]]) -> Figures:
    return mean_figures([mean_figures(points) for points in settings.values()])


def figures_of(title: str, cells: Cells, setting: str | None) -> Iterator[str]:
    """Yield a table with the mean of the repositories, each of its settings and points."""
    if setting is None:
        chosen = [overall(settings) for settings in cells.values()]
    else:
        chosen = [mean_figures(settings[setting]) for settings in cells.values() if settings.get(setting)]
    yield from (f"## {title}", "", f"Per cent, the mean of {len(chosen)} repositories.", "")
    if not chosen:
        return
    yield f"| ranker | {' | '.join(MEASURES)} |"
    yield f"|---|{'--:|' * len(MEASURES)}"
    means = mean_figures(chosen)
    for ranker in RANKERS:
        yield f"| {ranker} | {' | '.join(f'{100 * means[ranker][name]:.1f}' for name in MEASURES)} |"
    yield ""


def decision(found: Sequence[Difference]) -> Iterator[str]:
    best = winner(found)
    yield from ("## Decision", "")
    yield "No ranker beats all others." if best is None else f"`{best}` beats all others."
    yield ""


def difference_table(found: Sequence[Difference]) -> Iterator[str]:
    yield "Differences in points, the first ranker less the second; in brackets the middle 95 % of resampled means."
    yield "Bold where that excludes 0."
    yield from ("", f"| rankers | {' | '.join(DECIDING)} |", f"|---|{'--:|' * len(DECIDING)}")
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one, other, _, value, low, high in found:
        text = f"{100 * value:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
        pairs[one, other].append(f"**{text}**" if low > 0 or high < 0 else text)
    for (one, other), shown in pairs.items():
        yield f"| {one} - {other} | {' | '.join(shown)} |"
    yield ""


def each_repository(cells: Cells) -> Iterator[str]:
    yield "Precision at 20 and recall at 20 % of the effort, per cent, all settings."
    yield from ("", f"| repository | {' | '.join(RANKERS)} |", f"|---|{'--:|' * len(RANKERS)}")
    for name, settings in sorted(cells.items()):
        figures = overall(settings)
        shown = (" / ".join(f"{100 * figures[ranker][one]:.0f}" for one in DECIDING) for ranker in RANKERS)
        yield f"| {name} | {' | '.join(shown)} |"

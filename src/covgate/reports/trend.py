"""A trend as a table with a sparkline, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from covgate.model.percent import NOTHING, shown_target
from covgate.model.remedies import RECORD_RUN
from covgate.model.trend import HIGH, LOW, Trend, TrendPoint
from covgate.model.words import counted
from covgate.reports.columns import align
from covgate.reports.points import difference, hundredths, shown_hundredths, signed_points
from covgate.reports.progress import pace_in_words
from covgate.reports.styled import Line, Span
from covgate.reports.text import cells, printable, wrap

VERSION = 1
ROWS = 20
"""Points shown where not all are asked for."""
SHORT_COMMIT = 7
BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
DIGITS = "12345678"
"""In place of the blocks, where the encoding of the output lacks them."""
BREAK = "|"
LABEL = "coverage  "
FIELDS = (
    *("time", "commit", "epoch", "percent", "covered", "units"),
    *("modules", "modules_high", "modules_low", "tests", "seconds"),
)


def can_show_blocks(encoding: str | None) -> bool:
    """Return whether text in this encoding can hold the blocks of a sparkline."""
    try:
        BLOCKS.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def trend_text(trend: Trend, width: int = 80, *, blocks: bool = True, all_rows: bool = False) -> tuple[Line, ...]:
    """Return one row for each commit, a sparkline, and what changed within the last epoch."""
    shown = trend.points if all_rows else trend.points[-ROWS:]
    lines: list[Line] = [(Span(f"{printable(trend.title)}{_aims(trend)}", "strong"),)]
    hidden = len(trend.points) - len(shown)
    if hidden:
        lines.append((Span(f"the last {len(shown)} of {len(trend.points)} records (--all shows every one)", "dim"),))
    if trend.earlier:
        older = counted(trend.earlier, "older record")
        lines += _wrapped(f"the trend begins with the first record of it; {older} left out", width)
    lines += _table(trend, shown, width)
    lines.append((Span(""),))
    lines += _summary(trend, width, BLOCKS if blocks else DIGITS)
    return tuple(lines)


def _aims(trend: Trend) -> str:
    parts = [
        f"{name} {shown_target(percent)} %"
        for name, percent in (("target", trend.target), ("goal", trend.goal))
        if percent is not None
    ]
    return f" ({', '.join(parts)})" if parts else ""


def _wrapped(text: str, width: int) -> list[Line]:
    return [(Span(part, "dim"),) for part in wrap(text, width)]


def _table(trend: Trend, shown: Sequence[TrendPoint], width: int) -> list[Line]:
    titles = ["date", "commit", "coverage"]
    titles += ["covered"] if trend.is_one_module else ["modules", f">= {HIGH} %", f"< {LOW} %"]
    rows = [[Span(title, "dim") for title in (*titles, "tests", "seconds")]]
    rows += [_row(point, is_one_module=trend.is_one_module) for point in shown]
    header, *lines = align(rows, left=(0, 1))
    table: list[Line] = [header]
    for point, line in zip(shown, lines, strict=True):
        if point.not_comparable is not None:
            table += _wrapped(f"-- not comparable with the rows above: {printable(point.not_comparable)}", width)
        table.append(line)
    return table


def _row(point: TrendPoint, *, is_one_module: bool) -> list[Span]:
    share = point.share
    if is_one_module:
        numbers = [NOTHING if share is None else f"{share.covered} of {share.units}"]
    else:
        numbers = [str(count) for count in (point.modules, point.high, point.low)]
    texts = [
        f"{point.time:%Y-%m-%d}",
        NOTHING if point.commit is None else printable(point.commit[:SHORT_COMMIT]),
        shown_hundredths(hundredths(share)),
        *numbers,
        NOTHING if point.tests is None else str(point.tests),
        NOTHING if point.seconds is None else f"{point.seconds:.2f}",
    ]
    return [Span(text) for text in texts]


def _summary(trend: Trend, width: int, levels: str) -> list[Line]:
    """Return the sparkline and what changed; where nothing can be joined, why there is no line."""
    if len(trend.points) == 1:
        return _wrapped(f"one record alone makes no trend; {RECORD_RUN} on more commits", width)
    if not trend.has_a_line:
        return _wrapped("no two records that follow each other are comparable, so there is no trend", width)
    shown = _newest(trend, width - cells(LABEL))
    percents = [value for point in shown.points if (value := hundredths(point.share)) is not None]
    marks = _marks(shown, levels, min(percents), max(percents))
    low, high = shown_hundredths(min(percents)), shown_hundredths(max(percents))
    scale = f"from {low} to {high} %" if low != high else f"always {low} %"
    note = "" if len(shown.points) == len(trend.points) else f", over {len(shown.points)} records"
    lines: list[Line] = [
        (Span(LABEL), Span(marks)),
        (Span(f"{' ' * len(LABEL)}lowest to highest: {scale}{note}", "dim"),),
    ]
    return [*lines, *_change(list(trend.lines)[-1], width), *_progress(trend, width)]


def _newest(trend: Trend, width: int) -> Trend:
    """Return the points that fit into `width`, up to the last one with a percentage."""
    last = max(at for at, point in enumerate(trend.points) if point.has_percent)
    room = max(1, width - len(trend.epochs) + 1)  # each bar between epochs takes a character
    return trend._replace(points=trend.points[max(0, last + 1 - room) : last + 1])


def _marks(trend: Trend, levels: str, low: int, high: int) -> str:
    """Return one character for each point, a space where the subject is not there, a bar between epochs."""
    return BREAK.join("".join(_mark(point, levels, low, high) for point in epoch) for epoch in trend.epochs)


def _mark(point: TrendPoint, levels: str, low: int, high: int) -> str:
    value = hundredths(point.share)
    if value is None:
        return " "
    if low == high:
        return levels[len(levels) // 2]
    return levels[(len(levels) - 1) * (value - low) // (high - low)]


def _change(line: Sequence[TrendPoint], width: int) -> list[Line]:
    """Say what changed over the last points that a line joins."""
    first, last = line[0], line[-1]
    if len(line) == 1:
        return _wrapped("the last record has no comparable one before it", width)
    points = difference(hundredths(first.share), hundredths(last.share))
    commit = "" if first.commit is None else f" ({printable(first.commit[:SHORT_COMMIT])})"
    text = f"{signed_points(points)} points since {first.time:%Y-%m-%d}{commit}, over {len(line)} records"
    return [(Span(text, "good" if (points or 0) > 0 else "bad" if (points or 0) < 0 else "plain"),)]


def _progress(trend: Trend, width: int) -> list[Line]:
    """Say how much of the way to the goal is done, and the pace beside the one that its day needs."""
    progress = trend.progress
    if progress is None or trend.goal is None:
        return []
    ends = " -> ".join(shown_hundredths(hundredths(share)) for share in (progress.first, progress.last))
    text = f"{ends} of the goal of {shown_target(trend.goal)} %: {math.floor(100 * progress.way)} % of the way"
    if progress.pace is None:
        return _wrapped(text, width)
    return [*_wrapped(text, width), *_wrapped(pace_in_words(progress.pace), width)]


def trend_csv(trend: Trend) -> str:
    """Return one line for each point under a line of names."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    for row in _values(trend):
        writer.writerow("" if row[name] is None else row[name] for name in FIELDS)
    return text.getvalue()


def trend_json(trend: Trend) -> str:
    """One JSON object in ASCII, ended by a newline; docs/commands.md describes it."""
    document = {
        "format": VERSION,
        "subject": trend.title,
        "target": None if trend.target is None else shown_target(trend.target),
        "goal": None if trend.goal is None else shown_target(trend.goal),
        "records_without_it": trend.earlier,
        "epochs": [{"number": at, "reason": epoch[0].not_comparable} for at, epoch in enumerate(trend.epochs, start=1)],
        "points": list(_values(trend)),
    }
    return json.dumps(document, indent=2) + "\n"


def _values(trend: Trend) -> Iterator[dict[str, Any]]:
    for number, epoch in enumerate(trend.epochs, start=1):
        for point in epoch:
            value = hundredths(point.share)
            yield {
                "time": f"{point.time:%Y-%m-%dT%H:%M:%SZ}",
                "commit": point.commit,
                "epoch": number,
                "percent": None if value is None else shown_hundredths(value),
                "covered": None if point.share is None else point.share.covered,
                "units": None if point.share is None else point.share.units,
                "modules": point.modules,
                "modules_high": point.high,
                "modules_low": point.low,
                "tests": point.tests,
                "seconds": point.seconds,
            }

"""What moved since the baseline, in words that several reports share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from covgate.model.comparison import Baseline, BaselineMissing, ModuleMovement, Movement
from covgate.model.lines import Lines
from covgate.model.missing import range_in_words
from covgate.model.percent import NOTHING, shown_percent
from covgate.model.verdict import Verdict
from covgate.model.words import counted
from covgate.reports.points import difference, signed_tenths, tenths
from covgate.reports.text import Quote, printable

MOST_RANGES = 3
"""Ranges of lines that a row names."""


class MovedRow(NamedTuple):
    """One subject before and now, as text; `what` says more: where it was, what it lost."""

    kind: str
    """`sum` or `module`."""
    subject: str
    before: str
    now: str
    points: str
    what: str

    def printable(self) -> MovedRow:
        """Return the row with its texts safe to show."""
        return self._replace(subject=printable(self.subject), what=printable(self.what))


def moved_rows(verdict: Verdict) -> Iterator[MovedRow]:
    """Yield the total and the components, then the modules that moved, the largest drop first; nothing if all stay."""
    comparison = verdict.comparison
    if comparison is None:
        return
    sums = [("total", comparison.total), *((one.name, one.movement) for one in comparison.components)]
    if not any(movement.before != movement.now for _, movement in sums) and not comparison.moved:
        return
    for name, movement in sums:
        yield MovedRow("sum", name, _shown(movement, is_now=False), _shown(movement, is_now=True), points(movement), "")
    for module in sorted(comparison.moved, key=_by_drop):
        movement = module.movement
        before, now = _shown(movement, is_now=False), _shown(movement, is_now=True)
        yield MovedRow("module", module.path, before, now, points(movement), "; ".join(_what(module)))


def points(movement: Movement) -> str:
    """Return the difference of the shown percentages: `+2.1`, or `-` where one of the two has nothing to cover."""
    return signed_tenths(difference(tenths(movement.before), tenths(movement.now)))


def since(baseline: Baseline, quote: Quote = printable) -> str:
    """Say what a run is compared with: `main`, or `2 commits before main`."""
    if not baseline.distance:
        return quote(baseline.source)
    return f"{counted(baseline.distance, 'commit')} before {quote(baseline.source)}"


def movement_of_total(verdict: Verdict, quote: Quote = printable) -> str:
    """Say how the total moved: `+2.1 since main`; empty without a baseline."""
    if verdict.comparison is None or not isinstance(verdict.baseline, Baseline):
        return ""
    if verdict.comparison.total.points is None:
        return ""
    return f"{points(verdict.comparison.total)} since {since(verdict.baseline, quote)}"


def no_baseline(verdict: Verdict) -> str:
    """Say why there is nothing to compare with, and how to get it; empty where there is, or nobody asked."""
    missing = verdict.baseline
    if not isinstance(missing, BaselineMissing):
        return ""
    return f"nothing to compare with: {missing.reason}" + (f"; {missing.remedy}" if missing.remedy else "")


def _shown(movement: Movement, *, is_now: bool) -> str:
    share = movement.now if is_now else movement.before
    return NOTHING if share is None else shown_percent(share.covered, share.units)


def _what(module: ModuleMovement) -> Iterator[str]:
    if module.old_path is not None:
        yield f"was {module.old_path}"
    if module.movement.before is None:
        yield "new"
    if module.movement.now is None:
        yield "gone"
    if module.lost:
        yield f"no longer covered: {_first_ranges(module.lost)}"
    if module.flaky:
        yield f"flaky, left out: {_first_ranges(module.flaky)}"


def _first_ranges(lines: Lines) -> str:
    """The first ranges, and how many more there are: a cell of a table has no room for all."""
    ranges = [range_in_words(one) for one in lines.ranges()]
    more = f" and {len(ranges) - MOST_RANGES} more" if len(ranges) > MOST_RANGES else ""
    return ", ".join(ranges[:MOST_RANGES]) + more


def _by_drop(module: ModuleMovement) -> tuple[int, str]:
    change = module.movement.points
    return (0 if change is None else round(change * 1000), module.path)

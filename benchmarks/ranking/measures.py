"""The rankers, what they are measured by, and how differences are resampled: see protocol.md."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from statistics import fmean
from typing import NamedTuple

FIRST = 20
EFFORT = 0.2
LEAST = 40
"""Functions that a cell has to have."""
LOTS = 25
RESAMPLED = 10_000


class Gap(NamedTuple):
    """A function with a gap; `position` is its place in the order of `covgate next`, and `changes` are commits."""

    position: int
    missing: int
    statements: int
    statements_missing: int
    complexity: int
    one_test: int
    changes: int
    is_hit: bool


def crap(gap: Gap) -> float:
    """C.R.A.P. of Savoia and Evans, 2007: complexity squared times the cube of what is not covered, and complexity."""
    left = gap.statements_missing / gap.statements if gap.statements else 0.0
    return gap.complexity**2 * left**3 + gap.complexity


RANKERS: Mapping[str, Callable[[Gap], float]] = {
    "missing": lambda gap: gap.missing,
    "crap": crap,
    "needed": lambda gap: -gap.position,
    "missing x changes": lambda gap: gap.missing * (1 + math.log2(1 + gap.changes)),
    "changes": lambda gap: gap.changes,
    "one test": lambda gap: gap.one_test,
    "random": lambda _: 0,
}
EFFORTS: Mapping[str, Callable[[Gap], float]] = {
    "functions": lambda _: 1,
    "missing units": lambda gap: gap.missing,
    "statements": lambda gap: gap.statements,
}
PRECISION = f"precision at {FIRST}"
RECALLS = {f"recall, effort in {name}": cost for name, cost in EFFORTS.items()}
RECALL = "recall at 20 % effort"
MEASURES = (PRECISION, RECALL, *RECALLS)
DECIDING = (PRECISION, RECALL)
Figures = Mapping[str, Mapping[str, float]]
"""By ranker and measure."""


def counts(gaps: Sequence[Gap]) -> bool:
    return len(gaps) >= LEAST and any(gap.is_hit for gap in gaps)


def measure(gaps: Sequence[Gap]) -> Figures:
    """Return the figures of each ranker: the mean of `LOTS` ways to break ties."""
    found: dict[str, dict[str, float]] = {}
    for ranker, value in RANKERS.items():
        drawn = [measure_order(ordered(gaps, value, lot)) for lot in range(LOTS)]
        found[ranker] = mean(drawn)
    return found


def ordered(gaps: Sequence[Gap], value: Callable[[Gap], float], lot: int) -> list[Gap]:
    shuffled = list(gaps)
    random.Random(lot).shuffle(shuffled)
    return sorted(shuffled, key=value, reverse=True)


def measure_order(order: Sequence[Gap]) -> dict[str, float]:
    recalls = {name: recall(order, cost) for name, cost in RECALLS.items()}
    return {PRECISION: fmean(gap.is_hit for gap in order[:FIRST]), RECALL: fmean(recalls.values()), **recalls}


def recall(order: Sequence[Gap], cost: Callable[[Gap], float]) -> float:
    """Return the share of hits among the functions that `EFFORT` of the whole cost pays for, the last one in part."""
    left = EFFORT * sum(map(cost, order))
    hits = 0.0
    for gap in order:
        part = min(1.0, left / cost(gap))
        hits += part * gap.is_hit
        left -= cost(gap)
        if left <= 0:
            break
    return hits / sum(gap.is_hit for gap in order)


def mean(figures: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: fmean(one[name] for one in figures) for name in figures[0]}


def mean_figures(figures: Sequence[Figures]) -> Figures:
    return {ranker: mean([one[ranker] for one in figures]) for ranker in figures[0]}


class Difference(NamedTuple):
    """Of two rankers, the first less the second: the mean over repositories, and the middle 95 % of resampled means."""

    one: str
    other: str
    measure: str
    value: float
    low: float
    high: float


def differences(by_repository: Sequence[Figures]) -> list[Difference]:
    """Resample the repositories, each with replacement, for each measure that decides and each pair of rankers."""
    draw = random.Random(1)
    count = len(by_repository)
    samples = [draw.choices(range(count), k=count) for _ in range(RESAMPLED)]
    found = []
    for name in DECIDING:
        for one, other in combinations(RANKERS, 2):
            each = [figures[one][name] - figures[other][name] for figures in by_repository]
            means = sorted(fmean(each[index] for index in sample) for sample in samples)
            low, high = means[round(0.025 * RESAMPLED)], means[round(0.975 * RESAMPLED) - 1]
            found.append(Difference(one, other, name, fmean(each), low, high))
    return found


def winner(found: Sequence[Difference]) -> str | None:
    """Return the ranker that beats all others on one measure and loses to none on the other; None where none does."""
    sign: dict[tuple[str, str, str], int] = {}
    for one, other, name, _, low, high in found:
        sign[one, other, name] = 1 if low > 0 else -1 if high < 0 else 0
        sign[other, one, name] = -sign[one, other, name]
    for ranker in RANKERS:
        others = [other for other in RANKERS if other != ranker]
        beats = {name: all(sign[ranker, other, name] == 1 for other in others) for name in DECIDING}
        loses = {name: any(sign[ranker, other, name] == -1 for other in others) for name in DECIDING}
        if any(beats.values()) and not any(loses.values()):
            return ranker
    return None

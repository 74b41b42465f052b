"""Which functions to test next: those that the gate needs first, or the fewest that reach a percentage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from covgate.model.judged import JudgedModule
from covgate.model.missing import function_gaps
from covgate.model.next_test import Reach, Untested
from covgate.model.share import NO_UNITS
from covgate.model.verdict import Gap, Verdict


def most_urgent(verdict: Verdict, modules: Sequence[JudgedModule]) -> Iterator[Untested]:
    """Yield the functions in the order in which to test them.

    First, gap by gap in the order of the verdict, the largest functions until what the gap needs is there; then all
    others, the largest first.
    """
    by_path = {judged.path: judged for judged in modules}
    chosen: set[tuple[str, int, str]] = set()
    for gap in verdict.gaps:
        if gap.path in by_path:
            for untested in _enough(by_path[gap.path], gap):
                chosen.add(_key(untested))
                yield untested
    others = (one for judged in modules for one in _functions(judged) if _key(one) not in chosen)
    yield from sorted(others, key=_size)


def fewest_to(target: Decimal, modules: Iterable[JudgedModule]) -> Reach:
    """Return the shortest list of functions with which the sum of `modules` reaches `target` per cent.

    Gains add up, so the largest functions make the shortest list.
    """
    modules = tuple(modules)
    share = sum((judged.share for judged in modules), NO_UNITS)
    needed = share.needed(target)
    chosen: list[Untested] = []
    for untested in sorted((one for judged in modules for one in _functions(judged)), key=_size):
        if needed <= 0:
            break
        chosen.append(untested)
        needed -= untested.gain
    return Reach(tuple(chosen), share, target, max(0, needed))


def _enough(judged: JudgedModule, gap: Gap) -> Iterator[Untested]:
    """Yield the largest functions of a module until they hold what the gap needs; in a change, those it leaves open."""
    needed = gap.to_reach
    functions = sorted(_functions(judged), key=_size)
    if gap.changed is not None:
        lines = gap.changed.missing
        functions.sort(key=lambda one: not any(_holds(one, first, last) for first, last in lines))
    for untested in functions:
        if needed <= 0:
            return
        yield untested
        needed -= untested.gain


def _holds(untested: Untested, first: int, last: int) -> bool:
    functions = (one for one in untested.judged.module.functions if one.line == untested.gap.line)
    return any(one.line <= last and first <= one.last for one in functions)


def _functions(judged: JudgedModule) -> Iterator[Untested]:
    return (Untested(judged, gap) for gap in function_gaps(judged))


def _size(untested: Untested) -> tuple[int, str, int]:
    return -untested.gain, untested.judged.path, untested.gap.line


def _key(untested: Untested) -> tuple[str, int, str]:
    return untested.judged.path, untested.gap.line, untested.gap.name

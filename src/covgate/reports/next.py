"""The tests to write next, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from covgate.model.missing import range_in_words
from covgate.model.next_test import Basis, NextTest, Reach
from covgate.model.percent import NOTHING, shown_percent, shown_target
from covgate.model.scenario import Scenario
from covgate.model.share import Share
from covgate.model.words import counted, counted_units
from covgate.reports.points import difference, hundredths, signed_points
from covgate.reports.text import pad, printable, wrap

LABEL = 11
MOST = 6
"""Scenarios of one function that are shown; JSON has all."""
BASES: dict[Basis, str] = {
    "map": "its tests run the code around the function",
    "imports": "it imports the module",
    "names": "it is named like the module",
}
NOTHING_LEFT = "nothing to test next: no function has code that is missing and required\n"


def next_text(tests: Sequence[NextTest], width: int, *, branches: bool) -> str:
    """Return each function in full, in lines of at most `width` cells; the skeletons stand as they are."""
    if not tests:
        return NOTHING_LEFT
    return "\n".join(_text(_in_full(test, width, branches=branches)) for test in tests)


def reach_text(reach: Reach, tests: Sequence[NextTest], width: int, *, branches: bool) -> str:
    """Return the functions whose tests bring the sum to a percentage, a line each."""
    share, target = reach.share, shown_target(reach.target)
    if not share.needed(reach.target):
        return f"{shown_percent(share.covered, share.units)} % is {target} % or more: nothing is needed\n"
    needed = counted_units(share.needed(reach.target), "more", branches=branches)
    head = f"{counted(len(tests), 'function')} to test"
    head += f", to get from {shown_percent(share.covered, share.units)} to {target} %"
    lines = [*wrap(f"{head} ({needed} needed)", width)]
    left = share
    for test in tests:
        left = _after(left, test.gain)
        lines.append(
            f"{test.gain:>6} -> {shown_percent(left.covered, left.units):>5} %  "
            f"{printable(test.path)}:{test.line} {printable(test.function)}()  in {printable(test.test_file)}"
        )
    if reach.left:
        lines += wrap(f"{counted_units(reach.left, 'more', branches=branches)} needed, outside of functions", width)
    elif tests:
        lines += wrap(f"covgate next {tests[0].module or tests[0].path} says how to test the first", width)
    return "".join(f"{line}\n" for line in lines)


def next_json(tests: Iterable[NextTest]) -> str:
    """Return a list with one object a function; docs/json.md describes it."""
    return json.dumps([_document(test) for test in tests], indent=2) + "\n"


def _in_full(test: NextTest, width: int, *, branches: bool) -> Iterator[str]:
    yield f"{test.path}:{test.line} {test.function}()"
    yield from _labelled(_facts(test, branches=branches), width)
    yield f"{pad('check', LABEL)}{test.command}"  # in one piece, to be copied
    if test.skeleton is not None:
        place = test.skeleton.place
        where = {"file": "add to", "class": f"add to class {test.skeleton.within} in", "new file": "write"}[place]
        yield from ("", f"{where} {test.test_file}:", "", *test.skeleton.text.rstrip("\n").split("\n"))


def _facts(test: NextTest, *, branches: bool) -> Iterator[tuple[str, str]]:
    module, total = (_before_and_after(share, test.gain) for share in (test.module_share, test.total_share))
    yield "brings", f"{counted_units(test.gain, branches=branches)}: the module {module} %, the total {total} %"
    for number, scenario in enumerate(test.scenarios[:MOST]):
        yield "" if number else "untested", _in_words(scenario)
    if len(test.scenarios) > MOST:
        yield "", f"and {len(test.scenarios) - MOST} more"
    yield "test file", f"{test.test_file} ({BASES[test.basis] if test.basis else 'a new file'})"
    if test.nearest_test is not None:
        yield "nearest", test.nearest_test
    if test.advice:
        yield "advice", test.advice


def _in_words(scenario: Scenario) -> str:
    lines = [range_in_words(run) for run in scenario.lines.ranges()]
    where = f"  ({'line' if len(scenario.lines) == 1 else 'lines'} {', '.join(lines)})" if lines else ""
    return f"{scenario.when} -> {scenario.then}{where}"


def _before_and_after(share: Share, gain: int) -> str:
    after = _after(share, gain)
    return f"{shown_percent(share.covered, share.units)} -> {shown_percent(after.covered, after.units)}"


def _after(share: Share, gain: int) -> Share:
    return Share(share.covered + gain, share.units, share.accepted)


def _labelled(facts: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    for label, text in facts:
        for number, line in enumerate(wrap(text, max(width - LABEL, 30))):
            yield f"{pad('' if number else label, LABEL)}{line}"


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{printable(line).rstrip()}\n" for line in lines)


def _document(test: NextTest) -> dict[str, Any]:
    skeleton = test.skeleton
    return {
        "path": test.path,
        "module": test.module,
        "function": test.function,
        "line": test.line,
        "missing": [list(run) for run in test.missing],
        "scenarios": [
            {"when": one.when, "then": one.then, "lines": [list(run) for run in one.lines.ranges()]}
            for one in test.scenarios
        ],
        "gain": {
            "units": test.gain,
            "module": _gain(test.module_share, test.gain),
            "total": _gain(test.total_share, test.gain),
        },
        "test_file": test.test_file,
        "nearest_test": test.nearest_test,
        "basis": test.basis,
        "skeleton": None if skeleton is None else skeleton.text,
        "place": None
        if skeleton is None
        else {"in": skeleton.place, "class": skeleton.within or None, "after": skeleton.after},
        "command": test.command,
        "advice": test.advice or None,
    }


def _gain(share: Share, gain: int) -> dict[str, str | None]:
    after = _after(share, gain)
    return {
        "before": _percent(share),
        "now": _percent(after),
        "points": signed_points(difference(hundredths(share), hundredths(after))).removeprefix("+"),
    }


def _percent(share: Share) -> str | None:
    shown = shown_percent(share.covered, share.units)
    return None if shown == NOTHING else shown

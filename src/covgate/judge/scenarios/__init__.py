"""What no test has made a function do, as scenarios in words taken from its source.

What ran is known by line, in branch mode also by branch. So nothing is said of what lies within a line: the
parts of `a and b`, conditional expressions, comprehensions, defaults of parameters that nobody overrides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from covgate.judge.scenarios.code import Code
from covgate.judge.scenarios.region import Region
from covgate.judge.scenarios.walk import Walk
from covgate.model.lines import Lines
from covgate.model.scenario import Scenario
from covgate.model.snapshot import Branch, Function


def find_scenarios(
    code: Code, function: Function, missing: Lines, branches: Iterable[Branch] = ()
) -> tuple[Scenario, ...]:
    """Return what is untested in a function, or (without a name) in the code outside of functions.

    The main path of a function that never ran comes first, then what runs most lines. `missing` may hold lines
    outside of the function; of `branches`, only what is missing counts. Each missing statement of the function
    is in one scenario.
    """
    node = code.function_at(function.line) if function.name else code.tree
    if node is None:
        return ()
    own = function.statements
    missing = missing & own
    never = {
        branch.line: [at for at in branch.missing if at < 0 or at not in missing]
        for branch in branches
        if branch.line in own and branch.line not in missing
    }
    start = "called" if function.name else "the module is imported"
    walk = Walk(code, own, missing, never, start).all(node.body)
    return _by_value(_merge(code, walk.found, own), start)


def _merge(code: Code, found: Iterable[Region | Scenario], own: Lines) -> list[Scenario]:
    """Put together what runs under the same conditions, unless the first part returns, raises or the like."""
    regions: list[Region] = []
    open_regions: dict[str, Region] = {}
    branches: dict[str, Scenario] = {}
    for one in found:
        if isinstance(one, Scenario):
            branches.setdefault(one.when, one)
        elif (earlier := open_regions.get(one.when)) and not earlier.has_ended:
            earlier.lines += one.lines
            earlier.end = one.end or earlier.end
        else:
            regions.append(one)
            open_regions[one.when] = one
    return [
        *(region.as_scenario(code, own) for region in regions),
        *(branch for when, branch in branches.items() if when not in open_regions),
    ]


def _by_value(scenarios: Sequence[Scenario], start: str) -> tuple[Scenario, ...]:
    return tuple(sorted(scenarios, key=lambda one: (one.when != start, -len(one.lines))))

"""A comparison for machines, the same in the report of a verdict and in `covgate compare --json`: see docs/json.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from covgate.model.comparison import Comparison, ModuleMovement, Movement
from covgate.model.lines import Lines
from covgate.model.lost_tests import LostTests
from covgate.model.percent import NOTHING, shown_percent, shown_points
from covgate.model.share import Share


def comparison_document(comparison: Comparison, lost_tests: Iterable[LostTests] = ()) -> dict[str, Any]:
    """Return the total, the components and the modules that moved, as JSON takes them."""
    by_path: dict[str, list[LostTests]] = {}
    for found in lost_tests:
        by_path.setdefault(found.path, []).append(found)
    return {
        "total": _movement(comparison.total),
        "components": [{"name": one.name, **_movement(one.movement)} for one in comparison.components],
        "modules": [_module(module, by_path.get(module.path, [])) for module in comparison.moved],
    }


def share_document(share: Share) -> dict[str, Any]:
    return {"covered": share.covered, "units": share.units, "percent": shown_or_none(share.covered, share.units)}


def shown_or_none(covered: int, units: int) -> str | None:
    """Return a percentage floored to one decimal; None where there is nothing to cover."""
    shown = shown_percent(covered, units)
    return None if shown == NOTHING else shown


def _module(module: ModuleMovement, lost_tests: list[LostTests]) -> dict[str, Any]:
    return {
        "path": module.path,
        "old_path": module.old_path,
        **_movement(module.movement),
        "lost": list(_lost(module.lost, lost_tests)),
        "gained": _ranges(module.gained),
        "flaky": _ranges(module.flaky),
    }


def _lost(lines: Lines, lost_tests: list[LostTests]) -> Iterator[dict[str, Any]]:
    """Yield the lost lines with the tests that used to run them; of the last ones none is known."""
    for found in lost_tests:
        yield {"lines": _ranges(found.lines), "tests": [one._asdict() for one in found.tests]}
        lines -= found.lines
    if lines:
        yield {"lines": _ranges(lines), "tests": []}


def _movement(movement: Movement) -> dict[str, Any]:
    """Points are exact to two places, rounded."""
    points = movement.points
    return {
        "before": None if movement.before is None else share_document(movement.before),
        "now": None if movement.now is None else share_document(movement.now),
        "points": None if points is None else shown_points(points),
        "categories": movement.categories._asdict(),
    }


def _ranges(lines: Lines) -> list[list[int]]:
    return [list(run) for run in lines.ranges()]

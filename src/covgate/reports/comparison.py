"""A comparison for machines, the same in the report of a verdict and in `covgate compare --json`: see docs/json.md."""

from __future__ import annotations

from typing import Any

from covgate.model.comparison import Comparison, ModuleMovement, Movement
from covgate.model.lines import Lines
from covgate.model.percent import NOTHING, shown_percent, shown_points
from covgate.model.share import Share


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Return the total, the components and the modules that moved, as JSON takes them."""
    return {
        "total": _movement(comparison.total),
        "components": [{"name": one.name, **_movement(one.movement)} for one in comparison.components],
        "modules": [_module(module) for module in comparison.moved],
    }


def share_document(share: Share) -> dict[str, Any]:
    return {"covered": share.covered, "units": share.units, "percent": shown_or_none(share.covered, share.units)}


def shown_or_none(covered: int, units: int) -> str | None:
    """Return a percentage floored to one decimal; None where there is nothing to cover."""
    shown = shown_percent(covered, units)
    return None if shown == NOTHING else shown


def _module(module: ModuleMovement) -> dict[str, Any]:
    return {
        "path": module.path,
        "old_path": module.old_path,
        **_movement(module.movement),
        "lost": _ranges(module.lost),
        "gained": _ranges(module.gained),
        "flaky": _ranges(module.flaky),
    }


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

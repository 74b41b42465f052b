"""The project as a map: folders in folders, each module as large as its units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from covgate.model.percent import shown_percent
from covgate.reports.html.colours import Colour
from covgate.reports.html.modules import ModuleRow
from covgate.reports.text import printable

Tree: TypeAlias = "dict[str, Tree | int]"
"""Folders by name, and modules by their row's number."""

SIDES = 1.6
"""How much wider than high the map is drawn, about; the layout aims at squares there."""
SCALE = 10_000
DEPTH = 32
"""Folders within folders; what lies deeper is drawn in its last one."""


def build_map(rows: Sequence[ModuleRow], colours: Sequence[Colour]) -> dict[str, Any]:
    """Return the topmost folder with all below it, for the script; modules without units have no area."""
    return _encode_folder("", _build_tree(rows), rows, colours)


def _build_tree(rows: Sequence[ModuleRow]) -> Tree:
    tree: Tree = {}
    for number, row in enumerate(rows):
        if not row.module.units:
            continue
        *folders, file = row.module.path.split("/", DEPTH)
        at = tree
        for folder in folders:
            below = at.setdefault(f"{folder}/", {})
            assert not isinstance(below, int)  # no file's name ends in a slash
            at = below
        at[file] = number
    return tree


def _encode_folder(name: str, tree: Tree, rows: Sequence[ModuleRow], colours: Sequence[Colour]) -> dict[str, Any]:
    """Return one folder; a folder that holds nothing but one folder is joined with it."""
    while len(tree) == 1:
        ((only, below),) = tree.items()
        if isinstance(below, int):
            break
        name, tree = name + only, below
    children = [
        (key, below, [rows[below]] if isinstance(below, int) else _rows_below(below, rows))
        for key, below in tree.items()
    ]
    children.sort(key=lambda child: (-_units(child[2]), child[0]))
    inside = [row for _, _, held in children for row in held]
    units, distances = _units(inside), [row.distance for row in inside if row.distance is not None]
    short = sum(distances) if distances else None
    return {
        "name": printable(name),
        "percent": shown_percent(sum(row.module.covered for row in inside), units),
        "units": units,
        "short": -1 if short is None else short,
        "levels": [colour.level(inside) for colour in colours],
        "count": len(inside),
        "children": [
            below if isinstance(below, int) else _encode_folder(key, below, rows, colours) for key, below, _ in children
        ],
        "boxes": boxes([_units(held) for _, _, held in children]),
    }


def boxes(sizes: Sequence[int]) -> list[int]:
    """Return a rectangle for each of `sizes` (descending, above 0), which together fill the unit square.

    The numbers are left, top, width and height of the first, then of the next, in ten-thousandths of a side.
    """
    import squarify

    if not sizes:
        return []
    laid = squarify.squarify(squarify.normalize_sizes(list(sizes), SIDES, 1.0), 0.0, 0.0, SIDES, 1.0)
    flat: list[int] = []
    for box in laid:
        left, right = (round(SCALE * x / SIDES) for x in (box["x"], box["x"] + box["dx"]))
        top, bottom = (round(SCALE * y) for y in (box["y"], box["y"] + box["dy"]))
        flat += [left, top, right - left, bottom - top]
    return flat


def _rows_below(tree: Tree, rows: Sequence[ModuleRow]) -> list[ModuleRow]:
    held: list[ModuleRow] = []
    for below in tree.values():
        held += [rows[below]] if isinstance(below, int) else _rows_below(below, rows)
    return held


def _units(rows: Sequence[ModuleRow]) -> int:
    return sum(row.module.units for row in rows)

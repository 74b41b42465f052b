"""The settings with which a project adopts the gate: green today, and strict about everything new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from covgate.model.percent import reaches
from covgate.model.snapshot import Module


class Adoption(NamedTuple):
    """Whole percentages; `targets` are the modules below `module`, each at its floored coverage.

    `total` is the floored coverage of the project, and 0 where it has none.
    """

    module: int
    targets: tuple[tuple[str, int], ...]
    total: int


def plan_adoption(modules: Sequence[Module], module: int) -> Adoption:
    """A target of `module` per cent for every module, and an entry for each that is below it."""
    below = [m for m in modules if m.units and not reaches(m.covered, m.units, Decimal(module))]
    keys = keys_of(below, modules)
    covered, units = sum(m.covered for m in modules), sum(m.units for m in modules)
    return Adoption(
        module=module,
        targets=tuple((keys[m.path], 100 * m.covered // m.units) for m in below),
        total=100 * covered // units if units else 0,
    )


def keys_of(named: Iterable[Module], modules: Iterable[Module]) -> dict[str, str]:
    """How the settings name these modules.

    By import name where it is one module's alone, and says more than a path would; else by path.
    """
    count = Counter(module.name for module in modules)
    return {m.path: m.name if m.name and count[m.name] == 1 and "." in m.name else m.path for m in named}

"""A module and what of it is accepted: which missing units are required."""

from __future__ import annotations

from typing import NamedTuple

from covgate.model.lines import Lines
from covgate.model.share import NO_UNITS, Share
from covgate.model.snapshot import NO_LINES, Branch, Module


class JudgedModule(NamedTuple):
    """`accepted` are the statements whose gaps somebody accepts: what is missing of them is not required."""

    module: Module
    accepted: Lines
    share: Share
    """Its units, counted once."""

    @property
    def path(self) -> str:
        return self.module.path

    @property
    def required_missing(self) -> Lines:
        """The missing statements that nobody accepts."""
        return self.module.missing - self.accepted

    @property
    def accepted_missing(self) -> Lines:
        return self.module.missing & self.accepted

    def accepts(self, branch: Branch, destination: int) -> bool:
        """Return whether a missing branch is accepted: it leaves an accepted statement, or leads to a missing one."""
        return branch.line in self.accepted or (destination > 0 and destination in self.accepted_missing)

    def required_ends(self, branch: Branch) -> tuple[int, ...]:
        """Return the missing destinations of `branch` that nobody accepts."""
        if not self.accepted:
            return branch.missing
        return tuple(end for end in branch.missing if not self.accepts(branch, end))

    @property
    def branches_accepted(self) -> int:
        """How many missing destinations somebody accepts."""
        if not self.accepted:
            return 0
        return sum(len(branch.missing) - len(self.required_ends(branch)) for branch in self.module.branches)

    @property
    def branch_share(self) -> Share:
        units = self.module.branch_units
        return Share(units - self.module.branches_missing, units, self.branches_accepted)


def judge_module(module: Module, accepted: Lines = NO_LINES) -> JudgedModule:
    """Put a module and what of it is accepted together, and count its units."""
    units = module.units
    covered = units - module.units_missing
    if not accepted:
        return JudgedModule(module, accepted, Share(covered, units))
    judged = JudgedModule(module, accepted, NO_UNITS)
    count = len(judged.accepted_missing) + judged.branches_accepted
    return judged._replace(share=Share(covered, units, count))

"""A module and what of it is accepted: which missing units are required."""

from __future__ import annotations

from typing import NamedTuple

from covgate.model.lines import Lines
from covgate.model.share import Share
from covgate.model.snapshot import NO_LINES, Branch, Module


class JudgedModule(NamedTuple):
    """`accepted` are the statements whose gaps somebody accepts: what is missing of them is not required."""

    module: Module
    accepted: Lines = NO_LINES

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
    def share(self) -> Share:
        module = self.module
        return Share(module.covered, module.units, len(self.accepted_missing) + self.branches_accepted)

    @property
    def branch_share(self) -> Share:
        units = self.module.branch_units
        return Share(units - self.module.branches_missing, units, self.branches_accepted)

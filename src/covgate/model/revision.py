"""Which state of a repository was measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The commit that is checked out, and whether the files of the project are those of it.

    `tree` and `commit` are git's ids, `time` is when the commit was made, in UTC. `branch` is None where none is
    checked out, as in most CI runs.
    """

    tree: str
    commit: str
    branch: str | None
    is_clean: bool
    time: datetime

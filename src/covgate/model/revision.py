"""Which state of a repository was measured."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Revision(NamedTuple):
    """The commit that is checked out, and whether the files of the project are those of it.

    `tree` and `commit` are git's ids, `time` is when the commit was made, in UTC. `branch` is None where none is
    checked out, as in most CI runs.
    """

    tree: str
    commit: str
    branch: str | None
    is_clean: bool
    time: datetime

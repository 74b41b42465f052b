"""The lines added or edited since the base."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from covgate.errors import ErrorName
from covgate.model.line_map import LAST_LINE, Hunk, LineMap
from covgate.model.lines import LineRange

FileStatus: TypeAlias = Literal["added", "modified", "renamed", "deleted", "untracked"]

WHOLE_FILE: tuple[LineRange, ...] = ((1, LAST_LINE),)
"""Every line, where the version control tool names none: binary files."""


class ChangedFile(NamedTuple):
    """One file of the change; `lines` are those of its new version that were added or edited.

    `hunks` lead from the base to the work tree. They are more than `lines` where only what is staged counts.
    """

    path: str
    status: FileStatus
    old_path: str | None = None
    lines: tuple[LineRange, ...] = ()
    hunks: tuple[Hunk, ...] = ()

    @property
    def line_map(self) -> LineMap:
        """Which line of the base is which line now."""
        return LineMap.from_hunks(self.hunks)


PREVIOUS_COMMIT = "the previous commit"
"""What the change is compared with where the base branch itself is checked out."""


class Change(NamedTuple):
    """The change as read: `base` is a commit (None for a diff file), `base_source` how it was found."""

    base: str | None
    base_source: str
    files: tuple[ChangedFile, ...]


class ChangeUnavailable(NamedTuple):
    """Why the change is not known, and what to do about it.

    `is_asked_for` where a setting or option wants the change judged; `is_error` where a pass would
    then mislead.
    """

    reason: str
    remedy: str = ""
    is_expected: bool = False
    """Whether there can be no change: no repository, or nothing before the last commit."""
    is_asked_for: bool = False
    is_error: bool = False
    error: ErrorName = "no-base"
    """The name of the error, where it is one."""
